import type { Implements } from '../../../kit/graphql/typed-resolvers.ts';
import { idReferenceSchema } from '../../../kit/graphql/input-schemas.ts';
import { parseInput } from '../../../kit/graphql/parse-input.ts';
import { canSeeOrder } from '../domain/order.ts';
import type { OrderResolvers, TicketResolvers } from '../schema.generated.ts';
import { withCurrentStatus } from './hold.ts';

export const order: Implements<OrderResolvers, '__resolveReference' | 'event' | 'buyer' | 'tickets'> = {
  __resolveReference: async (reference, context) => {
    const found = await context.loaders.order.load(parseInput(idReferenceSchema, reference).id);
    return found && canSeeOrder(context.viewer, found) ? found : null;
  },
  event: ({ eventId }) => ({ id: eventId }),
  buyer: ({ userId }) => ({ id: userId }),
  tickets: async ({ id }, _args, { loaders }) => [...(await loaders.ticketsOfOrder.load(id))],
};

export const ticket: Implements<TicketResolvers, 'seat' | 'price' | 'code'> = {
  seat: async ({ eventId, seat, status }, _args, context) => {
    if (status !== 'REFUNDED') return { ...seat, status: 'RESERVED' };
    const [current] = await withCurrentStatus(eventId, [seat], context);
    return current ?? { ...seat, status: 'AVAILABLE' };
  },
  price: ({ seat }) => seat.price,
  code: (parent, _args, { ticketCodes }) => ticketCodes.codeOf(parent),
};
