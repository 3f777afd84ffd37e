import type { Clock } from '../../../kit/values/clock.ts';
import { wait } from '../../../kit/values/wait.ts';
import type { SeatsWish } from '../domain/best-seats.ts';
import { pickBestSeats } from '../domain/best-seats.ts';
import { canSeeSeats, isOnSale } from '../domain/listing.ts';
import type { HoldSeatsOutcome } from '../domain/outcomes.ts';
import { eventNotFound, nothingFits, salesClosed } from '../domain/outcomes.ts';
import { seatStatuses } from '../domain/seat-map.ts';
import type { Viewer } from '../domain/viewer.ts';
import type { SeatingPlanRepository } from '../repositories/seating-plan-repository.ts';
import type { SeatMapStore } from '../repositories/seat-map-store.ts';
import type { PlaceSeats } from './place-seats.ts';
import type { ReadListings } from './read-listings.ts';

const TRIES_MAX = 30;
/** Everyone is offered the same best seats. Who was too late takes one of the next best at random, or all would meet again. */
const RANKS_PER_TRY = 4;
const PAUSE_MS = 20;

/** Chooses on the server and holds at once; what others took meanwhile is chosen around. */
export function createHoldBestAvailable(deps: {
  readListings: ReadListings;
  plans: SeatingPlanRepository;
  map: SeatMapStore;
  placeSeats: PlaceSeats;
  clock: Clock;
}) {
  return async function holdBestAvailable(viewer: Viewer, input: SeatsWish & { eventId: string }): Promise<HoldSeatsOutcome> {
    const { eventId } = input;
    const listing = (await deps.readListings([eventId])).get(eventId);
    if (!listing || listing.deleted || !canSeeSeats(viewer, listing)) return eventNotFound();
    if (!isOnSale(listing, deps.clock.now())) return salesClosed(['input', 'eventId']);

    let last: HoldSeatsOutcome = nothingFits();
    for (let tries = 0; tries < TRIES_MAX; tries += 1) {
      const plan = await deps.plans.of(eventId);
      const reading = (await deps.map.readEvents([eventId])).get(eventId);
      if (!reading) throw new Error(`The seats of ${eventId} could not be read.`);
      const rank = Math.floor(Math.random() * RANKS_PER_TRY * tries);
      const seats = pickBestSeats(plan, seatStatuses(plan, reading.claims, reading.held), input, rank);
      if (seats === null) return nothingFits();
      const placed = await deps.placeSeats({ userId: viewer.userId, eventId, plan, seats, replaced: null });
      switch (placed.kind) {
        case 'placed':
          return { kind: 'HoldSeatsPayload', hold: placed.hold };
        case 'HoldLimitReached':
          return placed;
        case 'SeatsUnavailable':
          last = placed;
          break;
        case 'plan-changed':
          await wait(PAUSE_MS);
      }
    }
    return last;
  };
}
export type HoldBestAvailable = ReturnType<typeof createHoldBestAvailable>;
