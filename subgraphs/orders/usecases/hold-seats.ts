import type { Clock } from '../../../kit/values/clock.ts';
import { wait } from '../../../kit/values/wait.ts';
import type { Hold } from '../domain/hold.ts';
import { canSeeSeats, isOnSale } from '../domain/listing.ts';
import type { HoldSeatsOutcome, SeatConflict } from '../domain/outcomes.ts';
import { eventNotFound, salesClosed, seatsUnavailable } from '../domain/outcomes.ts';
import type { PlanSeat, SeatingPlan } from '../domain/seating-plan.ts';
import type { Viewer } from '../domain/viewer.ts';
import type { HoldStore } from '../repositories/hold-store.ts';
import type { PaymentIntentRepository } from '../repositories/payment-intent-repository.ts';
import type { SeatingPlanRepository } from '../repositories/seating-plan-repository.ts';
import type { CancelPayment } from './cancel-payment.ts';
import type { PlaceSeats } from './place-seats.ts';
import { beingPaid } from './place-seats.ts';
import type { ReadListings } from './read-listings.ts';

/** A plan is looked at for milliseconds; whoever chose from the one before chooses again. */
const TRIES_MAX = 20;
const PAUSE_MS = 50;

/** The seats that were asked for, or why each of those that cannot be had cannot. */
function choose(plan: SeatingPlan, seatIds: readonly string[]): PlanSeat[] | SeatConflict[] {
  const seats: PlanSeat[] = [];
  const conflicts: SeatConflict[] = [];
  for (const seatId of seatIds) {
    const seat = plan.seats.get(seatId);
    if (!seat) conflicts.push({ seatId, reason: 'UNKNOWN_SEAT' });
    else if (seat.blocked) conflicts.push({ seatId, reason: 'BLOCKED' });
    else seats.push(seat);
  }
  return conflicts.length > 0 ? conflicts : seats;
}

const areConflicts = (chosen: PlanSeat[] | SeatConflict[]): chosen is SeatConflict[] => chosen.some((one) => 'reason' in one);

/** All of the seats, or none, alone or in the place of an older hold. */
export function createHoldSeats(deps: {
  readListings: ReadListings;
  plans: SeatingPlanRepository;
  holds: HoldStore;
  intents: PaymentIntentRepository;
  placeSeats: PlaceSeats;
  cancelPayment: CancelPayment;
  clock: Clock;
}) {
  const { clock } = deps;

  /** The old hold's payment must be out of the way for good; false when it is being paid, or is paid. */
  async function cancelPayment(old: Hold): Promise<boolean> {
    const intent = (await deps.intents.openOfHolds([old.id])).get(old.id);
    return intent === undefined || deps.cancelPayment.here(intent);
  }

  return async function holdSeats(
    viewer: Viewer,
    input: { eventId: string; seatIds: readonly string[]; replacesHoldId: string | null },
  ): Promise<HoldSeatsOutcome> {
    const { eventId, seatIds } = input;
    const listing = (await deps.readListings([eventId])).get(eventId);
    if (!listing || listing.deleted || !canSeeSeats(viewer, listing)) return eventNotFound();
    if (!isOnSale(listing, clock.now())) return salesClosed(['input', 'eventId']);

    const old = input.replacesHoldId === null ? null : await deps.holds.find(input.replacesHoldId);
    const replaced = old !== null && old.userId === viewer.userId && old.eventId === eventId && old.ended === null ? old : null;
    for (let tries = 0; tries < TRIES_MAX; tries += 1) {
      const plan = await deps.plans.of(eventId);
      const seats = choose(plan, seatIds);
      if (areConflicts(seats)) return seatsUnavailable(['input', 'seatIds'], seats);
      if (replaced && !(await cancelPayment(replaced))) return beingPaid(replaced);
      const placed = await deps.placeSeats({ userId: viewer.userId, eventId, plan, seats, replaced });
      if (placed.kind === 'placed') return { kind: 'HoldSeatsPayload', hold: placed.hold };
      if (placed.kind !== 'plan-changed') return placed;
      await wait(PAUSE_MS);
    }
    return seatsUnavailable(
      ['input', 'seatIds'],
      seatIds.map((seatId) => ({ seatId, reason: 'BLOCKED' })),
    );
  };
}
export type HoldSeats = ReturnType<typeof createHoldSeats>;
