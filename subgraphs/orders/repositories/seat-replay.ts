import type { SeatMapUpdate, SeatStatus } from '../domain/seat-map.ts';
import type { SeatMapStore } from './seat-map-store.ts';

/** The DELTA from exactly `since` to where the feed is, or null when the log does not reach back so far. */
export async function replay(
  store: SeatMapStore,
  feed: { readonly eventId: string; readonly version: number; readonly complete: boolean },
  since: number,
): Promise<SeatMapUpdate | null> {
  if (since > feed.version || !feed.complete || !(await store.hasVersion(feed.eventId, since))) return null;
  const changed = new Map<string, SeatStatus>();
  let version = since;
  for (const change of await store.changesAfter(feed.eventId, since)) {
    if (change.version > feed.version) break;
    if (change.previous !== version) return null;
    version = change.version;
    for (const { seatId, status } of change.seats) changed.set(seatId, status);
  }
  if (version !== feed.version) return null;
  return {
    kind: 'DELTA',
    eventId: feed.eventId,
    version,
    previousVersion: since,
    seats: Array.from(changed, ([seatId, status]) => ({ seatId, status })),
  };
}
