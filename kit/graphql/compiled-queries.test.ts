import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginInlineTraceDisabled } from '@apollo/server/plugin/disabled';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { GraphQLError, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { createCompiledQueries } from './compiled-queries.ts';
import type { FormattedError } from './errors.ts';
import { AppError } from './errors.ts';
import { DateTime } from './scalars.ts';

const typeDefs = parse(`
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.11", import: ["@key"])
  scalar DateTime
  enum Status { FREE TAKEN }
  type Query { map(id: ID!): Map plain: Int }
  type Mutation { map(id: ID!): Map }
  type Event @key(fields: "id") { id: ID! map: Map }
  type Map { version: Int! at: DateTime! seats(first: Int = 3, only: Status): [Seat!]! lost: [Seat!] bad: Seat! }
  type Seat { id: ID! row: Int status: Status! price: Price! tags: [String!]! }
  type Price { amount: Int! currency: String! }
`);

const seat = (index: number) => ({
  id: `A-${index}`,
  row: index,
  status: index % 2 ? 'TAKEN' : 'FREE',
  price: { amount: 1, currency: 'EUR' },
  tags: ['a', 'b'],
});
const map = {
  version: () => 7,
  at: () => new Date(0),
  seats: async (_map: object, { first, only }: { first: number; only?: string }) =>
    Array.from({ length: first }, (_, index) => seat(index)).filter(({ status }) => only === undefined || status === only),
  lost: () => {
    throw new AppError('BAD_USER_INPUT', 'too many');
  },
  bad: () => ({ ...seat(1), id: null }),
};
const resolvers = {
  DateTime,
  Query: { map: (_query: unknown, { id }: { id: string }) => (id === 'none' ? null : {}), plain: () => 1 },
  Mutation: { map: () => ({}) },
  Event: { __resolveReference: ({ id }: { id: string }) => (id === 'none' ? null : { id }), map: () => ({}) },
  Map: map,
};

/** Errors as their readers tell them apart, without where in the text they stand. */
function formatError({ message, path, extensions }: FormattedError, error: unknown): FormattedError {
  const cause = error instanceof GraphQLError ? error.originalError : error;
  return { message, ...(path ? { path } : {}), extensions: { code: extensions?.['code'], known: cause instanceof AppError } };
}

const schema = buildSubgraphSchema({ typeDefs, resolvers });
const plain = new ApolloServer({ schema, formatError, plugins: [ApolloServerPluginInlineTraceDisabled()] });
const compiling = new ApolloServer({
  schema,
  formatError,
  plugins: [ApolloServerPluginInlineTraceDisabled(), createCompiledQueries({ schema, fields: new Set(['seats', 'map']), formatError })],
});

const SEAT = '{ id row status price { amount currency } tags }';
const ENTITIES =
  'query ($representations: [_Any!]!, $first: Int) { _entities(representations: $representations) { __typename ... on Event { map { version seats(first: $first) { id } } } } }';
const event = (id: string) => ({ __typename: 'Event', id });

describe('a compiled query', () => {
  it.each<[string, string, Record<string, unknown>?]>([
    ['of everything', `{ map(id: 1) { version at seats ${SEAT} } }`],
    [
      'with aliases and fragments',
      `{ a: map(id: 1) { ...S } map(id: 2) { x: seats(first: 1) { i: id __typename } ...S } plain } fragment S on Map { seats { id ... { row } } }`,
    ],
    [
      'with variables',
      'query ($n: Int, $only: Status, $id: ID!) { map(id: $id) { seats(first: $n, only: $only) { id status } } }',
      { n: 5, only: 'TAKEN', id: '1' },
    ],
    ['with defaults and absent variables', 'query ($n: Int = 2, $only: Status) { map(id: 1) { seats(first: $n, only: $only) { id } } }'],
    [
      'with what is skipped',
      'query ($no: Boolean!) { map(id: 1) { version @skip(if: $no) seats @include(if: $no) { id row @skip(if: $no) } } }',
      { no: true },
    ],
    ['of nothing', '{ map(id: "none") { seats { id } } }'],
    ['of entities', ENTITIES, { representations: [event('1'), event('none'), event('2')], first: 1 }],
    ['with an error of ours', '{ map(id: 1) { version lost { id } } }'],
    ['with null where there must be something', '{ map(id: 1) { version bad { id } } plain }'],
    ['with a variable of the wrong shape', 'query ($n: Int!) { map(id: 1) { seats(first: $n) { id } } }', { n: 'x' }],
  ])('%s is answered as graphql-js does', async (_what, query, variables = {}) => {
    const answers = await Promise.all(
      [plain, compiling, compiling].map(async (server) => {
        const { body } = await server.executeOperation({ query, variables });
        return body.kind === 'single' ? (JSON.parse(JSON.stringify(body.singleResult)) as { errors?: { message: string }[] }) : null;
      }),
    );
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[2]).toEqual(answers[0]);
  });
});
