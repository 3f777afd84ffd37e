import type { SeatingPlan } from './seating-plan.ts';

export type SeatStatus = 'AVAILABLE' | 'HELD' | 'RESERVED' | 'BLOCKED';
export type ClaimState = 'PENDING' | 'SOLD';

/** Statuses of all seats of an event at one version. */
export type SeatStates = { readonly version: number; readonly statuses: ReadonlyMap<string, SeatStatus> };

export type SeatState = { readonly seatId: string; readonly status: SeatStatus };

export type SeatMapUpdate =
  | {
      readonly kind: 'SNAPSHOT';
      readonly eventId: string;
      readonly version: number;
      readonly previousVersion: null;
      readonly seats: readonly SeatState[];
    }
  | {
      readonly kind: 'DELTA';
      readonly eventId: string;
      readonly version: number;
      readonly previousVersion: number;
      readonly seats: readonly SeatState[];
    };

/** The one rule for what a seat shows; the Lua scripts state it again for the moment of publishing (repositories/seat-script.ts). */
export function seatStatus(facts: { claim: ClaimState | undefined; held: boolean; blocked: boolean }): SeatStatus {
  if (facts.claim === 'SOLD') return 'RESERVED';
  if (facts.claim === 'PENDING' || facts.held) return 'HELD';
  return facts.blocked ? 'BLOCKED' : 'AVAILABLE';
}

/** Claims and live holds laid over the plan. Seats that are no longer in the plan are left out. */
export function seatStatuses(
  plan: SeatingPlan,
  claims: ReadonlyMap<string, ClaimState>,
  held: ReadonlySet<string>,
): Map<string, SeatStatus> {
  const statuses = new Map<string, SeatStatus>();
  for (const seat of plan.seats.values())
    statuses.set(seat.seatId, seatStatus({ claim: claims.get(seat.seatId), held: held.has(seat.seatId), blocked: seat.blocked }));
  return statuses;
}

export type SeatAvailability = {
  readonly available: number;
  readonly held: number;
  readonly reserved: number;
  readonly blocked: number;
  readonly total: number;
  readonly soldOut: boolean;
};

export function countSeats(statuses: ReadonlyMap<string, SeatStatus>): SeatAvailability {
  const counts = { AVAILABLE: 0, HELD: 0, RESERVED: 0, BLOCKED: 0 };
  for (const status of statuses.values()) counts[status] += 1;
  return {
    available: counts.AVAILABLE,
    held: counts.HELD,
    reserved: counts.RESERVED,
    blocked: counts.BLOCKED,
    total: statuses.size,
    // A seat in someone's basket may come back, so an event is sold out only when everything for sale is sold.
    soldOut: counts.AVAILABLE === 0 && counts.HELD === 0,
  };
}

export function snapshotOf(eventId: string, states: SeatStates): SeatMapUpdate {
  return {
    kind: 'SNAPSHOT',
    eventId,
    version: states.version,
    previousVersion: null,
    seats: Array.from(states.statuses, ([seatId, status]) => ({ seatId, status })),
  };
}
