import type { PlanNode } from '@apollo/query-planner';
import type { CheckedOperation } from '../operation/documents.ts';
import type { SubgraphAnswer, SubgraphError } from './subgraph-client.ts';
import type { ResponsePath } from './unavailable-fields.ts';

/** One fetch as a plan states it. */
export type SubgraphFetch = {
  readonly subgraph: string;
  readonly query: string;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
};

/** Carries the viewer's identity and the request's id; never rejects: what went wrong is in `errors`. */
export type FetchFromSubgraph = (fetch: SubgraphFetch) => Promise<SubgraphAnswer>;

export type Execution = {
  /** As the client wrote it: it shapes the answer. */
  readonly checked: CheckedOperation;
  /** Made for the authorized document; undefined when nothing is left to fetch. */
  readonly node: PlanNode | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly fetch: FetchFromSubgraph;
};

/** Errors as subgraphs gave them, with the path in the client's answer and the subgraph's name. */
export type ExecutionError = SubgraphError & {
  readonly subgraph: string | undefined;
  /** Of an error about a whole fetch: the fields that it leaves without a value. */
  readonly leavesOut?: readonly ResponsePath[];
};
type ExecutionAnswer = { readonly data: Record<string, unknown> | null | undefined; readonly errors: readonly ExecutionError[] };

/** The seam: whoever carries out a plan answers as the stock executor does. */
export type Executor = (execution: Execution) => Promise<ExecutionAnswer>;
