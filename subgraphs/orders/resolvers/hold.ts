import type { Implements } from '../../../kit/graphql/typed-resolvers.ts';
import type { Context } from '../context.ts';
import type { HeldSeat, Hold } from '../domain/hold.ts';
import { holdStatus, holdTotal } from '../domain/hold.ts';
import type { SeatStatus } from '../domain/seat-map.ts';
import type { SeatView } from '../domain/seat.ts';
import type { HoldResolvers, PaymentIntentResolvers } from '../schema.generated.ts';
import { AppError } from '../../../kit/graphql/errors.ts';

const STATUS_OF_HOLD = { ACTIVE: 'HELD', CONSUMED: 'RESERVED' } as const satisfies Record<'ACTIVE' | 'CONSUMED', SeatStatus>;

/** After a hold has ended its seats are whatever they have become since. */
async function seatsOf(hold: Hold, context: Context): Promise<readonly SeatView[]> {
  const status = holdStatus(hold, context.clock.now());
  if (status === 'ACTIVE' || status === 'CONSUMED') return hold.seats.map((seat) => ({ ...seat, status: STATUS_OF_HOLD[status] }));
  return withCurrentStatus(hold.eventId, hold.seats, context);
}

export async function withCurrentStatus(eventId: string, seats: readonly HeldSeat[], context: Context): Promise<readonly SeatView[]> {
  const { statuses } = await context.loaders.seatMap.load(eventId);
  return seats.map((seat) => ({ ...seat, status: statuses.get(seat.seatId) ?? 'BLOCKED' }));
}

export const hold: Implements<HoldResolvers, 'event' | 'seats' | 'status' | 'total' | 'paymentIntent' | 'expiresInSeconds'> = {
  event: ({ eventId }) => ({ id: eventId }),
  seats: (parent, _args, context) => seatsOf(parent, context),
  status: (parent, _args, { clock }) => holdStatus(parent, clock.now()),
  total: ({ seats }) => holdTotal(seats),
  paymentIntent: async ({ id }, _args, { loaders }) => {
    const intent = await loaders.openIntentOfHold.load(id);
    return intent?.clientSecret == null ? null : intent;
  },
  expiresInSeconds: (parent, _args, { clock }) =>
    holdStatus(parent, clock.now()) === 'ACTIVE' ? Math.max(0, Math.ceil((parent.expiresAt.getTime() - clock.now().getTime()) / 1_000)) : 0,
};

export const paymentIntent: Implements<PaymentIntentResolvers, 'clientSecret'> = {
  clientSecret: ({ clientSecret }) => {
    if (clientSecret === null)
      throw new AppError('SERVICE_UNAVAILABLE', 'The payment provider has not answered yet. Create the payment intent again.');
    return clientSecret;
  },
};
