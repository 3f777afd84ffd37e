import type { Server } from 'node:http';
import { readFileSync } from 'node:fs';
import type { JSONWebKeySet } from 'jose';
import type { IdentitySigner } from '../../kit/graphql/identity.ts';
import { createIdentityVerifier } from '../../kit/graphql/identity.ts';
import { createSubgraphServer } from '../../kit/graphql/subgraph-server.ts';
import type { DomainEventBus } from '../../kit/runtime/bus.ts';
import { isConnectionFailure } from '../../kit/runtime/connection-failure.ts';
import { createLifecycle } from '../../kit/runtime/lifecycle.ts';
import type { Logger } from '../../kit/runtime/logger.ts';
import type { MongoConnection } from '../../kit/runtime/mongo.ts';
import { createOutbox, createOutboxRelay } from '../../kit/runtime/outbox.ts';
import type { RedisClient } from '../../kit/runtime/redis.ts';
import type { Clock } from '../../kit/values/clock.ts';
import { newId } from '../../kit/values/ids.ts';
import { startBackgroundWork } from './background.ts';
import { createContextFactory } from './context.ts';
import { defaultSeatingPlan } from './domain/seating-plan.ts';
import { createEventsClient } from './repositories/events-client.ts';
import { createRepositories } from './repositories/repositories.ts';
import { createSeatFeed } from './repositories/seat-feed.ts';
import { createSeatHints } from './repositories/seat-hints.ts';
import { createSimulatorPayments } from './repositories/simulator-payments.ts';
import { resolvers } from './resolvers/resolvers.ts';
import { createClaimSeats } from './usecases/claim-seats.ts';
import { createConfirmPayment } from './usecases/confirm-payment.ts';
import { createCreatePaymentIntent } from './usecases/create-payment-intent.ts';
import { createFinishOrder } from './usecases/finish-order.ts';
import { createFollowEvents } from './usecases/follow-events.ts';
import { createHoldSeats } from './usecases/hold-seats.ts';
import { createPurchase } from './usecases/purchase.ts';
import { createReadListings } from './usecases/read-listings.ts';
import { createReconcile } from './usecases/reconcile.ts';
import { createRefreshHold } from './usecases/refresh-hold.ts';
import { createRefundClosedEvents } from './usecases/refund-closed-events.ts';
import { createReleaseHold } from './usecases/release-hold.ts';
import { createSecureHold } from './usecases/secure-hold.ts';
import { createSettleRefund } from './usecases/settle-refund.ts';
import { createShowChanges } from './usecases/show-changes.ts';

export type OrdersSettings = {
  readonly holdLifeSeconds: number;
  readonly capture: 'automatic' | 'manual';
  readonly defaultSeatPrice: number;
  readonly defaultCurrency: string;
  readonly idempotencyLifeSeconds: number;
  readonly reconcileGraceSeconds: number;
  readonly introspection: boolean;
};

export type OrdersDeps = {
  readonly mongo: MongoConnection;
  /** Holds and the seat map; a logical database of their own. */
  readonly redis: RedisClient;
  /** To the same server, for keyspace notifications alone. */
  readonly subscriber: RedisClient;
  readonly bus: DomainEventBus;
  readonly eventsUrl: string;
  readonly signer: IdentitySigner;
  readonly identityJwks: JSONWebKeySet;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly settings: OrdersSettings;
};

export type OrdersApp = { readonly httpServer: Server; readonly close: () => Promise<void> };

/** A purchase that read the open listing commits within this, or never: a transaction's life, and some. */
const CLOSED_EVENT_SETTLES_AFTER_SECONDS = 70;

/** Wires the orders subgraph. Connections are the caller's: it opened them and closes them. */
export async function createOrdersApp(deps: OrdersDeps): Promise<OrdersApp> {
  const { mongo, redis, clock, logger, settings } = deps;
  const lifecycle = createLifecycle(logger);
  const plan = defaultSeatingPlan({ amount: settings.defaultSeatPrice, currency: settings.defaultCurrency });
  const planOf = () => Promise.resolve(plan);

  const outbox = createOutbox({ db: mongo.db, clock });
  const repositories = createRepositories({ client: mongo.client, db: mongo.db, redis, outbox, clock, planOf, idempotencyLifeSeconds: settings.idempotencyLifeSeconds });
  const { claims, orders, intents, refunds, listings, idempotency, ledger, map, holds, unshown } = repositories;
  const provider = createSimulatorPayments({ db: mongo.db, capture: settings.capture });
  await Promise.all([outbox.ensureIndexes(), repositories.ensureIndexes(), provider.ensureIndexes()]);

  const hints = await createSeatHints({ redis, subscriber: deps.subscriber, logger });
  lifecycle.onClose('seat hints', hints.close);
  const feed = createSeatFeed({ store: map, hints, planOf, logger });
  lifecycle.onClose('seat feed', feed.close);
  const relay = createOutboxRelay({ db: mongo.db, rows: outbox.rows, bus: deps.bus, clock, logger });
  lifecycle.onClose('outbox relay', relay.close);

  const logError = (error: unknown, what = 'seat map'): void => logger.warn({ err: error }, `left for later: ${what}`);
  const show = createShowChanges({ map, unshown, clock, logError, onShown: relay.trigger });
  const readListings = createReadListings({ listings, events: createEventsClient({ url: deps.eventsUrl, signer: deps.signer }), clock });
  const finishOrder = createFinishOrder({ orders, intents, ledger, provider, holds, show });
  const settleRefund = createSettleRefund({ refunds, intents, orders, ledger, provider, show, clock });
  const secureHold = createSecureHold({ holds, intents, readListings, clock });
  const claimSeats = createClaimSeats({ ledger, orders, claims, idempotency, settleRefund, clock });

  const reconcile = createReconcile({ orders, intents, refunds, holds, ledger, provider, finishOrder, settleRefund, show, clock, graceSeconds: settings.reconcileGraceSeconds, logError });
  const refundClosedEvents = createRefundClosedEvents({
    ...{ listings, orders, intents, holds, map, ledger, finishOrder, settleRefund, clock, logError },
    settledAfterSeconds: CLOSED_EVENT_SETTLES_AFTER_SECONDS,
  });
  const work = startBackgroundWork({ db: mongo.db, clock, logger, holds, hints, show, reconcile, refundClosedEvents });
  lifecycle.onClose('background work', work.close);
  const followEvent = createFollowEvents({ listings, clock, onClosed: work.closeEventsNow });
  const events = await deps.bus.subscribe({ sources: ['events'], group: 'orders', member: newId('orders'), onEvent: followEvent });
  lifecycle.onClose('domain events', events.close);

  const server = await createSubgraphServer({
    name: 'orders',
    typeDefs: readFileSync(new URL('schema.graphql', import.meta.url), 'utf8'),
    resolvers,
    verifier: createIdentityVerifier({ audience: 'subgraph:orders', jwks: deps.identityJwks }),
    createContext: createContextFactory({
      ...{ clock, planOf, map, holds, orders, intents, listings, feed, readListings },
      holdSeats: createHoldSeats({ readListings, planOf, holds, claims, intents, settings: { clock, holdLifeSeconds: settings.holdLifeSeconds } }),
      refreshHold: createRefreshHold({ holds, clock, holdLifeSeconds: settings.holdLifeSeconds }),
      releaseHold: createReleaseHold({ holds, intents, clock }),
      createPaymentIntent: createCreatePaymentIntent({ holds, intents, provider, readListings, clock }),
      confirmPayment: createConfirmPayment({ holds, intents, provider, readListings, clock }),
      purchase: createPurchase({ orders, intents, idempotency, secureHold, claimSeats, finishOrder }),
    }),
    logger,
    isUnavailable: isConnectionFailure,
    introspection: settings.introspection,
    ready: async () => (await Promise.all([mongo.db.command({ ping: 1 }), redis.ping()])).length === 2,
  });
  lifecycle.onClose('server', server.close);
  return { httpServer: server.httpServer, close: lifecycle.close };
}
