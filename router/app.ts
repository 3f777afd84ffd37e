import type { Server } from 'node:http';
import cors from '@fastify/cors';
import helmet from '@fastify/helmet';
import type { FastifyInstance } from 'fastify';
import fastify from 'fastify';
import type { JWTVerifyGetKey } from 'jose';
import type { IdentitySigner } from '../kit/graphql/identity.ts';
import type { Logger } from '../kit/runtime/logger.ts';
import type { RedisClient } from '../kit/runtime/redis.ts';
import { createFetches } from './execute/fetches.ts';
import { createPlanExecutor } from './execute/plan-executor.ts';
import { createStockExecutor } from './execute/stock-executor.ts';
import { createSubgraphClient } from './execute/subgraph-client.ts';
import { createGraphqlServer } from './http/graphql-server.ts';
import { answerBadAddress, answerErrorsAsGraphql, GRAPHQL_PATH, serveGraphql } from './http/graphql-routes.ts';
import { serveHealth } from './http/health-routes.ts';
import { addressThrough, trustHops } from './http/client-address.ts';
import { OfferingRequest } from './http/offered-protocols.ts';
import { createOrigins } from './http/origins.ts';
import { servePayments } from './http/payment-routes.ts';
import { servePlayground } from './http/playground-routes.ts';
import { createUnsentAnswers } from './http/unsent-answers.ts';
import { createRateLimits } from './limits/rate-limits.ts';
import { createTurns } from './limits/turns.ts';
import type { Metrics } from './metrics.ts';
import { createMetrics } from './metrics.ts';
import { createDocuments } from './operation/documents.ts';
import { openToAll, readSafelist } from './operation/safelist.ts';
import { createPipeline } from './operation/pipeline.ts';
import { createAccessTokenVerifier } from './session/access-token.ts';
import { createIdentities } from './session/identities.ts';
import { createRefresher } from './session/refresher.ts';
import { createSessionState } from './session/session-state.ts';
import { createSessions } from './session/sessions.ts';
import type { RouterSettings } from './settings.ts';
import { createEventStreams } from './subscriptions/event-streams.ts';
import { createHub } from './subscriptions/hub.ts';
import { watchRevocations } from './subscriptions/revocations.ts';
import { createSocketOperations } from './subscriptions/socket-operations.ts';
import { createSocketRegistry } from './subscriptions/socket-registry.ts';
import { serveSockets } from './subscriptions/socket-server.ts';
import { createUpstreams } from './subscriptions/upstream.ts';
import type { Tracing } from './tracing.ts';
import { noTracing } from './tracing.ts';
import type { SupergraphSource } from './supergraph/supergraph-source.ts';

export type RouterDeps = {
  readonly supergraphs: SupergraphSource;
  /** By the names that the supergraph uses; http(s), subscriptions on the same path with ws(s). */
  readonly subgraphUrls: Readonly<Record<string, string>>;
  readonly redis: RedisClient;
  /** A connection of its own: one that subscribes can do nothing else. */
  readonly subscriberRedis: RedisClient;
  readonly identitySigner: IdentitySigner;
  readonly accessTokenKeys: JWTVerifyGetKey;
  readonly logger: Logger;
  readonly settings: RouterSettings;
  readonly metrics?: Metrics;
  readonly tracing?: Tracing;
};

export type RouterApp = {
  readonly app: FastifyInstance;
  readonly httpServer: Server;
  /** Answers the address listened on. */
  readonly listen: (options: { host: string; port: number }) => Promise<string>;
  /** Drains: not ready, no new connections, what runs is finished, sockets are told to come back elsewhere. Done within 10 s. */
  readonly close: () => Promise<void>;
};

const BODY_LIMIT_BYTES = 100 * 1024;
const REQUEST_TIMEOUT_MS = 30_000;
/** Of a connection on which nothing moves: an answer that nobody reads would be kept for good. Longer than any operation may take. */
const STILL_CONNECTION_MS = 60_000;
/** Below the 10 s that a process has for its whole end. */
const DRAIN_DEADLINE_MS = 8_000;

export async function createRouterApp(deps: RouterDeps): Promise<RouterApp> {
  const { supergraphs, redis, logger, settings } = deps;
  const metrics = deps.metrics ?? createMetrics();
  const tracing = deps.tracing ?? noTracing;
  const clients = new Map(
    Object.entries(deps.subgraphUrls).map(([name, url]) => [
      name,
      createSubgraphClient({
        name,
        url,
        logger,
        ...(settings.subgraphs ? { settings: settings.subgraphs } : {}),
        onBreaker: (isOpen) => metrics.breakerOpen.set({ subgraph: name }, isOpen ? 1 : 0),
        onFetched: (seconds, ok) => metrics.fetches.observe({ subgraph: name, outcome: ok ? 'answered' : 'failed' }, seconds),
      }),
    ]),
  );
  const rateLimits = createRateLimits({ redis, scale: settings.rateLimitScale });
  const identities = createIdentities({ signer: deps.identitySigner });
  const fetches = createFetches({ clients, identities, tracing, logger });
  const sessions = createSessions({
    verifier: createAccessTokenVerifier({ keys: deps.accessTokenKeys, lifeSeconds: settings.accessTokenLifeSeconds }),
    state: createSessionState({ redis }),
    refresher: createRefresher({ fetches, rateLimits, logger }),
    cookies: settings.cookies,
    publicHosts: settings.publicOrigins.map((origin) => new URL(origin).hostname),
  });
  const documents = createDocuments({ introspection: settings.introspection, hideSchemaDetails: settings.hideSchemaDetails });
  const safelist = settings.persistedDocumentsPath === undefined ? openToAll : await readSafelist(settings.persistedDocumentsPath);
  const executor = createPlanExecutor({ fallback: createStockExecutor({ logger }) });
  const unsentAnswers = createUnsentAnswers({ scale: settings.rateLimitScale });
  const turns = createTurns({ scale: settings.rateLimitScale, mayGoOn: unsentAnswers.mayAsk });
  const pipeline = createPipeline({
    supergraphs,
    documents,
    rateLimits,
    turns,
    executor,
    hideSchemaDetails: settings.hideSchemaDetails,
    onPlanned: (seconds) => metrics.plans.observe(seconds),
    onErrors: (codes) => codes.forEach((code) => metrics.errors.inc({ code })),
    logger,
  });

  const app = fastify({
    http: { IncomingMessage: OfferingRequest },
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionTimeout: STILL_CONNECTION_MS,
    trustProxy: trustHops(settings.trustedProxyHops),
    forceCloseConnections: 'idle',
    return503OnClosing: true,
    frameworkErrors: answerBadAddress,
  });
  const origins = createOrigins({
    own: () => (settings.publicOrigins.length > 0 ? settings.publicOrigins : ownOrigins(app.server)),
    listed: settings.corsOrigins,
  });
  let draining = false;

  answerErrorsAsGraphql({ app, logger });
  await app.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } },
    hsts: settings.cookies.secure,
  });
  await app.register(cors, {
    origin: (origin, allow) => allow(null, origin !== undefined && origins.isListed(origin)),
    credentials: true,
    methods: ['GET', 'POST'],
    allowedHeaders: [
      'content-type',
      'authorization',
      'idempotency-key',
      'apollo-require-preflight',
      'x-apollo-operation-name',
      'traceparent',
    ],
    exposedHeaders: ['retry-after', 'x-request-id'],
    maxAge: 600,
  });
  const apollo = createGraphqlServer({ supergraphs, pipeline, sessions, fetches, cookies: settings.cookies, logger });
  await apollo.start();
  const playground = await servePlayground({ app, directory: settings.playgroundDirectory, enabled: settings.playground });
  const upstreams = createUpstreams({ urls: deps.subgraphUrls, identities, logger });
  const hub = createHub({
    upstreams,
    readmit: pipeline.readmit,
    executor,
    fetches,
    turns,
    logger,
    scale: settings.rateLimitScale,
    metrics: {
      topics: (count) => metrics.topics.set(count),
      delivered: (count) => metrics.deliveries.inc(count),
      lag: (seconds) => metrics.lag.observe(seconds),
      resynchronised: () => metrics.resynchronised.inc(),
    },
  });
  supergraphs.onChange(hub.replan);
  const registry = createSocketRegistry({ ...settings.sockets, onCount: (count) => metrics.sockets.set(count) });
  const operations = createSocketOperations({ documents, safelist, pipeline, fetches, sessions, hub, rateLimits, logger });
  const streams = createEventStreams({ sessions, registry, operations });
  serveGraphql({
    app,
    apollo,
    origins,
    rateLimits,
    unsentAnswers,
    playground,
    safelist,
    streams,
    tracing,
    logger,
    onAnswered: (status, seconds) => metrics.requests.observe({ status: String(status) }, seconds),
  });
  const sockets = serveSockets({
    httpServer: app.server,
    path: GRAPHQL_PATH,
    addressOf: addressThrough(settings.trustedProxyHops),
    origins,
    sessions,
    registry,
    operations,
    rateLimits,
    settings: settings.sockets,
    logger,
  });
  const revocations = await watchRevocations({ redis: deps.subscriberRedis, registry, sessions, logger });
  const payments = servePayments({ app, ordersUrl: deps.subgraphUrls['orders'], rateLimits });
  serveHealth({ app, clients, redis, rateLimits, isDraining: () => draining });

  return {
    app,
    httpServer: app.server,
    listen: (options) => app.listen(options),
    close: async () => {
      draining = true;
      revocations.close();
      streams.close();
      const deadline = setTimeout(() => app.server.closeAllConnections(), DRAIN_DEADLINE_MS);
      // A connection whose last request ends only now would be kept alive for another minute.
      const idle = setInterval(() => app.server.closeIdleConnections(), 50);
      await Promise.all([sockets.close(), app.close()]);
      hub.close();
      upstreams.close();
      clearTimeout(deadline);
      clearInterval(idle);
      await apollo.stop();
      supergraphs.close();
      await Promise.all([...clients.values(), payments].map((client) => client.close()));
    },
  };
}

function ownOrigins(server: Server): readonly string[] {
  const address = server.address();
  return typeof address === 'object' && address !== null ? [`http://localhost:${address.port}`, `http://127.0.0.1:${address.port}`] : [];
}
