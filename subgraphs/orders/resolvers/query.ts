import type { Implements } from '../../../kit/graphql/typed-resolvers.ts';
import { idReferenceSchema } from '../../../kit/graphql/input-schemas.ts';
import { parseInput } from '../../../kit/graphql/parse-input.ts';
import { canSeeOrder } from '../domain/order.ts';
import type { QueryResolvers } from '../schema.generated.ts';

export const query: Implements<QueryResolvers, 'hold' | 'order'> = {
  hold: async (_parent, args, { viewer, holds }) => {
    const { id } = parseInput(idReferenceSchema, args);
    const found = viewer && (await holds.find(id));
    return found && found.userId === viewer.userId ? found : null;
  },
  order: async (_parent, args, { viewer, loaders }) => {
    const found = await loaders.order.load(parseInput(idReferenceSchema, args).id);
    return found && canSeeOrder(viewer, found) ? found : null;
  },
};
