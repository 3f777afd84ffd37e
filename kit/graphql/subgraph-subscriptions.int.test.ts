import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair } from 'jose';
import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { listen } from '../runtime/listen.ts';
import type { IdentitySigner } from './identity.ts';
import { createIdentitySigner, createIdentityVerifier } from './identity.ts';
import type { SubgraphServer } from './subgraph-server.ts';
import { createSubgraphServer } from './subgraph-server.ts';
import { IDENTITY_EXTENSION } from './subgraph-subscriptions.ts';

class Away extends Error {}

let server: SubgraphServer;
let signer: IdentitySigner;
let contexts = 0;
beforeAll(async () => {
  const { privateKey, publicKey } = await generateKeyPair('EdDSA', { extractable: true });
  signer = await createIdentitySigner({ issuer: 'router', privateKey: await exportJWK(privateKey) });
  server = await createSubgraphServer({
    name: 'numbers',
    typeDefs: 'type Query { one: Int } type Subscription { counted: Counted! } type Counted { number: Int! context: Int! away: Int }',
    resolvers: {
      Subscription: {
        counted: {
          subscribe: async function* count() {
            yield { counted: { number: 1 } };
            yield { counted: { number: 2 } };
          },
        },
      },
      Counted: {
        context: (_parent: unknown, _args: unknown, context: { made: number }) => context.made,
        away: () => Promise.reject(new Away('redis.internal:6379 is gone')),
      },
    },
    verifier: createIdentityVerifier({
      audience: 'subgraph:numbers',
      jwks: { keys: [{ ...(await exportJWK(publicKey)), kid: 'router' }] },
    }),
    createContext: () => ({ made: (contexts += 1) }),
    logger: { error: () => undefined, warn: () => undefined },
    isUnavailable: (error) => error instanceof Away,
    introspection: false,
    ready: () => Promise.resolve(true),
  });
  await listen(server.httpServer, { host: '127.0.0.1', port: 0 });
});
afterAll(() => server.close());

async function answersTo(query: string) {
  const { port } = server.httpServer.address() as AddressInfo;
  const client = createClient({ url: `ws://127.0.0.1:${port}/graphql`, webSocketImpl: WebSocket, retryAttempts: 0 });
  const identity = await signer.sign('subgraph:numbers', { viewer: null });
  const answers = [];
  for await (const answer of client.iterate({ query, extensions: { [IDENTITY_EXTENSION]: identity } })) answers.push(answer);
  await client.dispose();
  return answers;
}

describe('a subscription', () => {
  it('reads with a context of its own for every event: what was read for the last one may have changed', async () => {
    const read = (await answersTo('subscription { counted { number context } }')).map(
      ({ data }) => data?.['counted'] as { number: number; context: number },
    );
    expect(read.map(({ number }) => number)).toEqual([1, 2]);
    expect(new Set(read.map(({ context }) => context)).size).toBe(2);
  });

  it('says where something is missing and that it may be tried again, and nothing of which server is away', async () => {
    const [answer] = await answersTo('subscription { counted { number away } }');
    expect(answer).toMatchObject({
      data: { counted: { number: 1, away: null } },
      errors: [{ path: ['counted', 'away'], extensions: { code: 'SERVICE_UNAVAILABLE' } }],
    });
    expect(JSON.stringify(answer)).not.toContain('redis');
  });
});
