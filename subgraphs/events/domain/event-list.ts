import type { Event, EventStatus } from './event.ts';
import { canSeeDraftsOf } from './event.ts';
import type { Viewer } from './viewer.ts';

export type EventSort = 'STARTS_AT_ASC' | 'STARTS_AT_DESC' | 'NEWEST' | 'RELEVANCE';
/** Orders that depend on the event alone. */
export type StoredSort = Exclude<EventSort, 'RELEVANCE'>;

export type EventFilter = {
  readonly text: string | null;
  readonly tags: readonly string[];
  readonly organizerId: string | null;
  readonly startsAfter: Date | null;
  readonly startsBefore: Date | null;
};

/** The filter without its words, and with what the viewer may see. */
export type StructuredFilter = Omit<EventFilter, 'text'> & { readonly statuses: readonly EventStatus[] };

/** Where an event stands in a sorted list; the id breaks ties. */
export type Place = { readonly key: number; readonly id: string };

export type ListedEvent = { readonly event: Event; readonly place: Place };
export type EventPage = { readonly entries: readonly ListedEvent[]; readonly hasNextPage: boolean };

/** Drafts only in the list of one organizer, and only for those who may see that organizer's. */
export function structured(viewer: Viewer | null, filter: EventFilter): StructuredFilter {
  const { text: _words, ...rest } = filter;
  const withDrafts = filter.organizerId !== null && canSeeDraftsOf(viewer, filter.organizerId);
  return { ...rest, statuses: withDrafts ? ['PUBLISHED', 'DRAFT'] : ['PUBLISHED'] };
}

/** Without words there is no relevance. */
export function effectiveSort(sort: EventSort, text: string | null): EventSort {
  return sort === 'RELEVANCE' && text === null ? 'STARTS_AT_ASC' : sort;
}

/** 1: growing keys, -1: falling keys. */
export const SORT_DIRECTION = { STARTS_AT_ASC: 1, STARTS_AT_DESC: -1, NEWEST: -1 } as const satisfies Record<StoredSort, 1 | -1>;

export function sortKey(sort: StoredSort, event: Pick<Event, 'startsAt' | 'createdAt'>): number {
  return (sort === 'NEWEST' ? event.createdAt : event.startsAt).getTime();
}
