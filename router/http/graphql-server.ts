import type { ApolloServerPlugin } from '@apollo/server';
import { ApolloServer, HeaderMap } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled';
import { OperationTypeNode } from 'graphql';
import { DOCUMENT_LIMITS } from '../../kit/graphql/document-limits.ts';
import type { Logger } from '../../kit/runtime/logger.ts';
import { formatForClient } from '../errors.ts';
import type { Fetches } from '../execute/fetches.ts';
import { retryAfterOf } from '../limits/rate-limits.ts';
import type { AdmittedOperation, Pipeline } from '../operation/pipeline.ts';
import { createRememberedDocuments } from '../operation/remembered-documents.ts';
import type { CookieSettings } from '../session/cookies.ts';
import { clearedCookies, cookiesOf } from '../session/cookies.ts';
import { parseSessionExtension } from '../session/session-extension.ts';
import type { SessionRequest, Sessions } from '../session/sessions.ts';
import type { GatewayExecutor } from '../supergraph/gateway.ts';
import { createGateway } from '../supergraph/gateway.ts';
import type { SupergraphSource } from '../supergraph/supergraph-source.ts';

/** What belongs to one HTTP request, from its headers to those of its answer. */
export type HttpContext = {
  readonly request: SessionRequest;
  readonly idempotencyKey: string | undefined;
  readonly traceparent: string | undefined;
  /** An object of its own: Apollo Server clones the context, and only what hangs on it is the same for all. */
  readonly outcome: {
    admitted: AdmittedOperation | null;
    /** Set-Cookie lines; what auth says during the operation replaces what a refresh before it said. */
    cookies: readonly string[];
    retryAfterSeconds: number;
  };
};

/** A line for the same cookie, or for the same place of it, follows. */
function isReplaced(line: string, by: readonly string[]): boolean {
  return by.some((other) => cookiePlace(other) === cookiePlace(line));
}

function cookiePlace(line: string): string {
  const [pair = '', ...attributes] = line.split('; ');
  return [pair.split('=', 1)[0], ...attributes.filter((attribute) => /^(?:Domain|Path)=/.test(attribute))].join(';');
}

const SERVED: ReadonlySet<OperationTypeNode> = new Set([OperationTypeNode.QUERY, OperationTypeNode.MUTATION]);

function isHttpContext(context: object): context is HttpContext {
  return 'outcome' in context && 'request' in context;
}

/** Apollo Server speaks GraphQL over HTTP (content types, status codes, CSRF); checking, planning and executing are ours. */
export function createGraphqlServer(deps: {
  supergraphs: SupergraphSource;
  pipeline: Pipeline;
  sessions: Sessions;
  fetches: Fetches;
  cookies: CookieSettings;
  logger: Logger;
}): ApolloServer<HttpContext> {
  const execute: GatewayExecutor = async (requestContext) => {
    const { context } = requestContext;
    if (!isHttpContext(context) || !context.outcome.admitted)
      throw new Error('an operation came to execution without having been admitted');
    const { admitted } = context.outcome;
    const { session } = admitted;
    const answer = await deps.pipeline.execute(
      admitted,
      context.request.requestId,
      deps.fetches.forRequest({
        viewer: session.viewer,
        requestId: context.request.requestId,
        session: session.material,
        idempotencyKey: context.idempotencyKey,
        traceparent: context.traceparent,
        onSessionExtension: (extension) => {
          const change = parseSessionExtension(extension);
          if (!change) return;
          const said = change.kind === 'set' ? cookiesOf(change.tokens, deps.cookies, new Date()) : clearedCookies(deps.cookies);
          context.outcome.cookies = [...session.cookies.filter((line) => !isReplaced(line, said)), ...said];
        },
      }),
    );
    context.outcome.retryAfterSeconds = Math.max(0, ...answer.errors.map((error) => retryAfterOf(error.originalError)));
    return { data: answer.data ?? null, ...(answer.errors.length > 0 ? { errors: answer.errors } : {}) };
  };

  const admission: ApolloServerPlugin<HttpContext> = {
    requestDidStart: async ({ request: received }) => {
      // Apollo Server finds no operation of this name, and then lets one through that it has not looked at: a mutation in a GET.
      if (received.operationName === '') delete received.operationName;
      return {
        responseForOperation: async ({ document, request, contextValue }) => {
          const outcome = await deps.pipeline.admit({
            document,
            operationName: request.operationName,
            variables: request.variables,
            serves: SERVED,
            address: contextValue.request.address,
            session: async (options) => {
              const session = await deps.sessions.resolve(contextValue.request, options);
              contextValue.outcome.cookies = session.cookies;
              return session;
            },
          });
          if (outcome.kind === 'admitted') {
            contextValue.outcome.admitted = outcome;
            return null;
          }
          contextValue.outcome.retryAfterSeconds = Math.max(0, ...outcome.errors.map(retryAfterOf));
          const errors = outcome.errors.map((error) => formatForClient(error, contextValue.request.requestId, deps.logger));
          return { body: { kind: 'single', singleResult: { errors } }, http: { status: outcome.status, headers: new HeaderMap() } };
        },
      };
    },
  };

  // Errors reach formatError without their request, so the id of a masked one is found by the error itself.
  const requestIds = new WeakMap<object, string>();
  const remember: ApolloServerPlugin<HttpContext> = {
    requestDidStart: async ({ contextValue }) => ({
      didEncounterErrors: async ({ errors }) => {
        for (const error of errors) requestIds.set(error, contextValue.request.requestId);
      },
    }),
  };

  const parsed = createRememberedDocuments();
  return new ApolloServer<HttpContext>({
    gateway: createGateway({ supergraphs: deps.supergraphs, executor: execute }),
    plugins: [
      admission,
      remember,
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
    ],
    // The admission plugin validates, after the limits that make validating safe.
    dangerouslyDisableValidation: true,
    introspection: true,
    parseOptions: { maxTokens: DOCUMENT_LIMITS.tokens },
    persistedQueries: false,
    // The default prints for people, which costs as much as shaping the answer did.
    stringifyResult: (value) => JSON.stringify(value),
    // Plans hang on parsed documents, so this bounds both, whatever a client makes up.
    documentStore: {
      get: async (key) => parsed.get(key),
      set: async (key, document) => parsed.set(key, document),
      delete: async (key) => parsed.delete(key),
    },
    csrfPrevention: true,
    stopOnTerminationSignals: false,
    includeStacktraceInErrorResponses: false,
    logger: deps.logger,
    formatError: (_formatted, error) =>
      formatForClient(error, (typeof error === 'object' && error !== null ? requestIds.get(error) : undefined) ?? 'unknown', deps.logger),
  });
}
