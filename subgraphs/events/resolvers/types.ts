import type { Implements } from '../../../kit/graphql/typed-resolvers.ts';
import { idReferenceSchema } from '../../../kit/graphql/input-schemas.ts';
import { parseInput } from '../../../kit/graphql/parse-input.ts';
import { isAdmin } from '../domain/viewer.ts';
import type { EventResolvers, UserResolvers } from '../schema.generated.ts';
import { eventConnection } from './connection.ts';
import { organizedEventsSchema, suggestionsSchema } from './inputs.ts';

export const Event: Implements<EventResolvers, '__resolveReference' | 'organizer' | 'related'> = {
  // Drafts, cancelled and deleted events too: orders refer to them, and root fields decide what a viewer finds.
  __resolveReference: (reference, context) => context.loadEvent(parseInput(idReferenceSchema, reference).id),
  organizer: (event) => ({ id: event.organizerId }),
  related: (event, args, context) => context.usecases.recommendations.related(event, parseInput(suggestionsSchema, args).first),
};

export const User: Implements<UserResolvers, '__resolveReference' | 'organizedEvents' | 'recommendedEvents'> = {
  __resolveReference: (reference) => parseInput(idReferenceSchema, reference),
  organizedEvents: (user, args, context) => {
    const filter = { text: null, tags: [], organizerId: user.id, startsAfter: null, startsBefore: null };
    return eventConnection(context, { ...parseInput(organizedEventsSchema, args), filter, sort: 'STARTS_AT_ASC' });
  },
  recommendedEvents: (user, args, context) => {
    const { first } = parseInput(suggestionsSchema, args);
    const mayRead = context.viewer?.userId === user.id || isAdmin(context.viewer);
    return mayRead ? context.usecases.recommendations.forUser(user.id, first) : null;
  },
};
