import { parseInput } from '../../../kit/graphql/parse-input.ts';
import { canSeeEvent } from '../domain/event.ts';
import type { QueryResolvers } from '../schema.generated.ts';
import { eventConnection } from './connection.ts';
import { eventsSchema, idArgumentSchema } from './inputs.ts';

export const Query: Required<QueryResolvers> = {
  event: async (_root, args, context) => {
    const event = await context.loadEvent(parseInput(idArgumentSchema, args).id);
    return event && canSeeEvent(context.viewer, event) ? event : null;
  },

  events: (_root, args, context) => eventConnection(context, parseInput(eventsSchema, args)),
};
