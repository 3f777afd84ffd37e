import type { GraphQLResolverMap } from '@apollo/subgraph/dist/schema-helper/resolverMap.js';
import { Unavailable } from '../values/unavailable.ts';
import { serviceUnavailable } from './errors.ts';

/** What the MongoDB driver throws when no server answers in time. By name: this folder knows no driver. */
const DRIVER_OUTAGES = new Set(['MongoServerSelectionError', 'MongoNetworkError', 'MongoNetworkTimeoutError', 'MongoWaitQueueTimeoutError', 'MongoPoolClearedError', 'MongoNotConnectedError', 'MongoTopologyClosedError']);

/** An outage becomes SERVICE_UNAVAILABLE, which invites a retry; everything else stays what it is. */
export function asClientError(error: unknown): unknown {
  const outage = error instanceof Unavailable || (error instanceof Error && DRIVER_OUTAGES.has(error.name));
  return outage ? serviceUnavailable(error) : error;
}

type Resolver = (...args: unknown[]) => unknown;

/** Wraps every resolver once, so that no single one has to remember outages. Scalars and `__resolveType` pass through. */
export function withOutages<Context>(resolvers: object): GraphQLResolverMap<Context> {
  const wrapped = Object.entries(resolvers).map(([type, fields]: [string, unknown]) => [type, isFields(fields) ? wrapFields(fields) : fields] as const);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- codegen's resolver types and Apollo's map describe the same thing and do not know each other
  return Object.fromEntries(wrapped) as GraphQLResolverMap<Context>;
}

// A GraphQLScalarType is an instance of a class; resolver maps are plain objects.
function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function isResolver(value: unknown): value is Resolver {
  return typeof value === 'function';
}

function wrapFields(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, isResolver(field) && name !== '__resolveType' ? wrap(field) : field]));
}

function wrap(resolve: Resolver): Resolver {
  return async (...args) => {
    try {
      return await resolve(...args);
    } catch (error) {
      throw asClientError(error);
    }
  };
}
