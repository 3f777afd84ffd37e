import type { Implements } from '../../../kit/graphql/typed-resolvers.ts';
import { badUserInput } from '../../../kit/graphql/errors.ts';
import { parseInput } from '../../../kit/graphql/parse-input.ts';
import { requireScope } from '../../../kit/graphql/viewer.ts';
import { mayStartInPast } from '../domain/event.ts';
import type { InvalidInput } from '../domain/outcomes.ts';
import type { MutationResolvers } from '../schema.generated.ts';
import { createEventSchema, idArgumentSchema, updateEventSchema } from './inputs.ts';

/** Problems that only showed beside the stored event are the client's input all the same. */
function orBadInput<Outcome extends { readonly kind: string }>(outcome: Outcome | InvalidInput): Exclude<Outcome, InvalidInput> {
  if (isInvalidInput(outcome)) throw badUserInput(outcome.issues.map(({ path, message }) => ({ path: ['input', ...path], message })));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what is left after the one kind that was thrown
  return outcome as Exclude<Outcome, InvalidInput>;
}

const isInvalidInput = (outcome: { readonly kind: string }): outcome is InvalidInput => outcome.kind === 'InvalidInput';

const WRITE = 'events:write';

type Fields = 'createEvent' | 'updateEvent' | 'publishEvent' | 'cancelEvent' | 'deleteEvent';

export const Mutation: Implements<MutationResolvers, Fields> & Required<MutationResolvers> = {
  createEvent: async (_root, args, context) => {
    const viewer = requireScope(context.viewer, WRITE);
    const input = parseInput(createEventSchema({ now: new Date(), mayStartInPast: mayStartInPast(viewer) }), args.input, 'input');
    return { event: orBadInput(await context.usecases.createEvent(viewer, input)).event };
  },

  updateEvent: async (_root, args, context) => {
    const viewer = requireScope(context.viewer, WRITE);
    const { id, expectedVersion, ...patch } = parseInput(updateEventSchema, args.input, 'input');
    return orBadInput(await context.usecases.updateEvent(viewer, { id, expectedVersion: expectedVersion ?? null, patch }));
  },

  publishEvent: async (_root, args, context) => {
    const viewer = requireScope(context.viewer, WRITE);
    return orBadInput(await context.usecases.publishEvent(viewer, parseInput(idArgumentSchema, args).id));
  },

  cancelEvent: async (_root, args, context) => {
    const viewer = requireScope(context.viewer, WRITE);
    return orBadInput(await context.usecases.cancelEvent(viewer, parseInput(idArgumentSchema, args).id));
  },

  deleteEvent: async (_root, args, context) => {
    const viewer = requireScope(context.viewer, WRITE);
    return context.usecases.deleteEvent(viewer, parseInput(idArgumentSchema, args).id);
  },
};
