import { getOperationAST, Kind, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import type { CheckedOperation } from '../operation/documents.ts';
import { loadSupergraph } from '../supergraph/supergraph.ts';
import { composeForTest } from '../testing/compose.ts';
import { listCost } from './list-cost.ts';

const supergraph = loadSupergraph(
  composeForTest({
    shows: `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@listSize"])
      type Show { name: String seats: [Seat!]! @listSize(assumedSize: 500) similar(first: Int! = 5): [Show!]! @listSize(slicingArguments: ["first"]) tags: [String!]! }
      type Seat { id: ID show: Show rows: [Seat!]! }
      type Connection { edges: [Edge!]! pageInfo: PageInfo! }
      type PageInfo { more: Boolean }
      type Edge { node: Show! }
      type Query { show: Show shows(first: Int! = 20): Connection! @listSize(slicingArguments: ["first"], sizedFields: ["edges"]) }`,
  }),
);

function objectionTo(query: string, variables: Record<string, unknown> = {}) {
  const document = parse(query);
  expect(validate(supergraph.apiSchema, document)).toEqual([]);
  const operation = getOperationAST(document);
  if (!operation) throw new Error('no operation');
  const fragments = Object.fromEntries(
    document.definitions.flatMap((definition) =>
      definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition] as const] : [],
    ),
  );
  const checked: CheckedOperation = { supergraph, document, operation, fragments, plans: new Map() };
  const objection = listCost(checked, variables);
  return typeof objection === 'number' ? null : { code: objection.extensions['code'], message: objection.message };
}

describe('the cost of lists', () => {
  it.each([
    '{ show { name tags seats { id } } }',
    '{ shows(first: 100) { edges { node { name similar { name } } } pageInfo { more } } }',
    '{ shows { edges { node { similar(first: 100) { name } } } } }',
    'query($more: Boolean!) { show { seats { id show @include(if: $more) { seats { id } } } } }',
    '{ show { seats { rows { rows { id } } } } }',
    '{ shows(first: 0) { edges { node { name } } } }',
    '{ __typename __schema { types { fields { name } } } }',
  ])('lets ordinary pages through: %s', (query) => {
    expect(objectionTo(query, { more: false })).toBeNull();
  });

  it.each([
    '{ shows(first: 100) { edges { node { similar(first: 100) { name } } } } }',
    '{ show { seats { show { seats { id } } } } }',
    '{ shows { edges { node { seats { id } } } } }',
    'query($more: Boolean!) { show { seats { id show @include(if: $more) { seats { id } } } } }',
    '{ ...F } fragment F on Query { shows(first: 50) { ... { edges { node { ...G } } } } } fragment G on Show { similar(first: 90) { similar { name } } }',
  ])('refuses small pages that multiply: %s', (query) => {
    expect(objectionTo(query, { more: true })).toMatchObject({ code: 'GRAPHQL_VALIDATION_FAILED' });
  });

  it('refuses a page of more than 100, and says where, whether literal or variable', () => {
    expect(
      objectionTo('query($n: Int! = 3) { all: shows(first: $n) { edges { node { similar(first: 101) { name } } } } }', { n: 1_000 }),
    ).toEqual({
      code: 'BAD_USER_INPUT',
      message: 'all.first: Ask for at most 100 at once.; all.edges.node.similar.first: Ask for at most 100 at once.',
    });
  });
});
