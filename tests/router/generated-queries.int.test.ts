import * as fc from 'fast-check';
import { getOperationAST, parse } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { IDENTITY_HEADER } from '../../kit/graphql/identity.ts';
import { silentLogger } from '../../kit/runtime/logger.ts';
import type { FetchFromSubgraph } from '../../router/execute/executor.ts';
import { createStockExecutor } from '../../router/execute/stock-executor.ts';
import { parseAnswer } from '../../router/execute/subgraph-client.ts';
import { planOperation } from '../../router/operation/plan.ts';
import type { SubgraphName } from '../../router/testing/subgraphs.ts';
import type { World } from '../../router/testing/world.ts';
import { startWorld } from '../../router/testing/world.ts';
import { asOneSchema, pathsOf } from './one-schema.ts';
import { queriesOf, VARIABLES } from './query-arbitrary.ts';

const ADMIN = { userId: 'u1', sid: 's-admin', roles: ['ADMIN', 'ORGANIZER'] } as const;
/** They answer how they were asked, which is the one thing that differs. */
const ABOUT_THE_REQUEST = ['Query.whoAsks', 'Query.seenHeaders'];

describe('generated queries', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world.close());

  async function throughRouter(query: string, cookie: string) {
    const { data, errors } = await world.ask(query, { variables: VARIABLES, headers: { cookie } });
    return { data, errorPaths: pathsOf(errors) };
  }

  async function throughStockGateway(query: string) {
    const supergraph = world.supergraphs.current();
    const document = parse(query);
    const operation = getOperationAST(document);
    if (!operation) throw new Error('no operation');
    const checked = { supergraph, document, operation, fragments: {}, plans: new Map() };
    const { node } = planOperation(checked, { scopes: new Set(['users:admin', 'events:write', 'tickets:check-in']) }).plan;
    if (node?.kind === 'Subscription') throw new Error('not a query');
    const fetchDirectly: FetchFromSubgraph = async ({ subgraph, query: text, variables }) => {
      const response = await fetch(world.urls[subgraph] ?? '', {
        method: 'POST',
        headers: { 'content-type': 'application/json', [IDENTITY_HEADER]: await world.identityFor(subgraph as SubgraphName, ADMIN) },
        body: JSON.stringify({ query: text, variables }),
      });
      return parseAnswer(await response.text()) ?? {};
    };
    const stock = createStockExecutor({ logger: silentLogger });
    const { data, errors } = await stock({ checked, node, variables: VARIABLES, fetch: fetchDirectly });
    return { data: data ?? null, errorPaths: pathsOf(errors) };
  }

  it('are answered as by the stock gateway, and as by the same resolvers in one schema', async () => {
    const schema = world.supergraphs.current().apiSchema;
    const cookie = await world.cookieFor(ADMIN);
    const oneSchema = asOneSchema(schema, Object.values(world.resolvers), {
      identity: { issuer: 'router', viewer: ADMIN },
      requestId: 'req_1',
      idempotencyKey: undefined,
      extensions: {},
    });
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(queriesOf(schema, ABOUT_THE_REQUEST), async (query) => {
        const [router, stock, one] = await Promise.all([
          throughRouter(query, cookie),
          throughStockGateway(query),
          oneSchema(query, VARIABLES),
        ]);
        expect({ query, answer: router }).toEqual({ query, answer: stock });
        expect({ query, answer: router }).toEqual({ query, answer: JSON.parse(JSON.stringify(one)) });
        compared += 1;
      }),
      { numRuns: 250, seed: 6 },
    );
    expect(compared).toBeGreaterThanOrEqual(250);
  });
});
