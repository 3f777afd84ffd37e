import type { GraphQLDataSource } from '@apollo/gateway';
import { executeQueryPlan } from '@apollo/gateway';
import type { Logger } from '../../kit/runtime/logger.ts';
import type { ExecutionError, Executor } from './executor.ts';

type StockRequestContext = Parameters<typeof executeQueryPlan>[2];

/** Apollo's own executor over our fetches: the reference that any faster one is compared with. */
export function createStockExecutor(deps: { logger: Logger }): Executor {
  return async ({ checked, node, variables, fetch }) => {
    const { supergraph, operation, fragments, document } = checked;
    const services: Record<string, GraphQLDataSource> = {};
    for (const subgraph of supergraph.subgraphNames) {
      services[subgraph] = {
        process: ({ request }) =>
          fetch({ subgraph, query: request.query ?? '', operationName: request.operationName, variables: request.variables ?? {} }),
      };
    }
    // Of the request context the executor reads these few members only.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the rest of its type is Apollo Server's, which has no part in this
    const requestContext = {
      request: { variables },
      document,
      context: {},
      metrics: {},
      logger: deps.logger,
    } as unknown as StockRequestContext;
    const result = await executeQueryPlan(
      { kind: 'QueryPlan', ...(node ? { node } : {}) },
      services,
      requestContext,
      { schema: supergraph.apiSchema, operation, fragments: { ...fragments } },
      supergraph.supergraphSchema,
      supergraph.apiModel,
    );
    return { data: result.data, errors: (result.errors ?? []).map(toExecutionError) };
  };
}

type StockError = {
  readonly message: string;
  readonly path?: readonly (string | number)[] | undefined;
  readonly extensions?: Record<string, unknown> | undefined;
};

function toExecutionError(error: StockError): ExecutionError {
  const { serviceName, ...extensions } = error.extensions ?? {};
  return {
    message: error.message,
    extensions,
    subgraph: typeof serviceName === 'string' ? serviceName : undefined,
    ...(error.path ? { path: error.path } : {}),
  };
}
