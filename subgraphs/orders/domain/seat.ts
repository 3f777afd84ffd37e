import type { HeldSeat } from './hold.ts';
import type { SeatStatus } from './seat-map.ts';
import type { PlanSeat, SeatingPlan } from './seating-plan.ts';

/** A seat as clients see it: on the map, in a hold or on a ticket. */
export type SeatView = HeldSeat & { readonly status: SeatStatus };

const views = new WeakMap<PlanSeat, Map<SeatStatus, SeatView>>();

/** The same object each time: maps of thousands of seats are asked for far more often than a seat changes. */
export function seatView(seat: PlanSeat, status: SeatStatus): SeatView {
  const ofSeat = views.get(seat) ?? new Map<SeatStatus, SeatView>();
  const known = ofSeat.get(status);
  if (known) return known;
  const view = { ...seat, status };
  views.set(seat, ofSeat.set(status, view));
  return view;
}

/** A reading of a whole event. */
export type SeatMapView = { readonly version: number; readonly plan: SeatingPlan; readonly statuses: ReadonlyMap<string, SeatStatus> };
