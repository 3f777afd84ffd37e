import { AppError } from '../../kit/graphql/errors.ts';
import { createIdentityVerifier } from '../../kit/graphql/identity.ts';
import type { SubgraphRequest } from '../../kit/graphql/subgraph-request.ts';
import type { SubgraphServer, SubgraphServerDeps } from '../../kit/graphql/subgraph-server.ts';
import { createSubgraphServer } from '../../kit/graphql/subgraph-server.ts';
import { silentLogger } from '../../kit/runtime/logger.ts';
import { AUTH_SCHEMA, EVENTS_SCHEMA, ORDERS_SCHEMA } from './schemas.ts';
import type { SeatFeed } from './seat-feed.ts';
import type { SessionAuthority } from './session-authority.ts';

type Resolvers = SubgraphServerDeps<SubgraphRequest>['resolvers'];
export type IdentityKeys = Parameters<typeof createIdentityVerifier>[0]['jwks'];
/** Every operation that reached a subgraph, in order. */
export type Calls = { name: string; request: SubgraphRequest }[];

export function authResolvers(authority: SessionAuthority, calls: Calls): Resolvers {
  const note = (name: string, request: SubgraphRequest): void => void calls.push({ name, request });
  return {
    User: {
      __resolveReference: (key: { id: string }) => ({
        id: key.id,
        displayName: `User ${key.id}`,
        email: `${key.id}@test.example`,
        secret: 'classified',
      }),
    },
    Query: {
      me: (_root: unknown, _args: unknown, request: SubgraphRequest) =>
        request.identity.viewer
          ? { id: request.identity.viewer.userId, displayName: 'Me', email: 'me@test.example', secret: 'classified' }
          : null,
      users: (_root: unknown, _args: unknown, request: SubgraphRequest) => {
        note('users', request);
        return [];
      },
      whoAsks: (_root: unknown, _args: unknown, request: SubgraphRequest) => JSON.stringify(request.identity),
    },
    Mutation: {
      logIn: async (_root: unknown, { input }: { input: { email: string } }, request: SubgraphRequest) => {
        note('logIn', request);
        request.extensions['session'] = await authority.grant({ userId: input.email, sid: `s-${input.email}`, roles: ['ATTENDEE'] });
        return true;
      },
      refreshSession: async (_root: unknown, _args: unknown, request: SubgraphRequest) => {
        note('refreshSession', request);
        const claims = authority.sessions.get(request.identity.session?.refreshToken ?? '');
        request.extensions['session'] = claims
          ? await authority.grant({ ...claims, generation: (claims.generation ?? 1) + 1 })
          : { clear: true };
        return { refreshed: claims !== undefined };
      },
      logOut: (_root: unknown, _args: unknown, request: SubgraphRequest) => {
        note('logOut', request);
        request.extensions['session'] = { clear: true };
        return true;
      },
    },
  };
}

const event = (id: string) => ({
  id,
  title: `Event ${id}`,
  organizer: { id: `u${Number(id.slice(1)) % 2}` },
  mine: 'mine',
  draftNotes: 'notes',
});

export function eventsResolvers(calls: Calls): Resolvers {
  return {
    Event: { __resolveReference: (key: { id: string }) => (key.id === 'e404' ? null : event(key.id)) },
    Query: {
      events: (_root: unknown, { count }: { count: number }) => Array.from({ length: count }, (_, index) => event(`e${index}`)),
      event: (_root: unknown, { id }: { id: string }) => event(id),
      fails: (_root: unknown, { code }: { code: string }) => {
        if (code === 'unknown') throw new Error('password=hunter2 at 10.0.0.1');
        throw new AppError(code === 'NOT_FOUND' ? 'NOT_FOUND' : 'BAD_USER_INPUT', 'Told by events.', {
          extensions: { issues: [{ path: ['x'], message: 'is odd' }], internal: 'hidden' },
        });
      },
      stolenSession: (_root: unknown, _args: unknown, request: SubgraphRequest) => {
        request.extensions['session'] = { clear: true };
        return true;
      },
      secretEvents: (_root: unknown, _args: unknown, request: SubgraphRequest) => {
        calls.push({ name: 'secretEvents', request });
        return [];
      },
    },
    Mutation: {
      createEvent: (_root: unknown, { title }: { title: string }, request: SubgraphRequest) => {
        calls.push({ name: 'createEvent', request });
        return { ...event('e9'), title };
      },
    },
  };
}

async function* countTo(upTo: number): AsyncGenerator<{ ticks: number }> {
  for (let tick = 1; tick <= upTo; tick += 1) yield { ticks: tick };
}

export function ordersResolvers(feed: SeatFeed, calls: Calls): Resolvers {
  return {
    Event: { __resolveReference: (key: { id: string }) => ({ id: key.id, available: 48 }) },
    SeatMapUpdate: { note: (_update: unknown, { to }: { to?: string | null }) => `to ${to === undefined ? 'everybody' : String(to)}` },
    Query: {
      ping: () => 'pong',
      seenHeaders: (_root: unknown, _args: unknown, request: SubgraphRequest) =>
        JSON.stringify({ requestId: request.requestId, key: request.idempotencyKey }),
    },
    Mutation: {
      purchase: (_root: unknown, _args: unknown, request: SubgraphRequest) => {
        calls.push({ name: 'purchase', request });
        return request.idempotencyKey ?? 'no key';
      },
      holdSeats: (_root: unknown, _args: unknown, request: SubgraphRequest) => {
        calls.push({ name: 'holdSeats', request });
        return { id: 'e1' };
      },
      slowly: async (_root: unknown, _args: unknown, request: SubgraphRequest) => {
        calls.push({ name: 'slowly', request });
        await new Promise((resolve) => setTimeout(resolve, 300));
        return 'done';
      },
    },
    Subscription: {
      seatMapChanged: {
        subscribe: (_root: unknown, args: { eventId: string; sinceVersion?: number | null }) =>
          feed.subscribe(args.eventId, args.sinceVersion),
      },
      ticks: {
        subscribe: (_root: unknown, { upTo }: { upTo: number }) => countTo(upTo),
      },
      myTicks: {
        subscribe: async function* ticks(_root: unknown, _args: unknown, request: SubgraphRequest) {
          calls.push({ name: 'myTicks', request });
          yield { myTicks: 1 };
        },
      },
    },
  };
}

export const SCHEMAS = { auth: AUTH_SCHEMA, events: EVENTS_SCHEMA, orders: ORDERS_SCHEMA };
export type SubgraphName = keyof typeof SCHEMAS;

export async function startSubgraph(
  name: SubgraphName,
  resolvers: Resolvers,
  jwks: IdentityKeys,
  port = 0,
): Promise<{ server: SubgraphServer; url: string; port: number }> {
  const server = await createSubgraphServer<SubgraphRequest>({
    name,
    typeDefs: SCHEMAS[name],
    resolvers,
    verifier: createIdentityVerifier({ audience: `subgraph:${name}`, jwks }),
    createContext: (request) => ({ ...request }),
    logger: silentLogger,
    introspection: true,
    isUnavailable: () => false,
    ready: async () => true,
  });
  const address = await server.app.listen({ host: '127.0.0.1', port });
  return { server, port: Number(new URL(address).port), url: `${address}/graphql` };
}
