import type { Implements } from '../../../kit/graphql/typed-resolvers.ts';
import { badUserInput } from '../../../kit/graphql/errors.ts';
import { idSchema } from '../../../kit/graphql/input-schemas.ts';
import { parseInput } from '../../../kit/graphql/parse-input.ts';
import type { Context } from '../context.ts';
import type { Viewer } from '../domain/viewer.ts';
import type { MutationResolvers } from '../schema.generated.ts';
import { unauthenticated } from '../../../kit/graphql/errors.ts';
import { confirmPaymentSchema, createPaymentIntentSchema, holdSeatsSchema, purchaseSchema, refreshHoldSchema } from './inputs.ts';

function signedIn({ viewer }: Context): Viewer {
  if (!viewer) throw unauthenticated();
  return viewer;
}

export const mutation: Implements<
  MutationResolvers,
  'holdSeats' | 'refreshHold' | 'releaseHold' | 'createPaymentIntent' | 'confirmPayment' | 'purchase'
> = {
  holdSeats: (_parent, { input }, context) => context.holdSeats(signedIn(context), parseInput(holdSeatsSchema, input, 'input')),
  refreshHold: (_parent, { input }, context) => context.refreshHold(signedIn(context), parseInput(refreshHoldSchema, input, 'input')),
  releaseHold: async (_parent, { holdId }, context) => ({
    released: await context.releaseHold(signedIn(context), parseInput(idSchema, holdId, 'holdId')),
  }),
  createPaymentIntent: (_parent, { input }, context) =>
    context.createPaymentIntent(signedIn(context), parseInput(createPaymentIntentSchema, input, 'input').holdId),
  confirmPayment: (_parent, { input }, context) =>
    context.confirmPayment(signedIn(context), parseInput(confirmPaymentSchema, input, 'input')),
  purchase: async (_parent, { input }, context) => {
    const outcome = await context.purchase(
      signedIn(context),
      parseInput(purchaseSchema, { ...input, idempotencyKeyHeader: context.idempotencyKey }, 'input'),
    );
    if (outcome.kind === 'SeatsDiffer') throw badUserInput([{ path: ['input', 'seatIds'], message: "must be exactly the hold's seats" }]);
    return outcome;
  },
};
