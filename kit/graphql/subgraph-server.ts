import type { Server } from 'node:http';
import { STATUS_CODES } from 'node:http';
import type { ApolloServerPlugin, BaseContext } from '@apollo/server';
import { ApolloServer } from '@apollo/server';
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { fastifyApolloHandler } from '@as-integrations/fastify';
import type { FastifyInstance } from 'fastify';
import fastify from 'fastify';
import { parse } from 'graphql';
import { newId } from '../values/ids.ts';
import { createCompiledQueries } from './compiled-queries.ts';
import type { FormattedError } from './errors.ts';
import { AppError, isForClients, maskedError, rootCause, unavailableError } from './errors.ts';
import type { Identity, IdentityVerifier } from './identity.ts';
import { IDENTITY_HEADER } from './identity.ts';
import type { SubgraphRequest } from './subgraph-request.ts';
import { serveSubscriptions } from './subgraph-subscriptions.ts';

type Log = {
  readonly error: (details: Record<string, unknown>, message: string) => void;
  readonly warn: (details: Record<string, unknown>, message: string) => void;
};

export type SubgraphServerDeps<Context extends BaseContext> = {
  readonly name: string;
  readonly typeDefs: string;
  /** Codegen's resolver types and Apollo's map describe the same thing and do not know each other: checked where they are made. */
  readonly resolvers: object;
  readonly verifier: IdentityVerifier;
  readonly createContext: (request: SubgraphRequest) => Context;
  readonly logger: Log;
  /** Whether an error means that a server we depend on is away: then the client is told to try again, not that something broke. */
  readonly isUnavailable: (error: unknown) => boolean;
  readonly introspection: boolean;
  /** Fields with large lists below them: queries with one are compiled. */
  readonly compiledFields?: readonly string[];
  /** Answers while the process lives; `ready` is asked for /readyz. */
  readonly ready: () => Promise<boolean>;
  readonly routes?: (app: FastifyInstance) => void;
};

export type SubgraphServer = { readonly app: FastifyInstance; readonly httpServer: Server; readonly close: () => Promise<void> };

/** The router's entity fetches carry long lists of keys; a client's own documents were limited before they got here. */
const BODY_LIMIT_BYTES = 4 * 1024 * 1024;
const MAX_TOKENS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;

/** Rides along in the resolvers' context; a property, because Apollo Server executes with a copy of the object it was given. */
const REQUEST = Symbol('request');
type WithRequest = { readonly [REQUEST]?: SubgraphRequest };

/** A subgraph as an HTTP server: POST /graphql for whoever proves an identity, subscriptions over WebSocket on the same path, /health and /readyz. */
export async function createSubgraphServer<Context extends BaseContext>(deps: SubgraphServerDeps<Context>): Promise<SubgraphServer> {
  const schema = buildSubgraphSchema({ typeDefs: parse(deps.typeDefs), resolvers: { ...deps.resolvers } });
  const extensionsPlugin: ApolloServerPlugin<Context> = {
    requestDidStart: async () => ({
      willSendResponse: async ({ contextValue, response }) => {
        const request = (contextValue as WithRequest)[REQUEST];
        if (!request || Object.keys(request.extensions).length === 0) return;
        if (response.body.kind === 'single')
          response.body.singleResult.extensions = { ...response.body.singleResult.extensions, ...request.extensions };
      },
    }),
  };

  const logUnexpected = (error: unknown, requestId: string): void => {
    const cause = rootCause(error);
    if (cause instanceof AppError) {
      if (cause.cause !== undefined) deps.logger.warn({ err: cause.cause, code: cause.code, requestId }, cause.message);
      return;
    }
    if (isForClients(error)) return;
    if (deps.isUnavailable(cause)) deps.logger.warn({ err: cause, requestId }, 'a server this subgraph depends on is away');
    else deps.logger.error({ err: cause, requestId }, 'a resolver failed');
  };

  function formatError(formatted: FormattedError, error: unknown): FormattedError {
    const requestId = newId('err');
    logUnexpected(error, requestId);
    if (isForClients(error)) return formatted;
    return deps.isUnavailable(rootCause(error)) ? unavailableError(formatted, requestId) : maskedError(formatted, requestId);
  }

  const apollo = new ApolloServer<Context>({
    schema,
    introspection: deps.introspection,
    parseOptions: { maxTokens: MAX_TOKENS },
    stopOnTerminationSignals: false,
    includeStacktraceInErrorResponses: false,
    // Callers are our own processes, never browsers: none comes in without a signed identity.
    csrfPrevention: false,
    plugins: [
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      // Nothing caches our answers, and it would look at every field of every seat.
      ApolloServerPluginCacheControlDisabled(),
      extensionsPlugin,
      createCompiledQueries({ schema, fields: new Set(deps.compiledFields), formatError }),
    ],
    formatError,
  });
  await apollo.start();

  const app = fastify({ bodyLimit: BODY_LIMIT_BYTES, requestTimeout: REQUEST_TIMEOUT_MS, forceCloseConnections: true, logger: false });

  answerErrorsPlainly(app, deps);
  const identities = new WeakMap<object, Identity>();
  app.addHook('onRequest', async (request, reply) => {
    if (!request.url.startsWith('/graphql')) return;
    const token = request.headers[IDENTITY_HEADER];
    const identity = typeof token === 'string' ? await deps.verifier.verify(token) : null;
    if (!identity) {
      await reply
        .code(401)
        .send({ errors: [{ message: 'This subgraph answers its router only.', extensions: { code: 'UNAUTHENTICATED' } }] });
      return;
    }
    identities.set(request, identity);
  });
  app.post(
    '/graphql',
    fastifyApolloHandler(apollo, {
      context: async (request) => {
        const identity = identities.get(request);
        if (!identity) throw new AppError('UNAUTHENTICATED', 'This subgraph answers its router only.');
        const started: SubgraphRequest = {
          identity,
          requestId: singleHeader(request.headers['x-request-id']) ?? newId('req'),
          // Whatever its length: too long is for the resolver to refuse, not for us to ignore.
          idempotencyKey: request.headers['idempotency-key']?.toString(),
          extensions: {},
        };
        return { ...deps.createContext(started), [REQUEST]: started };
      },
    }),
  );
  app.get('/health', async () => ({ status: 'ok', subgraph: deps.name }));
  app.get('/readyz', async (_request, reply) => {
    const ready = await deps.ready().catch(() => false);
    return reply.code(ready ? 200 : 503).send({ status: ready ? 'ok' : 'unavailable', subgraph: deps.name });
  });
  deps.routes?.(app);
  // The caller listens on the bare server; without this Fastify would not have put its routes together yet.
  await app.ready();

  const subscriptions = serveSubscriptions({
    httpServer: app.server,
    schema,
    verifier: deps.verifier,
    createContext: deps.createContext,
    logUnexpected,
    isUnavailable: deps.isUnavailable,
  });

  return {
    app,
    httpServer: app.server,
    close: async () => {
      await subscriptions.close();
      await app.close();
      await apollo.stop();
    },
  };
}

/** Some routes are passed on to the public: Fastify's own answers would tell it what serves here, and what a driver said. */
function answerErrorsPlainly(
  app: FastifyInstance,
  { logger, isUnavailable }: { logger: Log; isUnavailable: (error: unknown) => boolean },
): void {
  app.setErrorHandler(async (error, _request, reply) => {
    const said = typeof error === 'object' && error !== null && 'statusCode' in error ? Number(error.statusCode) : 500;
    const status = isUnavailable(error) ? 503 : said >= 400 && said < 500 ? said : 500;
    if (status === 503) logger.warn({ err: error }, 'a server this subgraph depends on is away');
    if (status === 500) logger.error({ err: error }, 'a request failed');
    return reply
      .code(status)
      .type('text/plain')
      .send(`${STATUS_CODES[status] ?? 'Bad Request'}\n`);
  });
  app.setNotFoundHandler(async (_request, reply) => reply.code(404).type('text/plain').send('Not Found\n'));
}

function singleHeader(value: string | string[] | undefined): string | undefined {
  return typeof value === 'string' && value.length > 0 && value.length <= 1_000 ? value : undefined;
}
