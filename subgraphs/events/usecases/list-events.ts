import type { Event } from '../domain/event.ts';
import type { EventFilter, EventPage, EventSort, ListedEvent, Place } from '../domain/event-list.ts';
import { effectiveSort, sortKey, structured } from '../domain/event-list.ts';
import type { Viewer } from '../domain/viewer.ts';
import type { EventRepository } from '../repositories/event-repository.ts';
import type { EventSearch } from '../search/event-search.ts';

export type ListRequest = { readonly filter: EventFilter; readonly sort: EventSort; readonly first: number; readonly after: Place | null };

/** With words from the search index, without them straight from the database; both page by (sort key, id). */
export function createListEvents(deps: { events: EventRepository; search: EventSearch }) {
  async function searched(viewer: Viewer | null, request: ListRequest, text: string): Promise<EventPage> {
    const filter = structured(viewer, request.filter);
    const found = await deps.search.search({ text, filter, sort: request.sort });
    const rest = found.slice(startBehind(found, request));
    const places = rest.slice(0, request.first);
    const events = new Map((await deps.events.findByIds(places.map(({ id }) => id))).map((event) => [event.id, event]));
    // The index may be seconds behind: the database has the last word on what may be shown.
    const isListed = (event: Event | undefined): event is Event =>
      event !== undefined && !event.deleted && filter.statuses.includes(event.status);
    const entries = places.flatMap((place): ListedEvent[] => {
      const event = events.get(place.id);
      return isListed(event) ? [{ event, place }] : [];
    });
    return { entries, hasNextPage: rest.length > request.first };
  }

  return async function listEvents(viewer: Viewer | null, request: ListRequest): Promise<EventPage> {
    const { text } = request.filter;
    if (text !== null) return searched(viewer, request, text);
    const sort = effectiveSort(request.sort, text);
    if (sort === 'RELEVANCE') throw new Error('RELEVANCE needs words.');
    // One more than asked for tells whether another page follows.
    const found = await deps.events.list({
      filter: structured(viewer, request.filter),
      sort,
      after: request.after,
      limit: request.first + 1,
    });
    const entries = found.slice(0, request.first).map((event) => ({ event, place: { key: sortKey(sort, event), id: event.id } }));
    return { entries, hasNextPage: found.length > request.first };
  };
}
export type ListEvents = ReturnType<typeof createListEvents>;

/** Scores shift as events are added, so the last event seen marks the place itself; its old score only when it is gone. */
function startBehind(found: readonly Place[], request: ListRequest): number {
  const { after, sort } = request;
  if (after === null) return 0;
  const at = found.findIndex((place) => place.id === after.id);
  if (at >= 0) return at + 1;
  const falling = sort !== 'STARTS_AT_ASC';
  const next = found.findIndex(
    (place) =>
      (falling ? place.key < after.key : place.key > after.key) ||
      (place.key === after.key && (falling ? place.id < after.id : place.id > after.id)),
  );
  return next < 0 ? found.length : next;
}
