import type { PlanNode } from '@apollo/query-planner';
import type { GraphQLError } from 'graphql';
import type { Logger } from '../../kit/runtime/logger.ts';
import { clientErrorsOf, formatForClient } from '../errors.ts';
import type { Executor, FetchFromSubgraph } from '../execute/executor.ts';
import type { Fetches } from '../execute/fetches.ts';
import type { SubgraphAnswer } from '../execute/subgraph-client.ts';
import type { Viewer } from '../../kit/graphql/identity.ts';
import type { PlannedOperation } from '../operation/plan.ts';
import type { SubscriptionPlan } from './subscription-plan.ts';

export type EventComposer = {
  /** The event with what other subgraphs add to it, as clients get it. Takes the event over: merging changes it. */
  readonly compose: (event: SubgraphAnswer) => Promise<string>;
};

/**
 * An event is executed as an ordinary plan whose first fetch is already answered: nested entities, fragments, @skip and partial errors come out as they
 * would in a query.
 */
export function createEventComposer(deps: {
  planned: PlannedOperation;
  plan: SubscriptionPlan;
  variables: Readonly<Record<string, unknown>>;
  viewer: Viewer | null;
  refusals: readonly GraphQLError[];
  executor: Executor;
  fetches: Fetches;
  requestId: string;
  logger: Logger;
}): EventComposer {
  const { primary, rest } = deps.plan;
  const node: PlanNode = { kind: 'Sequence', nodes: rest ? [primary, rest] : [primary] };
  return {
    async compose(event) {
      const fetchRest = deps.fetches.forRequest({ viewer: deps.viewer, requestId: deps.requestId });
      let isFirst = true;
      const fetch: FetchFromSubgraph = async (wanted) => {
        if (!isFirst) return fetchRest(wanted);
        isFirst = false;
        return event;
      };
      const answer = await deps.executor({ checked: deps.planned.checked, node, variables: deps.variables, fetch });
      const errors = [...deps.refusals, ...clientErrorsOf(answer.errors, answer.data, deps.requestId, deps.logger)].map((error) =>
        formatForClient(error, deps.requestId, deps.logger),
      );
      return JSON.stringify({ data: answer.data ?? null, ...(errors.length > 0 ? { errors } : {}) });
    },
  };
}
