import type { HeldSeat } from './hold.ts';
import type { SeatStatus } from './seat-map.ts';
import type { SeatingPlan } from './seating-plan.ts';

/** A seat as clients see it: on the map, in a hold or on a ticket. */
export type SeatView = HeldSeat & { readonly status: SeatStatus };

/** A reading of a whole event. */
export type SeatMapView = { readonly version: number; readonly plan: SeatingPlan; readonly statuses: ReadonlyMap<string, SeatStatus> };
