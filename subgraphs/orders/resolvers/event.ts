import { AppError } from '../../../kit/graphql/errors.ts';
import type { Implements } from '../../../kit/graphql/typed-resolvers.ts';
import { idReferenceSchema } from '../../../kit/graphql/input-schemas.ts';
import { parseInput } from '../../../kit/graphql/parse-input.ts';
import type { Context } from '../context.ts';
import { canManageListing, canSeeSeats } from '../domain/listing.ts';
import { LISTED_SEATS_MAX } from '../domain/seat-allowance.ts';
import { countSeats } from '../domain/seat-map.ts';
import { priceRange } from '../domain/seating-plan.ts';
import type { SeatMapView } from '../domain/seat.ts';
import { seatView } from '../domain/seat.ts';
import type { EventResolvers, SeatMapResolvers } from '../schema.generated.ts';
import { orderConnection } from './order-pages.ts';

/** Null where the viewer may not see the seats: a draft of someone else, or no such event. */
async function visibleSeatMap(eventId: string, context: Context): Promise<SeatMapView | null> {
  const listing = await context.loaders.listing.load(eventId);
  return listing && canSeeSeats(context.viewer, listing) ? context.loaders.seatMap.load(eventId) : null;
}

export const event: Implements<EventResolvers, '__resolveReference' | 'seatMap' | 'availability' | 'priceRange' | 'sales' | 'orders'> = {
  __resolveReference: (reference) => parseInput(idReferenceSchema, reference),
  seatMap: ({ id }, _args, context) => visibleSeatMap(id, context),
  availability: async ({ id }, _args, context) => {
    const map = await visibleSeatMap(id, context);
    return map && countSeats(map.statuses);
  },
  priceRange: async ({ id }, _args, context) => {
    const listing = await context.loaders.listing.load(id);
    return listing && canSeeSeats(context.viewer, listing) ? priceRange(await context.loaders.seatingPlan.load(id)) : null;
  },
  sales: ({ id }, _args, context) => context.reportSales(context.viewer, id),
  orders: async ({ id }, args, context) => {
    const listing = await context.loaders.listing.load(id);
    if (!listing || !canManageListing(context.viewer, listing)) return null;
    return orderConnection(args, (first, after) => context.orders.pageOfEvent(id, first, after));
  },
};

export const seatMap: Implements<SeatMapResolvers, 'version' | 'seats' | 'sections' | 'serverTime'> = {
  version: ({ version }) => version,
  seats: ({ plan, statuses }, _args, { seatAllowance }) => {
    if (!seatAllowance.take(plan.seats.size))
      throw new AppError('BAD_USER_INPUT', `Ask for the seats of fewer events at once: at most ${LISTED_SEATS_MAX} seats.`);
    return Array.from(plan.seats.values(), (seat) => seatView(seat, statuses.get(seat.seatId) ?? 'AVAILABLE'));
  },
  sections: ({ plan }) => plan.sections,
  serverTime: (_map, _args, { clock }) => clock.now(),
};
