import type { Implements } from '../../../kit/graphql/typed-resolvers.ts';
import { byKind } from '../../../kit/graphql/typed-resolvers.ts';
import { CurrencyCode, DateTime, MinorUnits, SeatMapVersion } from '../../../kit/graphql/scalars.ts';
import { currencyDecimals } from '../../../kit/values/money.ts';
import type { MoneyResolvers, Resolvers } from '../schema.generated.ts';
import { event, seatMap } from './event.ts';
import { hold, paymentIntent } from './hold.ts';
import { mutation } from './mutation.ts';
import { order, ticket } from './order.ts';
import { query } from './query.ts';
import { seatMapUpdate, subscription } from './subscription.ts';
import { user } from './user.ts';

const money: Implements<MoneyResolvers, 'decimals'> = { decimals: ({ currency }) => currencyDecimals(currency) };

const typed: Implements<
  Resolvers,
  | 'Query'
  | 'Mutation'
  | 'Event'
  | 'User'
  | 'HoldSeatsResult'
  | 'RefreshHoldResult'
  | 'CreatePaymentIntentResult'
  | 'ConfirmPaymentResult'
  | 'PurchaseResult'
  | 'ConfigureSeatingResult'
  | 'RefundOrderResult'
  | 'CheckInResult'
> &
  Resolvers = {
  CurrencyCode,
  DateTime,
  MinorUnits,
  SeatMapVersion,
  Query: query,
  Mutation: mutation,
  Event: event,
  User: user,
  SeatMap: seatMap,
  Hold: hold,
  PaymentIntent: paymentIntent,
  Order: order,
  Ticket: ticket,
  Money: money,
  SeatMapUpdate: seatMapUpdate,
  HoldSeatsResult: byKind,
  RefreshHoldResult: byKind,
  CreatePaymentIntentResult: byKind,
  ConfirmPaymentResult: byKind,
  PurchaseResult: byKind,
  ConfigureSeatingResult: byKind,
  RefundOrderResult: byKind,
  CheckInResult: byKind,
};

/** The subscription stands apart: its generated type knows no async iterator of domain updates. */
export const resolvers = { ...typed, Subscription: subscription };
