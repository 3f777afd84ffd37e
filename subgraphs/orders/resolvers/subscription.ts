import type { Implements } from '../../../kit/graphql/typed-resolvers.ts';
import { AppError } from '../../../kit/graphql/errors.ts';
import { parseInput } from '../../../kit/graphql/parse-input.ts';
import type { Context } from '../context.ts';
import type { SeatMapUpdate } from '../domain/seat-map.ts';
import type { SeatMapUpdateResolvers } from '../schema.generated.ts';
import { subscriptionSchema } from './inputs.ts';

export const subscription = {
  seatMapChanged: {
    subscribe: async (_parent: unknown, args: unknown, context: Context): Promise<AsyncIterable<SeatMapUpdate>> => {
      const { eventId, sinceVersion } = parseInput(subscriptionSchema, args);
      const listing = await context.loaders.listing.load(eventId);
      if (!listing || listing.deleted || listing.status === 'DRAFT') throw new AppError('NOT_FOUND', 'There is no such published event.');
      const over = listing.status === 'CANCELLED' && (await context.listings.refundsAreDone(eventId));
      return context.feed.subscribe(eventId, sinceVersion, over);
    },
    resolve: (update: SeatMapUpdate): SeatMapUpdate => update,
  },
};

export const seatMapUpdate: Implements<SeatMapUpdateResolvers, 'event' | 'seats'> = {
  event: ({ eventId }) => ({ id: eventId }),
  seats: ({ seats }) => seats,
};
