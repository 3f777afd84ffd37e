import type { Socket } from 'node:net';
import { freshRedisUrl } from '../../tests/harness/fresh.ts';
import type { Viewer } from '../../kit/graphql/identity.ts';
import { createIdentitySigner } from '../../kit/graphql/identity.ts';
import { silentLogger } from '../../kit/runtime/logger.ts';
import { connectRedis } from '../../kit/runtime/redis.ts';
import type { SubgraphServer } from '../../kit/graphql/subgraph-server.ts';
import type { RouterApp } from '../app.ts';
import { createRouterApp } from '../app.ts';
import type { RouterSettings } from '../settings.ts';
import { SOCKET_DEFAULTS } from '../settings.ts';
import { loadSupergraph } from '../supergraph/supergraph.ts';
import type { SupergraphSource } from '../supergraph/supergraph-source.ts';
import { composeForTest } from './compose.ts';
import { createSeatFeed } from './seat-feed.ts';
import { createSessionAuthority, newKey } from './session-authority.ts';
import type { Calls, SubgraphName } from './subgraphs.ts';
import { authResolvers, eventsResolvers, ordersResolvers, SCHEMAS, startSubgraph } from './subgraphs.ts';

let composed: string | undefined;
/** Composing takes a while, and the test files that need no other supergraph share it. */
const composedSupergraph = (): string => (composed ??= composeForTest(SCHEMAS));

/** As the watched file, without the file. */
function changeableSupergraph(sdl: string): SupergraphSource & { swap: (sdl: string) => void } {
  let current = loadSupergraph(sdl);
  const listeners = new Set<Parameters<SupergraphSource['onChange']>[0]>();
  return {
    current: () => current,
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    swap: (next) => {
      current = loadSupergraph(next);
      for (const listener of listeners) listener(current);
    },
    close: () => listeners.clear(),
  };
}

const TEST_SETTINGS: RouterSettings = {
  publicOrigins: [],
  corsOrigins: ['https://app.test'],
  cookies: { secure: false },
  accessTokenLifeSeconds: 900,
  introspection: true,
  hideSchemaDetails: false,
  playground: true,
  playgroundDirectory: '/nowhere',
  rateLimitScale: 1_000,
  trustedProxyHops: 0,
  sockets: SOCKET_DEFAULTS,
  subgraphs: { queryDeadlineMs: 400, mutationDeadlineMs: 1_000 },
};

export type GraphqlAnswer = {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly data: Record<string, unknown> | null | undefined;
  readonly errors: readonly { message: string; path?: readonly (string | number)[]; extensions: Record<string, unknown> }[];
  readonly setCookies: readonly string[];
};

/** A router before three real subgraphs and a real Redis. */
export async function startWorld(options: { settings?: Partial<RouterSettings>; urls?: Partial<Record<SubgraphName, string>> } = {}) {
  const authority = await createSessionAuthority();
  const routerKey = await newKey('router');
  const jwks = { keys: [routerKey.publicKey] };
  const calls: Calls = [];
  const feed = createSeatFeed();
  const resolvers = { auth: authResolvers(authority, calls), events: eventsResolvers(calls), orders: ordersResolvers(feed, calls) };
  const servers = new Map<SubgraphName, SubgraphServer>();
  const urls: Record<string, string> = {};
  const ports = new Map<SubgraphName, number>();
  async function startOne(name: SubgraphName): Promise<void> {
    const started = await startSubgraph(name, resolvers[name], jwks, ports.get(name));
    servers.set(name, started.server);
    ports.set(name, started.port);
    urls[name] = options.urls?.[name] ?? started.url;
  }
  await Promise.all((['auth', 'events', 'orders'] as const).map(startOne));

  const redisUrl = await freshRedisUrl();
  const redis = await connectRedis({ url: redisUrl, name: 'test', logger: silentLogger });
  const subscriberRedis = await connectRedis({ url: redisUrl, name: 'test-subscriber', logger: silentLogger, blocking: true });
  const supergraphs = changeableSupergraph(composedSupergraph());
  const identitySigner = await createIdentitySigner({ issuer: 'router', privateKey: routerKey.privateKey });
  const router: RouterApp = await createRouterApp({
    supergraphs,
    subgraphUrls: urls,
    redis,
    subscriberRedis,
    identitySigner,
    accessTokenKeys: authority.keys,
    logger: silentLogger,
    settings: { ...TEST_SETTINGS, ...options.settings },
  });
  const origin = await router.listen({ host: '127.0.0.1', port: 0 });

  const connections = new Set<Socket>();
  router.httpServer.on('connection', (connection: Socket) => {
    connections.add(connection);
    connection.once('close', () => connections.delete(connection));
  });

  async function ask(
    query: string,
    request: { variables?: Record<string, unknown>; headers?: Record<string, string>; body?: string } = {},
  ): Promise<GraphqlAnswer> {
    const response = await fetch(`${origin}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...request.headers },
      body: request.body ?? JSON.stringify({ query, ...(request.variables ? { variables: request.variables } : {}) }),
    });
    const text = await response.text();
    const parsed: { data?: GraphqlAnswer['data']; errors?: GraphqlAnswer['errors'] } = text.startsWith('{') ? JSON.parse(text) : {};
    return {
      status: response.status,
      headers: response.headers,
      text,
      data: parsed.data,
      errors: parsed.errors ?? [],
      setCookies: response.headers.getSetCookie(),
    };
  }

  return {
    origin,
    wsUrl: `${origin.replace('http', 'ws')}/graphql`,
    router,
    redis,
    subscriberRedis,
    supergraphs,
    redisUrl,
    authority,
    calls,
    feed,
    /** What the router holds for clients that do not read. */
    unsentBytes: (): number => [...connections].reduce((sum, connection) => sum + connection.writableLength, 0),
    urls,
    resolvers,
    /** What the router sends along. */
    identityFor: (name: SubgraphName, viewer: Viewer | null = null): Promise<string> => identitySigner.sign(`subgraph:${name}`, { viewer }),
    ask,
    cookieFor: async (claims: Parameters<typeof authority.accessToken>[0]): Promise<string> =>
      `access_token=${await authority.accessToken(claims)}`,
    stop: async (name: SubgraphName): Promise<void> => servers.get(name)?.close(),
    start: startOne,
    close: async (): Promise<void> => {
      await router.close();
      await Promise.all([...servers.values()].map((server) => server.close()));
      redis.disconnect();
      subscriberRedis.disconnect();
    },
  };
}
export type World = Awaited<ReturnType<typeof startWorld>>;
