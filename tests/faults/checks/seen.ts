import type { ClientRecord } from '../clients/record.ts';
import { boughtOf } from '../clients/record.ts';
import type { WatchedMap } from '../clients/watched-map.ts';
import type { State } from './state.ts';

type Seen = Pick<WatchedMap, 'eventId' | 'changes' | 'violations'>;

/** Invariant 9: a seat that was shown as sold is shown as something else only after a refund of it was settled. */
export function soldSeatsStaySold(map: Seen, state: State): string[] {
  const refunded = new Set(
    state.tickets.filter((ticket) => ticket.eventId === map.eventId && ticket.status === 'REFUNDED').map(({ seatId }) => seatId),
  );
  // What came later may be the refund that this reading does not know yet.
  const known = map.changes.filter(({ at }) => at <= state.readAt);
  return known.flatMap(({ seatId, from, to }) =>
    from === 'RESERVED' && !refunded.has(seatId) ? [`9: ${map.eventId}:${seatId} was shown RESERVED, then ${to}, without a refund`] : [],
  );
}

/** Invariant 8: a hold that nobody extended or bought is off the map two seconds after its end. */
export function endedHoldsDisappear(map: Seen & { readonly statuses: () => ReadonlyMap<string, string> }, record: ClientRecord): string[] {
  const bought = new Set(record.purchases.filter((purchase) => boughtOf(purchase)).map(({ holdId }) => holdId));
  return record.holds.flatMap((hold) => {
    if (hold.eventId !== map.eventId || hold.answer !== 'held' || (hold.holdId !== null && bought.has(hold.holdId))) return [];
    // Only those whose end is known exactly: not paid for, not asked to be extended or released.
    if (hold.mayLastUntil !== hold.expiresAt || hold.endedAt !== null || hold.expiresAt + 2_000 > Date.now()) return [];
    return hold.seatIds.flatMap((seatId) => {
      const freed = map.changes.find((change) => change.seatId === seatId && change.from === 'HELD' && change.at >= hold.expiresAt - 100);
      const late = freed ? freed.at - hold.expiresAt : null;
      return late !== null && late <= 2_000
        ? []
        : [`8: the hold of ${seatId} ended, and the map showed it ${late === null ? 'never' : `${late} ms later`}`];
    });
  });
}

export const checkSeen = (maps: readonly Seen[], state: State): string[] =>
  maps.flatMap((map) => [...map.violations, ...soldSeatsStaySold(map, state)]);
