import type { Implements } from '../../../kit/graphql/typed-resolvers.ts';
import { AppError, badUserInput } from '../../../kit/graphql/errors.ts';
import { idSchema } from '../../../kit/graphql/input-schemas.ts';
import { parseInput } from '../../../kit/graphql/parse-input.ts';
import { moneyText } from '../../../kit/values/money.ts';
import { requireScope, requireViewer } from '../../../kit/graphql/viewer.ts';
import type { Context } from '../context.ts';
import type { Viewer } from '../domain/viewer.ts';
import type { MutationResolvers } from '../schema.generated.ts';
import {
  checkInSchema,
  confirmPaymentSchema,
  createPaymentIntentSchema,
  holdBestAvailableSchema,
  holdSeatsSchema,
  purchaseSchema,
  refreshHoldSchema,
  refundOrderSchema,
} from './inputs.ts';
import { configureSeatingSchema } from './seating-input.ts';

const signedIn = ({ viewer }: Context): Viewer => requireViewer(viewer);

export const mutation: Implements<
  MutationResolvers,
  | 'holdSeats'
  | 'holdBestAvailable'
  | 'refreshHold'
  | 'releaseHold'
  | 'createPaymentIntent'
  | 'confirmPayment'
  | 'purchase'
  | 'refundOrder'
  | 'checkIn'
  | 'configureSeating'
> = {
  holdSeats: (_parent, { input }, context) => context.holdSeats(signedIn(context), parseInput(holdSeatsSchema, input, 'input')),
  holdBestAvailable: (_parent, { input }, context) =>
    context.holdBestAvailable(signedIn(context), parseInput(holdBestAvailableSchema, input, 'input')),
  refundOrder: async (_parent, { input }, context) => {
    const outcome = await context.refundOrder(
      signedIn(context),
      parseInput(refundOrderSchema, { ...input, idempotencyKeyHeader: context.idempotencyKey }, 'input'),
    );
    if (outcome.kind === 'NotThere') throw new AppError('NOT_FOUND', 'There is no such order.');
    if (outcome.kind === 'NotOfOrder') throw badUserInput([{ path: ['input', 'ticketIds'], message: 'must be tickets of this order' }]);
    return outcome;
  },
  checkIn: async (_parent, { input }, context) => {
    const outcome = await context.checkIn(requireScope(context.viewer, 'tickets:check-in'), parseInput(checkInSchema, input, 'input'));
    if (outcome.kind === 'NotThere') throw new AppError('NOT_FOUND', 'There is no such event.');
    return outcome;
  },
  configureSeating: async (_parent, { input }, context) => {
    const viewer = requireScope(context.viewer, 'events:write');
    const { eventId, layout } = parseInput(configureSeatingSchema, input, 'input');
    const outcome = await context.configureSeating(viewer, eventId, layout);
    if (outcome.kind === 'CurrencyFixed')
      throw badUserInput([{ path: ['input', 'currency'], message: `must be ${outcome.currency}: orders of this event were placed in it` }]);
    return outcome;
  },
  refreshHold: (_parent, { input }, context) => context.refreshHold(signedIn(context), parseInput(refreshHoldSchema, input, 'input')),
  releaseHold: async (_parent, { holdId }, context) => ({
    released: await context.releaseHold(signedIn(context), parseInput(idSchema, holdId, 'holdId')),
  }),
  createPaymentIntent: async (_parent, { input }, context) => {
    const { holdId } = parseInput(createPaymentIntentSchema, input, 'input');
    const outcome = await context.createPaymentIntent(signedIn(context), holdId);
    if (outcome.kind === 'NotPayable')
      throw badUserInput([
        { path: ['input', 'holdId'], message: `costs ${moneyText(outcome.amount)}, which cannot be paid; hold other seats` },
      ]);
    return outcome;
  },
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
