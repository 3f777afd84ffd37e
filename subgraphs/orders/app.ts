import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { JSONWebKeySet } from 'jose';
import { createIdentityVerifier } from '../../kit/graphql/identity.ts';
import { createSubgraphServer } from '../../kit/graphql/subgraph-server.ts';
import type { DomainEventBus } from '../../kit/runtime/bus.ts';
import { isConnectionFailure } from '../../kit/runtime/connection-failure.ts';
import { createLifecycle } from '../../kit/runtime/lifecycle.ts';
import type { Logger } from '../../kit/runtime/logger.ts';
import type { MongoConnection } from '../../kit/runtime/mongo.ts';
import { createOutboxRelay } from '../../kit/runtime/outbox.ts';
import type { OutboxRelay } from '../../kit/runtime/outbox.ts';
import type { RedisClient } from '../../kit/runtime/redis.ts';
import type { Clock } from '../../kit/values/clock.ts';
import { newId } from '../../kit/values/ids.ts';
import { startBackgroundWork } from './background.ts';
import { createContextFactory } from './context.ts';
import type { CoreSettings, OrdersParts } from './core.ts';
import { createOrdersCore } from './core.ts';
import type { ReachedPoint } from './domain/purchase-points.ts';
import type { PaymentSettings } from './payments.ts';
import { createPayments } from './payments.ts';
import type { MailTransport } from './notifications/mail.ts';
import { startNotifications } from './notifications/notifications.ts';
import type { AskSubgraph } from './repositories/ask-subgraph.ts';
import { createAuthClient } from './repositories/auth-client.ts';
import { createEventsClient } from './repositories/events-client.ts';
import { createSeatFeed } from './repositories/seat-feed.ts';
import { createSeatHints } from './repositories/seat-hints.ts';
import { resolvers } from './resolvers/resolvers.ts';
import type { TicketCodes } from './tickets/ticket-codes.ts';
import { createFollowEvents } from './usecases/follow-events.ts';

export type OrdersSettings = CoreSettings & { readonly payments: PaymentSettings; readonly introspection: boolean };

export type OrdersDeps = {
  readonly mongo: MongoConnection;
  /** Holds and the seat map; a logical database of their own. */
  readonly redis: RedisClient;
  /** To the same server, for keyspace notifications alone. */
  readonly subscriber: RedisClient;
  readonly bus: DomainEventBus;
  /** The other subgraphs, asked on this service's own behalf. */
  readonly ask: { readonly events: AskSubgraph; readonly auth: AskSubgraph };
  readonly mail: MailTransport;
  readonly ticketCodes: TicketCodes;
  readonly identityJwks: JSONWebKeySet;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly settings: OrdersSettings;
  /** For fault tests: told how far each purchase has come. */
  readonly reached?: ReachedPoint;
  readonly parts?: Partial<OrdersParts>;
};

export type OrdersApp = { readonly httpServer: Server; readonly close: () => Promise<void> };

/** The orders subgraph. Connections are the caller's: it opened them and closes them. */
export async function createOrdersApp(deps: OrdersDeps): Promise<OrdersApp> {
  const { mongo, redis, clock, logger, settings } = deps;
  const lifecycle = createLifecycle(logger);

  const payments = createPayments({ db: mongo.db, clock, settings: settings.payments });
  lifecycle.onClose('payments', payments.close);
  const logError = (error: unknown, what: string): void => logger.warn({ err: error, what }, 'left for later');
  const eventsClient = createEventsClient({ ask: deps.ask.events });
  let relay: OutboxRelay | null = null;
  const core = createOrdersCore({
    mongo,
    redis,
    provider: payments.provider,
    clock,
    settings,
    ticketCodes: deps.ticketCodes,
    ...(deps.reached ? { reached: deps.reached } : {}),
    ...(deps.parts ? { parts: deps.parts } : {}),
    events: eventsClient,
    onCommitted: () => relay?.trigger(),
    logError,
  });
  await Promise.all([core.ensureIndexes(), payments.ensureIndexes()]);
  relay = createOutboxRelay({ db: mongo.db, rows: core.outbox.rows, bus: deps.bus, clock, logger });
  lifecycle.onClose('outbox relay', relay.close);

  const { holds, map, orders, intents, listings, plans, mails } = core.repositories;
  const hints = await createSeatHints({ redis, subscriber: deps.subscriber, logger });
  lifecycle.onClose('seat hints', hints.close);
  const feed = createSeatFeed({ store: map, hints, planOf: plans.of, logger });
  lifecycle.onClose('seat feed', feed.close);
  const work = startBackgroundWork({
    db: mongo.db,
    clock,
    logger,
    holds,
    hints,
    show: core.show,
    reconcile: core.reconcile,
    refundClosedEvents: core.refundClosedEvents,
  });
  lifecycle.onClose('background work', work.close);

  const followEvent = createFollowEvents({ listings, clock, onClosed: work.closeEventsNow });
  const events = await deps.bus.subscribe({ sources: ['events'], group: 'orders', member: newId('orders'), onEvent: followEvent });
  lifecycle.onClose('domain events', events.close);
  const notifications = await startNotifications({
    bus: deps.bus,
    source: mongo.db.databaseName,
    mails,
    orders,
    events: eventsClient,
    auth: createAuthClient({ ask: deps.ask.auth }),
    codes: deps.ticketCodes,
    transport: deps.mail,
    clock,
    logger,
  });
  lifecycle.onClose('notifications', notifications.close);

  const server = await createSubgraphServer({
    name: 'orders',
    typeDefs: readFileSync(new URL('schema.graphql', import.meta.url), 'utf8'),
    resolvers,
    verifier: createIdentityVerifier({ audience: 'subgraph:orders', jwks: deps.identityJwks }),
    createContext: createContextFactory({ ...core, clock, map, holds, orders, intents, listings, plans, feed }),
    logger,
    isUnavailable: isConnectionFailure,
    introspection: settings.introspection,
    compiledFields: ['seatMap'],
    routes: (app) => {
      payments.serve(app, { followPayment: core.followPayment, logError });
      // For scanners that check tickets offline.
      app.get('/tickets/jwks.json', async (_request, reply) =>
        reply.header('cache-control', 'public, max-age=3600').send(deps.ticketCodes.jwks),
      );
    },
    ready: async () => (await Promise.all([mongo.db.command({ ping: 1 }), redis.ping()])).length === 2,
  });
  lifecycle.onClose('server', server.close);
  return { httpServer: server.httpServer, close: lifecycle.close };
}
