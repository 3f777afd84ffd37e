import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { JWK } from 'jose';
import { createLocalJWKSet } from 'jose';
import { createIdentitySigner } from '../../kit/graphql/identity.ts';
import { silentLogger } from '../../kit/runtime/logger.ts';
import { connectRedis } from '../../kit/runtime/redis.ts';
import { createRouterApp } from '../../router/app.ts';
import { createMetrics } from '../../router/metrics.ts';
import { loadSupergraph } from '../../router/supergraph/supergraph.ts';
import { composeForTest } from '../../router/testing/compose.ts';
import { createSeatFeed } from '../../router/testing/seat-feed.ts';
import { createSessionAuthority } from '../../router/testing/session-authority.ts';
import type { IdentityKeys } from '../../router/testing/subgraphs.ts';
import { authResolvers, eventsResolvers, ordersResolvers, SCHEMAS, startSubgraph } from '../../router/testing/subgraphs.ts';
import { startBareServer, startExecutingServer } from './baselines.ts';
import type { Commands } from './ipc.ts';
import { stampOf } from './stamp.ts';

export type RouterRoleSettings = { readonly urls: Readonly<Record<string, string>>; readonly redisUrl: string; readonly key: JWK };
export type SubgraphsRoleSettings = { readonly jwks: IdentityKeys; readonly seats: number };
export type Memory = { readonly rss: number; readonly heap: number };

async function startSubgraphs({ jwks, seats }: SubgraphsRoleSettings): Promise<Commands> {
  const feed = createSeatFeed(seats);
  const authority = await createSessionAuthority();
  const [auth, events, orders] = await Promise.all([
    startSubgraph('auth', authResolvers(authority, []), jwks),
    startSubgraph('events', eventsResolvers([]), jwks),
    startSubgraph('orders', ordersResolvers(feed, []), jwks),
  ]);
  return {
    urls: () => ({ auth: auth.url, events: events.url, orders: orders.url }),
    change: (count: number) => {
      for (let index = 0; index < count; index += 1) feed.change('A-1', stampOf());
    },
    opened: () => feed.opened.length,
    open: () => feed.listenerCount(),
  };
}

async function startRouter({ urls, redisUrl, key }: RouterRoleSettings): Promise<Commands> {
  const redis = await connectRedis({ url: redisUrl, name: 'bench', logger: silentLogger });
  const subscriberRedis = await connectRedis({ url: redisUrl, name: 'bench-subscriber', logger: silentLogger, blocking: true });
  const supergraph = loadSupergraph(composeForTest(SCHEMAS));
  const metrics = createMetrics();
  const router = await createRouterApp({
    supergraphs: { current: () => supergraph, onChange: () => () => undefined, close: () => undefined },
    subgraphUrls: urls,
    redis,
    subscriberRedis,
    metrics,
    identitySigner: await createIdentitySigner({ issuer: 'router', privateKey: key }),
    accessTokenKeys: createLocalJWKSet({ keys: [] }),
    logger: silentLogger,
    settings: {
      publicOrigins: [],
      corsOrigins: [],
      cookies: { secure: false },
      accessTokenLifeSeconds: 900,
      introspection: false,
      hideSchemaDetails: true,
      playground: false,
      playgroundDirectory: '/nowhere',
      rateLimitScale: 1_000_000,
      trustedProxyHops: 0,
      sockets: { perUser: 10_000, perAddress: 10_000, operationsPerSocket: 20, initTimeoutMs: 10_000 },
    },
  });
  const origin = await router.listen({ host: '127.0.0.1', port: 0 });
  return {
    origin: () => origin,
    memory: (): Memory => {
      globalThis.gc?.();
      const { rss, heapUsed, external } = process.memoryUsage();
      return { rss, heap: heapUsed + external };
    },
    fetches: async (subgraph: string) => {
      const { values } = await metrics.fetches.get();
      const counts = values.filter(({ metricName, labels }) => metricName?.endsWith('_count') && labels.subgraph === subgraph);
      return counts.reduce((sum, { value }) => sum + value, 0);
    },
  };
}

/** Takes connections, and never says a word. */
async function startBlackHole(): Promise<Commands> {
  const server = createServer((socket) => void socket.on('error', () => undefined).resume());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.address() as AddressInfo;
  return { origin: () => `http://127.0.0.1:${port}` };
}

export const roles: Readonly<Record<string, (settings: never) => Promise<Commands>>> = {
  subgraphs: startSubgraphs,
  router: startRouter,
  bare: startBareServer,
  executing: startExecutingServer,
  'black-hole': startBlackHole,
};
