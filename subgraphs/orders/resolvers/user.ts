import type { Implements } from '../../../kit/graphql/typed-resolvers.ts';
import { idReferenceSchema } from '../../../kit/graphql/input-schemas.ts';
import { parseInput } from '../../../kit/graphql/parse-input.ts';
import { isAdmin } from '../domain/viewer.ts';
import type { UserResolvers } from '../schema.generated.ts';
import { orderConnection } from './order-pages.ts';

export const user: Implements<UserResolvers, '__resolveReference' | 'orders' | 'holds'> = {
  __resolveReference: (reference) => parseInput(idReferenceSchema, reference),
  orders: async ({ id }, args, { viewer, orders }) => {
    if (!viewer || (viewer.userId !== id && !isAdmin(viewer))) return null;
    return orderConnection(args, (first, after) => orders.pageOfUser(id, first, after));
  },
  holds: async ({ id }, _args, { viewer, holds, clock }) => (viewer?.userId === id ? [...(await holds.liveOfUser(id, clock.now()))] : null),
};
