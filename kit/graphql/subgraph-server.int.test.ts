import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listen } from '../runtime/listen.ts';
import { createIdentityVerifier } from './identity.ts';
import type { SubgraphServer } from './subgraph-server.ts';
import { createSubgraphServer } from './subgraph-server.ts';

describe('what a subgraph serves beside GraphQL', () => {
  const logged: unknown[] = [];
  let server: SubgraphServer;
  let origin: string;
  beforeAll(async () => {
    server = await createSubgraphServer({
      name: 'pages',
      typeDefs: 'type Query { one: Int }',
      resolvers: {},
      verifier: createIdentityVerifier({ audience: 'subgraph:pages', jwks: { keys: [] } }),
      createContext: () => ({}),
      logger: { error: (details) => void logged.push(details), warn: () => undefined },
      isUnavailable: (error) => error instanceof RangeError,
      introspection: false,
      ready: async () => true,
      routes: (app) => {
        app.get('/broken', async () => {
          throw new Error('connect ECONNREFUSED 10.0.0.7:27017');
        });
        app.get('/away', async () => {
          throw new RangeError('10.0.0.7:27017 is away');
        });
        app.post('/form', async () => 'ok');
      },
    });
    origin = await listen(server.httpServer, { host: '127.0.0.1', port: 0 });
  });
  afterAll(() => server.close());

  it('tells nothing of what went wrong, and logs it', async () => {
    const response = await fetch(`${origin}/broken`);
    expect([response.status, await response.text()]).toEqual([500, 'Internal Server Error\n']);
    expect(logged).toMatchObject([{ err: { message: 'connect ECONNREFUSED 10.0.0.7:27017' } }]);
  });

  it.each([
    ['/away', { method: 'GET' }, 503, 'Service Unavailable\n'],
    ['/nowhere', { method: 'GET' }, 404, 'Not Found\n'],
    ['/form', { method: 'POST', body: 'x', headers: { 'content-type': 'a/b' } }, 415, 'Unsupported Media Type\n'],
    ['/form', { method: 'POST', body: '{', headers: { 'content-type': 'application/json' } }, 400, 'Bad Request\n'],
  ])('says in its own words what is wrong with %s', async (path, init, status, text) => {
    const response = await fetch(`${origin}${path}`, init);
    expect([response.status, await response.text()]).toEqual([status, text]);
  });
});
