import { buildSubgraphSchema } from '@apollo/subgraph';
import type { GraphQLResolverMap } from '@apollo/subgraph/dist/schema-helper/resolverMap.js';
import type { GraphQLSchema } from 'graphql';
import { getOperationAST, graphql, parse, printSchema, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../kit/runtime/logger.ts';
import type { CheckedOperation } from '../operation/documents.ts';
import { planOperation } from '../operation/plan.ts';
import { loadSupergraph } from '../supergraph/supergraph.ts';
import { composeForTest } from '../testing/compose.ts';
import { randomQuery } from '../testing/random-queries.ts';
import type { Executor, FetchFromSubgraph } from './executor.ts';
import { createPlanExecutor } from './plan-executor.ts';
import { createStockExecutor } from './stock-executor.ts';
import { withUniqueRepresentations } from './representations.ts';
import { parseAnswer } from './subgraph-client.ts';

const LINK =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@requires", "@provides", "@external"])';
const SCHEMAS = {
  shows: `${LINK}
    enum Mood { CALM LOUD }
    interface Named { name: String! }
    type Show implements Named @key(fields: "id") { id: ID! name: String! mood: Mood host: Person guests: [Person] rows: [[Seat!]!] place: Place strict: Strict size: Size }
    type Size @shareable { wide: Int tall: Int }
    type Person @key(fields: "id") { id: ID! }
    type Seat @key(fields: "row number") { row: Int! number: Int! }
    type Hall implements Named { name: String! seats: Int }
    type Street implements Named { name: String! city: String }
    union Place = Hall | Street
    type Strict { must: String! }
    type Query { show(id: Int!): Show shows(count: Int!): [Show!] named: [Named] everything: [Place!]! }`,
  people: `${LINK}
    type Person @key(fields: "id") { id: ID! nick: String! age: Int friends: [Person!] failing: String never: String! }
    type Query { person(id: Int!): Person me: Person }`,
  sales: `${LINK}
    type Show @key(fields: "id") { id: ID! mood: Mood @external size: Size @external price: Float @requires(fields: "mood") area: Int @requires(fields: "size { wide tall }") buyers: [Person] }
    enum Mood { CALM LOUD }
    type Size @shareable { wide: Int tall: Int }
    type Seat @key(fields: "row number") { row: Int! number: Int! state: String owner: Person }
    type Person @key(fields: "id") { id: ID! spent: Int sold: Int! }
    type Query { best: Show top(count: Int!): [Show] }`,
};

const show = (id: number) => ({
  id: String(id),
  name: `Show ${id}`,
  mood: id % 3 === 0 ? null : id % 2 === 0 ? 'CALM' : 'LOUD',
  host: id % 4 === 3 ? null : { id: String(id) },
  guests: id % 2 === 0 ? [{ id: '1' }, null, { id: '2' }, { id: '1' }] : null,
  rows:
    id === 1
      ? null
      : [
          [
            { row: 1, number: 1 },
            { row: 1, number: 2 },
          ],
          [],
        ],
  place: id % 2 === 0 ? { __typename: 'Hall', name: 'Hall', seats: 5 } : { __typename: 'Street', name: 'Street', city: null },
  strict: { must: id % 2 === 0 ? 'yes' : null },
  size: id === 2 ? null : { wide: id, tall: 2 },
});
const SHOW = { name: 'Show', size: { wide: 1 } };
const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index);
const person = (id: string) => ({ id, nick: `P${id}`, age: id === '2' ? null : 30 });

const RESOLVERS: Record<keyof typeof SCHEMAS, GraphQLResolverMap<unknown>> = {
  shows: {
    Show: { __resolveReference: (key: { id: string }) => show(Number(key.id)) },
    Named: { __resolveType: () => 'Show' },
    Query: {
      show: (_: unknown, { id }: { id: number }) => (id === 3 ? null : show(id)),
      shows: (_: unknown, { count }: { count: number }) => (count === 3 ? null : range(count).map(show)),
      named: () => [show(1), null, show(2)],
      everything: () => [show(1).place, show(2).place],
    },
  },
  people: {
    Person: {
      __resolveReference: (key: { id: string }) => (key.id === '0' ? null : person(key.id)),
      friends: ({ id }: { id: string }) => (id === '1' ? [person('2'), person('1')] : null),
      failing: ({ id }: { id: string }) => {
        if (id === '1') throw new Error(`no for ${id}`);
        return 'fine';
      },
      never: () => null,
    },
    Query: { person: (_: unknown, { id }: { id: number }) => person(String(id)), me: () => null },
  },
  sales: {
    Show: {
      __resolveReference: (key: unknown) => key,
      price: ({ mood }: { mood: string | null }) => (mood === null ? null : mood.length * 1.5),
      area: ({ size }: { size: { wide: number; tall: number } | null }) => size && size.wide * size.tall,
      buyers: ({ id }: { id: string }) => (id === '1' ? [{ id: '1' }, { id: '0' }] : []),
    },
    Seat: {
      __resolveReference: (key: { row: number; number: number }) => ({
        ...key,
        state: `${key.row}-${key.number}`,
        owner: { id: String(key.number) },
      }),
    },
    Person: { __resolveReference: (key: { id: string }) => ({ ...key, spent: Number(key.id) * 10, sold: key.id === '2' ? null : 1 }) },
    Query: {
      best: () => ({ id: '2' }),
      top: (_: unknown, { count }: { count: number }) => range(count).map((id) => (id === 1 ? null : { id: String(id) })),
    },
  },
};

const supergraph = loadSupergraph(composeForTest(SCHEMAS));
const subgraphs = new Map<string, GraphQLSchema>(
  Object.entries(SCHEMAS).map(([name, schema]) => [
    name,
    buildSubgraphSchema({ typeDefs: parse(schema), resolvers: RESOLVERS[name as keyof typeof SCHEMAS] }),
  ]),
);
const stock = createStockExecutor({ logger: silentLogger });
const planned = createPlanExecutor({ fallback: stock });
const VARIABLES = { yes: true };

const fetchInProcess: FetchFromSubgraph = async ({ subgraph, query, variables }) => {
  const schema = subgraphs.get(subgraph);
  if (!schema) throw new Error(`no subgraph ${subgraph}`);
  // Through text, as over the wire: nothing is shared with the resolvers.
  return parseAnswer(JSON.stringify(await graphql({ schema, source: query, variableValues: { ...variables } }))) ?? {};
};
const downIs =
  (down: string): FetchFromSubgraph =>
  async (fetch) =>
    fetch.subgraph === down
      ? { data: null, errors: [{ message: 'down', extensions: { code: 'SUBGRAPH_UNAVAILABLE' } }] }
      : fetchInProcess(fetch);

/** Without the limits of documents: generated ones have more aliases than clients may. */
function check(query: string): CheckedOperation {
  const document = parse(query);
  const errors = validate(supergraph.apiSchema, document);
  const operation = getOperationAST(document);
  if (errors.length > 0 || !operation) throw new Error(`${errors.map((error) => error.message).join()} in ${query}`);
  return { supergraph, document, operation, fragments: {}, plans: new Map() };
}

async function answerOf(executor: Executor, query: string, fetch: FetchFromSubgraph): Promise<string> {
  const checked = check(query);
  const { node } = planOperation(checked, null).plan;
  if (node?.kind === 'Subscription') throw new Error('not here');
  const { data, errors } = await executor({ checked, node, variables: VARIABLES, fetch });
  // What fetches in parallel fail with comes in any order; the stock executor adds a code of its own where there was none.
  const seen = errors.map((error) => JSON.stringify([error.path, error.message, error.subgraph])).toSorted();
  return JSON.stringify({ data, seen });
}

/** The same query answered by both; equal pairs are what this is about. */
async function answersTo(query: string, fetch: FetchFromSubgraph): Promise<{ query: string; ours: string; theirs: string }> {
  const [ours, theirs] = await Promise.all([answerOf(planned, query, fetch), answerOf(stock, query, fetch)]);
  return { query, ours, theirs };
}

describe('our executor answers as the stock one', () => {
  it('is tried on a schema with everything in it', () => {
    expect(printSchema(supergraph.apiSchema)).toMatch(/union Place[^]*interface Named|interface Named[^]*union Place/);
  });

  it.each([
    '{ shows(count: 4) { name mood price area host { nick spent } buyers { nick } } }',
    '{ shows(count: 3) { name price } show(id: 3) { price } }',
    '{ show(id: 2) { guests { nick failing friends { nick spent failing } } rows { state owner { nick } } } }',
    '{ show(id: 1) { strict { must } } other: show(id: 2) { strict { must } } }',
    '{ person(id: 1) { never nick } }',
    '{ person(id: 1) { nick friends { nick sold } } show(id: 2) { guests { sold } rows { owner { sold } } } }',
    '{ top(count: 3) { name mood buyers { age } } best { name area } }',
    '{ named { __typename name ... on Show { price host { nick } } } everything { __typename ... on Named { name } ... on Hall { seats } } }',
    '{ toString: best { constructor: name hasOwnProperty: price __proto__: mood } }',
    '{ show(id: 2) { name } show(id: 2) { mood price } ... on Query { show(id: 2) { host { nick } host { spent } } } }',
    '{ __schema { queryType { name } } best { name } }',
    '{ __typename }',
  ])('to %s', async (query) => {
    for (const fetch of [fetchInProcess, ...Object.keys(SCHEMAS).map(downIs)]) {
      const { ours, theirs } = await answersTo(query, fetch);
      expect(ours).toBe(theirs);
    }
  });

  it('to hundreds of generated queries, with all subgraphs there and with one away', async () => {
    for (let seed = 1; seed <= 120; seed += 1) {
      const query = randomQuery(supergraph.apiSchema, seed);
      for (const fetch of [fetchInProcess, downIs(['shows', 'people', 'sales'][seed % 3] ?? '')]) {
        const { ours, theirs } = await answersTo(query, fetch);
        expect({ query, answer: ours }).toEqual({ query, answer: theirs });
      }
    }
  }, 60_000);

  it.each([
    ['{ best { name host { nick } } other: top(count: 1) { name } }', { best: ['not', 'an', 'object'] }, { best: null }, [['best']]],
    ['{ best { name } }', { best: 'text' }, { best: null }, [['best']]],
    ['{ top(count: 1) { name } }', { top: { name: 'no list' } }, { top: null }, [['top']]],
    [
      '{ shows(count: 2) { name size { wide } } }',
      { shows: [SHOW, { ...SHOW, size: [] }] },
      { shows: [SHOW, { ...SHOW, size: null }] },
      [['shows', 1, 'size']],
    ],
    ['{ everything { __typename } }', { everything: [{ __typename: 'Hall' }, 7] }, null, [['everything', 1]]],
  ])('or leaves out no more than what a subgraph answers in the wrong shape: %s', async (query, sent, seen, paths) => {
    const checked = check(query);
    const { node } = planOperation(checked, null).plan;
    const { data, errors } = await planned({
      checked,
      node: node as never,
      variables: {},
      fetch: async (fetch) => (fetch.query.includes('_entities') ? { data: null } : { data: { ...structuredClone(sent), other: [] } }),
    });
    expect(data && { ...data, other: undefined }).toEqual(seen);
    expect(errors.map(({ path }) => path)).toEqual(paths);
  });

  it('however often a representation is used: each place gets its own error', async () => {
    const sent: number[] = [];
    const uniquely: FetchFromSubgraph = (fetch) =>
      withUniqueRepresentations(fetch, (unique) => {
        if (fetch.subgraph === 'people') sent.push((unique.variables['representations'] as unknown[]).length);
        return fetchInProcess(unique);
      });
    // The same guests at three places, one of them missing and one of them twice; and lists and hosts that are null in between.
    const query = '{ a: show(id: 2) { guests { failing } } b: shows(count: 4) { guests { failing nick } host { failing } } }';
    const checked = check(query);
    const { node } = planOperation(checked, null).plan;
    const { data, errors } = await planned({ checked, node: node as never, variables: {}, fetch: uniquely });
    const guests = [{ failing: null, nick: 'P1' }, null, { failing: 'fine', nick: 'P2' }, { failing: null, nick: 'P1' }];
    expect(data).toEqual({
      a: { guests: [{ failing: null }, null, { failing: 'fine' }, { failing: null }] },
      b: [
        { guests, host: { failing: null } },
        { guests: null, host: { failing: null } },
        { guests, host: { failing: 'fine' } },
        { guests: null, host: null },
      ],
    });
    expect(errors.map(({ path }) => path?.join('.') ?? '').toSorted()).toEqual([
      'a.guests.0.failing',
      'a.guests.3.failing',
      'b.0.guests.0.failing',
      'b.0.guests.3.failing',
      'b.1.host.failing',
      'b.2.guests.0.failing',
      'b.2.guests.3.failing',
    ]);
    expect(sent.every((count) => count <= 3)).toBe(true);
  });

  it('and names each place where a whole fetch of entities fails, never a path of its own making', async () => {
    const failing: FetchFromSubgraph = async (fetch) =>
      fetch.subgraph === 'people' ? { data: null, errors: [{ message: 'no such type', path: ['_entities'] }] } : fetchInProcess(fetch);
    const query = '{ show(id: 2) { guests { nick } rows { owner { nick } } } }';
    const checked = check(query);
    const { node } = planOperation(checked, null).plan;
    const { errors } = await planned({ checked, node: node as never, variables: {}, fetch: failing });
    const steps = new Set(errors.flatMap(({ path }) => path ?? []));
    expect(errors.length).toBeGreaterThan(0);
    expect(steps).not.toContain('@');
    expect(steps).not.toContain('_entities');
  });

  it("but puts errors at the client's names, also where the planner asked under others", async () => {
    const differing = loadSupergraph(
      composeForTest({
        sights: `${LINK}
          union Sight = Tower | Bridge type Tower { label: String! @shareable } type Bridge { label: String } type Query { sights: [Sight] tower: Tower }`,
        towers: `${LINK} type Tower { label: String @shareable } type Query { tallest: Tower }`,
      }),
    );
    const query = '{ sights { ... on Bridge { label } ... on Tower { label } } }';
    const document = parse(query);
    const operation = getOperationAST(document);
    if (!operation) throw new Error('no operation');
    const checked: CheckedOperation = { supergraph: differing, document, operation, fragments: {}, plans: new Map() };
    const { node } = planOperation(checked, null).plan;
    expect(JSON.stringify(node)).toContain('label__alias_0');
    const { errors } = await planned({
      checked,
      node: node as never,
      variables: {},
      fetch: async () => ({ data: { sights: [null] }, errors: [{ message: 'no', path: ['sights', 0, 'label__alias_0'] }] }),
    });
    expect(errors).toEqual([{ message: 'no', subgraph: 'sights', path: ['sights', 0, 'label'] }]);
  });
});
