import { exportJWK, generateKeyPair } from 'jose';
import { z } from 'zod';
import { createIdentitySigner, createIdentityVerifier, IDENTITY_HEADER } from '../../kit/graphql/identity.ts';
import type { Role } from '../../kit/graphql/identity.ts';
import { createRedisStreamsBus } from '../../kit/runtime/bus-redis.ts';
import type { DomainEvent } from '../../kit/runtime/bus.ts';
import { listen } from '../../kit/runtime/listen.ts';
import { silentLogger } from '../../kit/runtime/logger.ts';
import { connectRedis } from '../../kit/runtime/redis.ts';
import type { Clock } from '../../kit/values/clock.ts';
import { newId } from '../../kit/values/ids.ts';
import { freshMongo, freshRedisUrl } from '../../tests/harness/fresh.ts';
import type { EventsDeps } from './app.ts';
import { createEventsApp } from './app.ts';

type OutboxRow = { _id: string; type: string; aggregateId: string; version: number; data: Record<string, unknown>; sent: boolean };

const answerSchema = z.object({
  data: z.record(z.string(), z.any()).nullish(),
  errors: z.array(z.object({ message: z.string(), extensions: z.record(z.string(), z.any()) })).optional(),
});
export type Answer = z.output<typeof answerSchema>;

const DAY_MS = 86_400_000;
export const inDays = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString();

async function ed25519() {
  const pair = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  return { privateKey: await exportJWK(pair.privateKey), publicKey: await exportJWK(pair.publicKey) };
}

/** The events subgraph on a port of its own, over a database, a bus and sources that nobody else uses. */
export async function startEvents(overrides: Partial<EventsDeps> = {}) {
  const mongo = await freshMongo('events');
  const redisUrl = await freshRedisUrl();
  const redis = await connectRedis({ url: redisUrl, name: 'events-test', logger: silentLogger });
  const bus = createRedisStreamsBus({
    redis,
    connect: (name) => connectRedis({ url: redisUrl, name, logger: silentLogger, blocking: true }),
    logger: silentLogger,
  });
  const [router, orders] = await Promise.all([ed25519(), ed25519()]);
  const signers = {
    router: await createIdentitySigner({ issuer: 'router', privateKey: router.privateKey }),
    orders: await createIdentitySigner({ issuer: 'orders', privateKey: orders.privateKey }),
  };
  let shiftedBy = 0;
  const clock: Clock = { now: () => new Date(Date.now() + shiftedBy) };
  const deps: EventsDeps = {
    mongo,
    bus,
    ordersSource: `orders_${newId('src')}`,
    verifier: createIdentityVerifier({
      audience: 'subgraph:events',
      jwks: {
        keys: [
          { ...router.publicKey, kty: 'OKP', kid: 'router' },
          { ...orders.publicKey, kty: 'OKP', kid: 'orders' },
        ],
      },
    }),
    clock,
    logger: silentLogger,
    introspection: false,
    indexEveryMilliseconds: 100,
    bestSellersLifeMilliseconds: 0,
    ...overrides,
  };
  const app = await createEventsApp(deps);
  const origin = await listen(app.httpServer, { host: '127.0.0.1', port: 0 });

  async function post(token: string, query: string, variables: Record<string, unknown>): Promise<Answer> {
    const response = await fetch(`${origin}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', [IDENTITY_HEADER]: token },
      body: JSON.stringify({ query, variables }),
    });
    return answerSchema.parse(await response.json());
  }

  /** Somebody with an id and roles, as the router vouches for them; without roles, nobody in particular. */
  function viewer(...roles: Role[]) {
    const userId = newId('usr');
    const ask = async (query: string, variables: Record<string, unknown> = {}): Promise<Answer> =>
      post(
        await signers.router.sign('subgraph:events', { viewer: roles.length === 0 ? null : { userId, sid: 'ses_test', roles } }),
        query,
        variables,
      );
    return {
      userId,
      ask,
      /** Creates an event and answers its id. */
      async creates(input: Record<string, unknown> = {}): Promise<string> {
        const answer = await ask('mutation ($input: CreateEventInput!) { createEvent(input: $input) { event { id } } }', {
          input: { title: 'Concert', startsAt: inDays(10), ...input },
        });
        const id: unknown = answer.data?.['createEvent']?.event.id;
        if (typeof id !== 'string') throw new Error(`Not created: ${JSON.stringify(answer)}`);
        return id;
      },
    };
  }

  return {
    origin,
    deps,
    mongo,
    redis,
    viewer,
    /** As another subgraph asks on its own behalf. */
    askAsOrders: async (query: string, variables: Record<string, unknown> = {}): Promise<Answer> =>
      post(await signers.orders.sign('subgraph:events', { viewer: null }), query, variables),
    /** The outbox rows of one event, by version. */
    told: (aggregateId: string): Promise<OutboxRow[]> =>
      mongo.db.collection<OutboxRow>('outbox').find({ aggregateId }).sort({ version: 1 }).toArray(),
    setDaysAhead: (days: number): void => {
      shiftedBy = days * DAY_MS;
    },
    /** What the orders subgraph would put on the bus. */
    async tell(fact: Pick<DomainEvent, 'type' | 'data'> & Partial<DomainEvent>): Promise<void> {
      const mark = await bus.mark(deps.ordersSource);
      const event = { id: newId('evt'), aggregateId: newId('ord'), version: 1, occurredAt: new Date(), ...fact };
      await bus.publish(deps.ordersSource, (mark ?? 0) + 1, event, mark);
    },
    close: async () => {
      await app.close();
      await bus.close();
      redis.disconnect();
      await mongo.close();
    },
  };
}

export const codes = (answer: Answer): unknown[] => (answer.errors ?? []).map((error) => error.extensions['code']);
export const issuePaths = (answer: Answer): string[] =>
  (answer.errors?.[0]?.extensions['issues'] ?? []).map((issue: { path: string[] }) => issue.path.join('.')).toSorted();

const OUTCOME =
  '{ __typename ... on UpdateEventPayload { event { id status version title description tags startsAt } } ... on UserError { message path } ... on StaleVersion { current { version title } } }';
export const UPDATE = `mutation ($input: UpdateEventInput!) { updateEvent(input: $input) ${OUTCOME} }`;
export const PUBLISH = `mutation ($id: ID!) { publishEvent(id: $id) ${OUTCOME} }`;
export const CANCEL = `mutation ($id: ID!) { cancelEvent(id: $id) ${OUTCOME} }`;
export const DELETE =
  'mutation ($id: ID!) { deleteEvent(id: $id) { __typename ... on DeleteEventPayload { id } ... on UserError { path } } }';
