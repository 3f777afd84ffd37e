import type { Clock } from '../../../kit/values/clock.ts';
import type { HeldSeat, Hold } from '../domain/hold.ts';
import { HELD_SEATS_PER_USER_MAX, newHoldId } from '../domain/hold.ts';
import type { HoldLimitReached, SeatConflict, SeatsUnavailable } from '../domain/outcomes.ts';
import { holdLimitReached, seatsUnavailable } from '../domain/outcomes.ts';
import type { ClaimState } from '../domain/seat-map.ts';
import type { PlanSeat, SeatingPlan } from '../domain/seating-plan.ts';
import type { ClaimRepository } from '../repositories/claim-repository.ts';
import type { HoldStore } from '../repositories/hold-store.ts';
import type { SeatingPlanRepository } from '../repositories/seating-plan-repository.ts';

const SEATS_PATH = ['input', 'seatIds'];

export type PlacedSeats =
  | { readonly kind: 'placed'; readonly hold: Hold }
  /** Nothing is held: the plan that the seats were chosen from is being replaced, or was. Choose again. */
  | { readonly kind: 'plan-changed' }
  | SeatsUnavailable
  | HoldLimitReached;

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

const heldByOthers = (seatIds: readonly string[]): SeatConflict[] => seatIds.map((seatId) => ({ seatId, reason: 'HELD' }));

export const beingPaid = (hold: Hold): SeatsUnavailable =>
  seatsUnavailable(['input', 'replacesHoldId'], heldByOthers(hold.seats.map((seat) => seat.seatId)));

/** One try at a hold of these seats, all or none, in the place of an older hold if one is named; and the second look at what Redis cannot know. */
export function createPlaceSeats(deps: {
  holds: HoldStore;
  claims: ClaimRepository;
  plans: SeatingPlanRepository;
  clock: Clock;
  holdLifeSeconds: number;
}) {
  const { holds, plans } = deps;

  async function isCurrent(eventId: string, plan: SeatingPlan): Promise<boolean> {
    const { revision, next } = await plans.stateOf(eventId);
    if (revision !== plan.revision) return false;
    if (next === null) return true;
    if (next.until > deps.clock.now()) return false;
    // Whoever proposed it has died or hangs. Dropping it first makes sure that it cannot be adopted after this hold has ignored it.
    await plans.drop(eventId, next.token);
    return (await plans.stateOf(eventId)).revision === plan.revision;
  }

  return async function placeSeats(request: {
    userId: string;
    eventId: string;
    plan: SeatingPlan;
    seats: readonly PlanSeat[];
    replaced: Hold | null;
  }): Promise<PlacedSeats> {
    const { userId, eventId, plan, replaced } = request;
    const placed = await holds.place({
      holdId: newHoldId(eventId),
      eventId,
      userId,
      seats: request.seats.map(heldSeat),
      lifeSeconds: deps.holdLifeSeconds,
      replacesHoldId: replaced?.id ?? null,
    });
    switch (placed.kind) {
      case 'claimed':
        return seatsUnavailable(SEATS_PATH, claimed(placed.claims));
      case 'conflict':
        return seatsUnavailable(SEATS_PATH, heldByOthers(placed.seatIds));
      case 'limit':
        return holdLimitReached(HELD_SEATS_PER_USER_MAX);
      case 'paying':
        return replaced ? beingPaid(replaced) : holdLimitReached(HELD_SEATS_PER_USER_MAX);
      case 'placed':
        break;
    }

    const undo = (): Promise<unknown> =>
      holds.release(placed.hold, { forced: true, giveBackTo: placed.replaced ? (replaced?.id ?? null) : null });
    // The second look: a sale may have committed, or a plan been proposed, between reading them and the script. Redis cannot see that; MongoDB decides.
    const [claims, current] = await Promise.all([
      deps.claims.ofSeats(
        eventId,
        request.seats.map((seat) => seat.seatId),
      ),
      isCurrent(eventId, plan),
    ]);
    if (claims.size > 0) {
      await undo();
      return seatsUnavailable(SEATS_PATH, claimed(claims));
    }
    if (!current) {
      await undo();
      return { kind: 'plan-changed' };
    }
    // Seats that the new hold leaves out were kept until now, so that an undo could have given everything back.
    if (placed.replaced && replaced) await holds.release(replaced, { forced: true });
    return { kind: 'placed', hold: placed.hold };
  };
}
export type PlaceSeats = ReturnType<typeof createPlaceSeats>;
