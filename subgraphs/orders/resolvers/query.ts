import type { Implements } from '../../../kit/graphql/typed-resolvers.ts';
import { idReferenceSchema } from '../../../kit/graphql/input-schemas.ts';
import { parseInput } from '../../../kit/graphql/parse-input.ts';
import { requireScope } from '../../../kit/graphql/viewer.ts';
import { canSeeOrder } from '../domain/order.ts';
import { reconciliationSchema } from './inputs.ts';
import type { QueryResolvers } from '../schema.generated.ts';

const DAY_MS = 86_400_000;
const REPORTED_DAYS = 30;

export const query: Implements<QueryResolvers, 'hold' | 'order' | 'reconciliation'> = {
  hold: async (_parent, args, { viewer, holds }) => {
    const { id } = parseInput(idReferenceSchema, args);
    const found = viewer && (await holds.find(id));
    return found && found.userId === viewer.userId ? found : null;
  },
  order: async (_parent, args, { viewer, loaders }) => {
    const found = await loaders.order.load(parseInput(idReferenceSchema, args).id);
    return found && canSeeOrder(viewer, found) ? found : null;
  },
  reconciliation: async (_parent, args, context) => {
    requireScope(context.viewer, 'inventory:audit');
    const { since } = parseInput(reconciliationSchema, args);
    return context.reportDifferences(since ?? new Date(context.clock.now().getTime() - REPORTED_DAYS * DAY_MS));
  },
};
