import type { MongoConnection } from '../../kit/runtime/mongo.ts';
import { createOutbox } from '../../kit/runtime/outbox.ts';
import type { RedisClient } from '../../kit/runtime/redis.ts';
import type { Clock } from '../../kit/values/clock.ts';
import type { PaymentProvider } from './domain/payment-provider.ts';
import type { ReachedPoint } from './domain/purchase-points.ts';
import { defaultSeatingPlan } from './domain/seating-plan.ts';
import type { EventsClient } from './repositories/events-client.ts';
import { createRepositories, REPOSITORY_PARTS } from './repositories/repositories.ts';
import { createCancelPayment } from './usecases/cancel-payment.ts';
import type { TicketCodes } from './tickets/ticket-codes.ts';
import { createCheckIn } from './usecases/check-in.ts';
import { createClaimSeats } from './usecases/claim-seats.ts';
import { createConfigureSeating } from './usecases/configure-seating.ts';
import { createConfirmPayment } from './usecases/confirm-payment.ts';
import { createCreatePaymentIntent } from './usecases/create-payment-intent.ts';
import { createFinishOrder } from './usecases/finish-order.ts';
import { createFreePayments } from './repositories/free-payments.ts';
import { createFollowRefund } from './usecases/follow-refund.ts';
import { createFollowPayment } from './usecases/follow-payment.ts';
import { createHoldBestAvailable } from './usecases/hold-best-available.ts';
import { createHoldSeats } from './usecases/hold-seats.ts';
import { createPlaceSeats } from './usecases/place-seats.ts';
import { createPurchase } from './usecases/purchase.ts';
import { createReadListings } from './usecases/read-listings.ts';
import { createReconcile } from './usecases/reconcile.ts';
import { createRefreshHold } from './usecases/refresh-hold.ts';
import { createRefundClosedEvents } from './usecases/refund-closed-events.ts';
import { createRefundOrder } from './usecases/refund-order.ts';
import { createReleaseHold } from './usecases/release-hold.ts';
import { createReportDifferences } from './usecases/report-differences.ts';
import { createReportSales } from './usecases/report-sales.ts';
import { createSecureHold } from './usecases/secure-hold.ts';
import { createSettleRefund } from './usecases/settle-refund.ts';
import { createShowChanges } from './usecases/show-changes.ts';

export type CoreSettings = {
  readonly holdLifeSeconds: number;
  readonly defaultSeatPrice: number;
  readonly defaultCurrency: string;
  readonly idempotencyLifeSeconds: number;
  readonly reconcileGraceSeconds: number;
};

export type CoreDeps = {
  readonly mongo: MongoConnection;
  readonly redis: RedisClient;
  readonly events: EventsClient;
  readonly provider: PaymentProvider;
  readonly ticketCodes: TicketCodes;
  readonly clock: Clock;
  readonly settings: CoreSettings;
  /** What a committed change is followed by: its event can go out now. */
  readonly onCommitted: () => void;
  /** For what failed and is made good later. */
  readonly logError: (error: unknown, what: string) => void;
  /** For fault tests: told how far each purchase has come. */
  readonly reached?: ReachedPoint;
  /** For fault tests: parts that are put in the place of others, to see that the difference is noticed. */
  readonly parts?: Partial<OrdersParts>;
};

/** A purchase that read the open listing commits within this, or never: a transaction's life, and some. */
const CLOSED_EVENT_SETTLES_AFTER_SECONDS = 70;

const PARTS = { ...REPOSITORY_PARTS, createPlaceSeats, createClaimSeats, createFinishOrder, createPurchase, createReconcile };
export type OrdersParts = typeof PARTS;

/** Everything orders knows and does, without a server, a feed or a timer. */
export function createOrdersCore(deps: CoreDeps) {
  const { mongo, redis, clock, settings, logError, reached = () => undefined } = deps;
  const provider = createFreePayments({ provider: deps.provider });
  const parts = { ...PARTS, ...deps.parts };
  const defaultPlan = defaultSeatingPlan({ amount: settings.defaultSeatPrice, currency: settings.defaultCurrency });

  const outbox = createOutbox({ db: mongo.db, clock });
  const repositories = createRepositories({
    client: mongo.client,
    db: mongo.db,
    redis,
    outbox,
    clock,
    defaultPlan,
    idempotencyLifeSeconds: settings.idempotencyLifeSeconds,
    parts,
  });
  const { claims, orders, intents, refunds, listings, idempotency, plans, ledger, map, holds, unshown, notices, audit } = repositories;

  const show = createShowChanges({
    map,
    unshown,
    clock,
    logError: (error) => logError(error, 'showing a change of seats'),
    onShown: deps.onCommitted,
  });
  const readListings = createReadListings({ listings, events: deps.events, clock });
  const finishOrder = parts.createFinishOrder({ orders, intents, ledger, provider, holds, show, reached });
  const settleRefund = createSettleRefund({ refunds, intents, orders, ledger, provider, show, clock });
  const followRefund = createFollowRefund({ refunds, intents, provider, settleRefund, clock });
  const cancelPayment = createCancelPayment({ intents, ledger, provider, settleRefund, clock, logError });
  const secureHold = createSecureHold({ holds, intents, readListings, clock });
  const placeSeats = parts.createPlaceSeats({ holds, claims, plans, clock, holdLifeSeconds: settings.holdLifeSeconds });
  const claimSeats = parts.createClaimSeats({ ledger, orders, claims, idempotency, settleRefund, clock, reached });

  return {
    outbox,
    repositories,
    show,
    readListings,
    holdSeats: createHoldSeats({ readListings, plans, holds, intents, placeSeats, cancelPayment, clock }),
    holdBestAvailable: createHoldBestAvailable({ readListings, plans, map, placeSeats, clock }),
    configureSeating: createConfigureSeating({ readListings, plans, claims, orders, map, ledger, show, clock }),
    refreshHold: createRefreshHold({ holds, holdLifeSeconds: settings.holdLifeSeconds }),
    releaseHold: createReleaseHold({ holds, intents, cancelPayment }),
    createPaymentIntent: createCreatePaymentIntent({ holds, intents, provider, readListings, clock, logError }),
    confirmPayment: createConfirmPayment({ holds, intents, provider, readListings, clock }),
    followPayment: createFollowPayment({ intents, notices, provider, followRefund, clock }),
    purchase: parts.createPurchase({ orders, intents, idempotency, secureHold, claimSeats, finishOrder, clock, reached }),
    reconcile: parts.createReconcile({
      orders,
      intents,
      refunds,
      holds,
      ledger,
      provider,
      finishOrder,
      settleRefund,
      cancelPayment,
      show,
      clock,
      graceSeconds: settings.reconcileGraceSeconds,
      logError,
    }),
    ticketCodes: deps.ticketCodes,
    checkIn: createCheckIn({ orders, codes: deps.ticketCodes, readListings, clock }),
    reportSales: createReportSales({ orders, plans, readListings }),
    reportDifferences: createReportDifferences({ audit, plans, provider, clock }),
    refundOrder: createRefundOrder({ orders, intents, refunds, ledger, settleRefund, readListings, clock, logError }),
    refundClosedEvents: createRefundClosedEvents({
      listings,
      orders,
      intents,
      holds,
      map,
      ledger,
      finishOrder,
      settleRefund,
      clock,
      logError,
      settledAfterSeconds: CLOSED_EVENT_SETTLES_AFTER_SECONDS,
    }),
    async ensureIndexes(): Promise<void> {
      await Promise.all([outbox.ensureIndexes(), repositories.ensureIndexes()]);
    },
  };
}
export type OrdersCore = ReturnType<typeof createOrdersCore>;
