import type { DocumentNode, FieldNode, SelectionSetNode } from 'graphql';
import { getVariableValues, GraphQLError, Kind, OperationTypeNode } from 'graphql';
import { AppError } from '../../kit/graphql/errors.ts';
import { scopesOf } from '../../kit/graphql/viewer.ts';
import { MAX_VALIDATION_ERRORS } from '../../kit/graphql/document-limits.ts';
import type { Logger } from '../../kit/runtime/logger.ts';
import { clientErrorsOf } from '../errors.ts';
import type { FetchFromSubgraph, Executor } from '../execute/executor.ts';
import { networkOf } from '../http/client-address.ts';
import { listCost } from '../limits/list-cost.ts';
import { limitMutations } from '../limits/operation-limits.ts';
import type { RateLimits } from '../limits/rate-limits.ts';
import { retryAfterOf } from '../limits/rate-limits.ts';
import type { Turns } from '../limits/turns.ts';
import type { RequestSession } from '../session/sessions.ts';
import { sidOfRefreshToken } from '../session/refresher.ts';
import type { SupergraphSource } from '../supergraph/supergraph-source.ts';
import type { ViewerScopes } from './authorization.ts';
import { refusalsOf } from './authorization.ts';
import type { CheckedOperation, Documents } from './documents.ts';
import { withoutSuggestion } from './documents.ts';
import { nullObjections } from './null-variables.ts';
import type { PlannedOperation } from './plan.ts';
import { planOperation } from './plan.ts';

type OperationRequest = {
  readonly document: DocumentNode;
  readonly operationName: string | null | undefined;
  readonly variables: Readonly<Record<string, unknown>> | null | undefined;
  /** What the transport carries; all else is refused by name. */
  readonly serves: ReadonlySet<OperationTypeNode>;
  /** Asked only once the document is known to be good. */
  readonly session: (options: { readonly mayRefresh: boolean }) => Promise<RequestSession>;
  readonly address: string;
};

/** Everything before execution said yes. */
export type AdmittedOperation = {
  readonly kind: 'admitted';
  readonly planned: PlannedOperation;
  /** As the client gave them. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** With defaults. */
  readonly coerced: Readonly<Record<string, unknown>>;
  readonly session: RequestSession;
  readonly viewer: ViewerScopes;
  /** Fields left out because the viewer may not see them. */
  readonly refusals: readonly GraphQLError[];
  /** What the lists of its answer may cost, and for which address it takes its turn. */
  readonly cost: number;
  readonly network: string;
};
type RefusedOperation = { readonly kind: 'refused'; readonly errors: readonly GraphQLError[]; readonly status: number };

type OperationAnswer = { readonly data: Record<string, unknown> | null | undefined; readonly errors: readonly GraphQLError[] };

export type Pipeline = {
  readonly admit: (request: OperationRequest) => Promise<AdmittedOperation | RefusedOperation>;
  /** The same operation under the supergraph as it is now; or why it is no longer served. */
  readonly readmit: (admitted: AdmittedOperation) => AdmittedOperation | readonly GraphQLError[];
  readonly execute: (admitted: AdmittedOperation, requestId: string, fetch: FetchFromSubgraph) => Promise<OperationAnswer>;
};

/** These bring, replace or end the session themselves: refreshing it first would rotate a token that they then present. */
const SESSION_MUTATIONS = new Set(['logIn', 'signUp', 'refreshSession', 'logOut']);

/** The way of every operation, whatever carried it here: limits and validation, variables, session, authorization, rate limits, plan, execution. */
export function createPipeline(deps: {
  supergraphs: SupergraphSource;
  documents: Documents;
  rateLimits: RateLimits;
  turns: Turns;
  executor: Executor;
  hideSchemaDetails: boolean;
  onPlanned: (seconds: number) => void;
  onErrors: (codes: readonly string[]) => void;
  logger: Logger;
}): Pipeline {
  function coerce(
    checked: CheckedOperation,
    given: Readonly<Record<string, unknown>>,
  ): { coerced: Record<string, unknown> } | readonly GraphQLError[] {
    const result = getVariableValues(checked.supergraph.apiSchema, checked.operation.variableDefinitions ?? [], given, {
      maxErrors: MAX_VALIDATION_ERRORS,
    });
    if (!result.errors) {
      const objections = nullObjections(checked, result.coerced);
      return objections.length > 0 ? objections : result;
    }
    return result.errors.map((error) => {
      const message = deps.hideSchemaDetails ? withoutSuggestion(error.message) : error.message;
      return new GraphQLError(message, { nodes: error.nodes ?? null, extensions: { code: 'BAD_USER_INPUT' } });
    });
  }

  function plan(checked: CheckedOperation, viewer: ViewerScopes): PlannedOperation {
    const known = checked.plans.size;
    const started = performance.now();
    const planned = planOperation(checked, viewer);
    if (checked.plans.size > known) deps.onPlanned((performance.now() - started) / 1_000);
    return planned;
  }

  function refused(errors: readonly GraphQLError[], status: number): RefusedOperation {
    deps.onErrors(errors.map(codeOf));
    return { kind: 'refused', errors, status };
  }

  async function turnOf(network: string, cost: number): Promise<GraphQLError | (() => void)> {
    try {
      return await deps.turns.take(network, cost);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      deps.onErrors([error.code]);
      return new GraphQLError('', { originalError: error });
    }
  }

  return {
    async admit(request) {
      const checked = deps.documents.check(deps.supergraphs.current(), request.document, request.operationName);
      if (!('operation' in checked)) return refused(checked, 400);
      const { operation } = checked;
      if (!request.serves.has(operation.operation))
        return refused([new GraphQLError(SERVED_ELSEWHERE[operation.operation], { extensions: { code: 'BAD_REQUEST' } })], 400);

      const variables = request.variables ?? {};
      const coercion = coerce(checked, variables);
      if (!('coerced' in coercion)) return refused(coercion, 400);
      const { coerced } = coercion;
      const cost = listCost(checked, coerced);
      if (typeof cost !== 'number') return refused([cost], 400);
      const network = networkOf(request.address);

      const fields = operation.operation === OperationTypeNode.MUTATION ? rootFieldsOf(checked) : [];
      const changesSession = fields.some((field) => SESSION_MUTATIONS.has(field.name.value));
      try {
        const session = await request.session({ mayRefresh: !changesSession });
        if (session.uncertain && operation.operation === OperationTypeNode.MUTATION && !changesSession) throw cannotTell();
        const viewer: ViewerScopes = session.viewer ? { scopes: scopesOf(session.viewer.roles) } : null;
        const refusals = refusalsOf(checked, viewer, coerced);
        // Whether a right is missing cannot be told either; "sign in" would send somebody away who is signed in.
        if (refusals.length > 0 && session.uncertain) throw cannotTell();
        const mutation = checked.supergraph.apiSchema.getMutationType();
        // One that is refused further down runs all the same, and only leaves that field out of its answer.
        const isRefused = refusals.some(({ path }) => (path ?? []).length <= 1);
        if (mutation && fields.length > 0 && !isRefused) {
          const { refreshToken } = session.material;
          const sid = session.token?.viewer.sid ?? (refreshToken === undefined ? network : sidOfRefreshToken(refreshToken));
          await limitMutations(deps.rateLimits, mutation, fields, coerced, { viewer: session.viewer, address: network, sid });
        }
        return { kind: 'admitted', planned: plan(checked, viewer), variables, coerced, session, viewer, refusals, cost, network };
      } catch (error) {
        if (error instanceof AppError) return refused([error], statusOf(error));
        throw error;
      }
    },

    readmit(admitted) {
      const { document, operation } = admitted.planned.checked;
      const checked = deps.documents.check(deps.supergraphs.current(), document, operation.name?.value);
      if (!('operation' in checked)) return checked;
      const refusals = refusalsOf(checked, admitted.viewer, admitted.coerced);
      const planned = plan(checked, admitted.viewer);
      return planned.plan.node ? { ...admitted, planned, refusals } : refusals;
    },

    async execute({ planned, variables, refusals, cost, network }, requestId, fetch) {
      const { node } = planned.plan;
      if (node?.kind === 'Subscription') throw new Error('a subscription is not executed but subscribed to');
      const turn = await turnOf(network, cost);
      if (turn instanceof GraphQLError) return { data: null, errors: [turn] };
      try {
        const answer = await deps.executor({ checked: planned.checked, node, variables, fetch });
        const errors = [...refusals, ...clientErrorsOf(answer.errors, answer.data, requestId, deps.logger)];
        deps.onErrors(errors.map(codeOf));
        return { data: answer.data, errors };
      } finally {
        turn();
      }
    },
  };
}

const SERVED_ELSEWHERE: Readonly<Record<OperationTypeNode, string>> = {
  query: 'Queries are not served here.',
  mutation: 'Mutations go over HTTP: only there can an answer set cookies, and be repeated safely.',
  subscription: 'Subscriptions are served over WebSocket (graphql-transport-ws), or with Accept: text/event-stream, at the same address.',
};

function codeOf(error: GraphQLError): string {
  const { code } = rootErrorOf(error).extensions;
  return typeof code === 'string' ? code : 'INTERNAL_SERVER_ERROR';
}

function rootErrorOf(error: GraphQLError): GraphQLError {
  return error.originalError instanceof GraphQLError ? error.originalError : error;
}

function cannotTell(): AppError {
  return new AppError('SERVICE_UNAVAILABLE', 'Your session cannot be checked right now. Try again shortly.');
}

function statusOf(error: AppError): number {
  if (retryAfterOf(error) > 0) return 429;
  if (error.code === 'SERVICE_UNAVAILABLE') return 503;
  return error.code === 'UNAUTHENTICATED' ? 401 : 400;
}

/** With fragments followed; a field that @skip or @include leaves out counts, too. */
function rootFieldsOf(checked: CheckedOperation): readonly FieldNode[] {
  const fields: FieldNode[] = [];
  const collect = (set: SelectionSetNode): void => {
    for (const selection of set.selections) {
      if (selection.kind === Kind.FIELD) fields.push(selection);
      else if (selection.kind === Kind.INLINE_FRAGMENT) collect(selection.selectionSet);
      else {
        const fragment = checked.fragments[selection.name.value];
        if (fragment) collect(fragment.selectionSet);
      }
    }
  };
  collect(checked.operation.selectionSet);
  return fields;
}
