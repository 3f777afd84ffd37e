import type { Event } from '../domain/event.ts';
import type { EventSearch } from './event-search.ts';
import type { Similarity } from './similarity.ts';

type Changes = { readonly changedSince: (since: Date) => AsyncIterable<Event> };

/** Wider than any transaction takes and than clocks differ: a change may be committed later than its `updatedAt` says. */
const OVERLAP_MS = 30_000;

/** Keeps search and similarity in step with the database: all of it at the start, then what changed since. */
export function createEventIndex(deps: { events: Changes; search: EventSearch; similarity: Similarity }) {
  const versions = new Map<string, number>();
  let newest = new Date(0);

  function apply(event: Event): void {
    // Versions of deleted events are remembered too: an older state that arrives late must not bring one back.
    if ((versions.get(event.id) ?? 0) >= event.version) return;
    versions.set(event.id, event.version);
    if (event.updatedAt > newest) newest = event.updatedAt;
    if (event.deleted) {
      deps.search.remove(event.id);
      deps.similarity.remove(event.id);
    } else {
      deps.search.index(event);
      deps.similarity.index(event);
    }
  }

  let running: Promise<void> | null = null;

  async function readChanges(): Promise<void> {
    const since = new Date(Math.max(0, newest.getTime() - OVERLAP_MS));
    for await (const event of deps.events.changedSince(since)) apply(event);
    deps.similarity.settle();
  }

  return {
    /** A change of our own, at once. */
    apply,
    /** The first one reads everything. Two at a time are one. */
    sync: (): Promise<void> =>
      (running ??= readChanges().finally(() => {
        running = null;
      })),
  };
}
