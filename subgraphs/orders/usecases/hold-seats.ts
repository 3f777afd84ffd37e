import type { Clock } from '../../../kit/values/clock.ts';
import type { HeldSeat, Hold } from '../domain/hold.ts';
import { HELD_SEATS_PER_USER_MAX, newHoldId } from '../domain/hold.ts';
import { canSeeSeats, isOnSale } from '../domain/listing.ts';
import type { HoldSeatsOutcome, SeatConflict } from '../domain/outcomes.ts';
import { eventNotFound, holdLimitReached, salesClosed, seatsUnavailable } from '../domain/outcomes.ts';
import type { ClaimState } from '../domain/seat-map.ts';
import type { PlanSeat, SeatingPlan } from '../domain/seating-plan.ts';
import type { Viewer } from '../domain/viewer.ts';
import type { ClaimRepository } from '../repositories/claim-repository.ts';
import type { HoldStore } from '../repositories/hold-store.ts';
import type { PaymentIntentRepository } from '../repositories/payment-intent-repository.ts';
import type { ReadListings } from './read-listings.ts';

const CONFLICT_PATH = ['input', 'seatIds'];

const claimed = (claims: ReadonlyMap<string, ClaimState>): SeatConflict[] =>
  Array.from(claims, ([seatId, state]) => ({ seatId, reason: state === 'SOLD' ? 'RESERVED' : 'HELD' }));

const heldSeat = ({ seatId, section, row, number, price, features }: PlanSeat): HeldSeat => ({
  seatId,
  section,
  row,
  number,
  price,
  features,
});

/** All of the seats, or none, alone or in the place of an older hold. */
export function createHoldSeats(deps: {
  readListings: ReadListings;
  planOf: (eventId: string) => Promise<SeatingPlan>;
  holds: HoldStore;
  claims: ClaimRepository;
  intents: PaymentIntentRepository;
  settings: { clock: Clock; holdLifeSeconds: number };
}) {
  const { clock, holdLifeSeconds } = deps.settings;

  /** The old hold's payment must be out of the way for good; false when it is being paid, or is paid. */
  async function cancelPayment(old: Hold): Promise<boolean> {
    const intent = (await deps.intents.openOfHolds([old.id])).get(old.id);
    if (!intent) return true;
    if (intent.status !== 'REQUIRES_CONFIRMATION') return false;
    return (await deps.intents.change(intent, { status: 'CANCELLED' }, clock.now())) !== null;
  }

  return async function holdSeats(
    viewer: Viewer,
    input: { eventId: string; seatIds: readonly string[]; replacesHoldId: string | null },
  ): Promise<HoldSeatsOutcome> {
    const { eventId, seatIds } = input;
    const listing = (await deps.readListings([eventId])).get(eventId);
    if (!listing || listing.deleted || !canSeeSeats(viewer, listing)) return eventNotFound();
    if (!isOnSale(listing, clock.now())) return salesClosed(['input', 'eventId']);

    const plan = await deps.planOf(eventId);
    const seats: HeldSeat[] = [];
    const conflicts: SeatConflict[] = [];
    for (const seatId of seatIds) {
      const seat = plan.seats.get(seatId);
      if (!seat) conflicts.push({ seatId, reason: 'UNKNOWN_SEAT' });
      else if (seat.blocked) conflicts.push({ seatId, reason: 'BLOCKED' });
      else seats.push(heldSeat(seat));
    }
    if (conflicts.length > 0) return seatsUnavailable(CONFLICT_PATH, conflicts);

    const old = input.replacesHoldId === null ? null : await deps.holds.find(input.replacesHoldId);
    const replaced = old !== null && old.userId === viewer.userId && old.eventId === eventId && old.ended === null ? old : null;
    const beingPaid = (hold: Hold): HoldSeatsOutcome =>
      seatsUnavailable(
        ['input', 'replacesHoldId'],
        hold.seats.map(({ seatId }) => ({ seatId, reason: 'HELD' })),
      );
    if (replaced && !(await cancelPayment(replaced))) return beingPaid(replaced);

    const placed = await deps.holds.place({
      holdId: newHoldId(eventId),
      eventId,
      userId: viewer.userId,
      seats,
      lifeSeconds: holdLifeSeconds,
      replacesHoldId: replaced?.id ?? null,
    });
    switch (placed.kind) {
      case 'claimed':
        return seatsUnavailable(CONFLICT_PATH, claimed(placed.claims));
      case 'conflict':
        return seatsUnavailable(
          CONFLICT_PATH,
          placed.seatIds.map((seatId) => ({ seatId, reason: 'HELD' })),
        );
      case 'limit':
        return holdLimitReached(HELD_SEATS_PER_USER_MAX);
      case 'paying':
        return replaced ? beingPaid(replaced) : holdLimitReached(HELD_SEATS_PER_USER_MAX);
      case 'placed':
        break;
    }

    // The second look: a sale may have committed between reading the claims and the script. Redis cannot see that; MongoDB decides.
    const claims = await deps.claims.ofSeats(eventId, seatIds);
    if (claims.size > 0) {
      await deps.holds.release(placed.hold, { forced: true, giveBackTo: placed.replaced ? (replaced?.id ?? null) : null });
      return seatsUnavailable(CONFLICT_PATH, claimed(claims));
    }
    // Seats that the new hold leaves out were kept until now, so that an undo could have given everything back.
    if (placed.replaced && replaced) await deps.holds.release(replaced, { forced: true });
    return { kind: 'HoldSeatsPayload', hold: placed.hold };
  };
}
export type HoldSeats = ReturnType<typeof createHoldSeats>;
