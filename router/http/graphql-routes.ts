import type { ApolloServer } from '@apollo/server';
import { HeaderMap } from '@apollo/server';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { GraphQLError } from 'graphql';
import { AppError } from '../../kit/graphql/errors.ts';
import type { Logger } from '../../kit/runtime/logger.ts';
import { newId } from '../../kit/values/ids.ts';
import type { RateLimits } from '../limits/rate-limits.ts';
import { retryAfterOf } from '../limits/rate-limits.ts';
import type { Safelist } from '../operation/safelist.ts';
import type { Tracing } from '../tracing.ts';
import type { HttpContext } from './graphql-server.ts';
import type { EventStreams } from '../subscriptions/event-streams.ts';
import { isForgeableStream, wantsEventStream } from '../subscriptions/stream-request.ts';
import { networkOf } from './client-address.ts';
import { withPersistedDocument } from './persisted-documents.ts';
import type { Origins } from './origins.ts';
import type { UnsentAnswers } from './unsent-answers.ts';

export const GRAPHQL_PATH = '/graphql';

/** POST and GET /graphql. A browser that opens the address gets the Playground instead. */
export function serveGraphql(deps: {
  app: FastifyInstance;
  apollo: ApolloServer<HttpContext>;
  origins: Origins;
  rateLimits: RateLimits;
  unsentAnswers: UnsentAnswers;
  safelist: Safelist;
  streams: EventStreams;
  tracing: Tracing;
  logger: Logger;
  playground: (reply: FastifyReply) => Promise<FastifyReply>;
  onAnswered: (status: number, seconds: number) => void;
}): void {
  async function answer(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const started = performance.now();
    const received = contextOf(request);
    if (wantsEventStream(request) && request.method !== 'HEAD') return deps.streams.serve(request, reply, received.request);
    const traced = {
      name: `${request.method} ${GRAPHQL_PATH}`,
      kind: 'server',
      parent: received.traceparent,
      attributes: { 'request.id': received.request.requestId },
    } as const;
    return deps.tracing.span(traced, (traceparent) => execute(request, reply, { ...received, traceparent }, started));
  }

  async function execute(request: FastifyRequest, reply: FastifyReply, context: HttpContext, started: number): Promise<FastifyReply> {
    const { body, headers, status } = await deps.apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: {
        method: request.method,
        headers: headerMapOf(request),
        ...withPersistedDocument(deps.safelist, { search: searchOf(request.url), body: request.body }),
      },
      context: async () => context,
    });
    const { cookies, retryAfterSeconds } = context.outcome;
    for (const [name, value] of headers) reply.header(name, value);
    reply.header('cache-control', 'no-store').header('x-request-id', context.request.requestId);
    if (cookies.length > 0) reply.header('set-cookie', [...cookies]);
    if (retryAfterSeconds > 0) reply.header('retry-after', String(retryAfterSeconds));
    reply.code(status ?? 200);
    const milliseconds = performance.now() - started;
    deps.onAnswered(status ?? 200, milliseconds / 1_000);
    deps.logger.debug({ requestId: context.request.requestId, status: status ?? 200, milliseconds }, 'a request was answered');
    // Deferred and streamed answers are not offered, so the body is always whole.
    if (body.kind !== 'complete') throw new Error('an answer in parts was not expected');
    deps.unsentAnswers.sends(networkOf(request.ip), body.string.length, reply.raw);
    return reply.send(body.string);
  }

  async function guard(request: FastifyRequest): Promise<void> {
    const objection = deps.origins.objectionTo(
      {
        origin: request.headers.origin,
        secFetchSite: headerOf(request, 'sec-fetch-site'),
        hasCookie: request.headers.cookie !== undefined,
      },
      { isUpgrade: false },
    );
    if (objection !== null) throw new AppError('FORBIDDEN', objection);
    if (wantsEventStream(request) && isForgeableStream(request))
      throw new AppError('FORBIDDEN', 'A stream with a session cookie needs an Origin or Sec-Fetch-Site header.');
    const address = networkOf(request.ip);
    deps.unsentAnswers.mayAsk(address);
    await deps.rateLimits.consume([{ limit: 'address', key: address }]);
  }

  // Whoever types the bare address is looking for the Playground.
  deps.app.get('/', async (_request, reply) => reply.redirect(GRAPHQL_PATH));
  deps.app.post(GRAPHQL_PATH, { onRequest: guard }, (request, reply) => answer(request, reply));
  deps.app.get(GRAPHQL_PATH, async (request, reply) => {
    if (wantsHtml(request)) return deps.playground(reply);
    await guard(request);
    return answer(request, reply);
  });
}

/** Refusals outside of GraphQL (too large, not JSON, wrong origin, too often) look like GraphQL's own. */
export function answerErrorsAsGraphql({ app, logger }: { app: FastifyInstance; logger: Logger }): void {
  app.addHook('onRequest', (request, reply, done) => {
    // It was on its way behind another one, and its client has hung up: nobody can be asked whom to count it for, or be answered.
    if (request.raw.socket.remoteAddress === undefined) reply.hijack();
    else done();
  });
  app.setErrorHandler(async (error, _request, reply) => {
    const requestId = String(reply.getHeader('x-request-id') ?? newId('req'));
    reply.header('x-request-id', requestId);
    if (error instanceof GraphQLError && !(error instanceof AppError))
      return reply.code(400).send({ errors: [{ message: error.message, extensions: error.extensions }] });
    if (error instanceof AppError) {
      const retryAfter = retryAfterOf(error);
      if (retryAfter > 0) reply.header('retry-after', String(retryAfter));
      const status = retryAfter > 0 ? 429 : (REFUSAL_STATUSES[error.code] ?? 400);
      return reply.code(status).send({ errors: [{ message: error.message, extensions: error.extensions }] });
    }
    const status = statusOf(error);
    if (status < 500)
      return reply
        .code(status)
        .send({ errors: [{ message: CLIENT_MISTAKES[status] ?? 'The request is not valid.', extensions: { code: 'BAD_REQUEST' } }] });
    logger.error({ err: error, requestId }, 'a request failed');
    return reply
      .code(500)
      .send({ errors: [{ message: 'Something went wrong on our side.', extensions: { code: 'INTERNAL_SERVER_ERROR', requestId } }] });
  });
  app.setNotFoundHandler(async (_request, reply) =>
    reply
      .code(404)
      .send({ errors: [{ message: 'There is nothing here. GraphQL is served at /graphql.', extensions: { code: 'NOT_FOUND' } }] }),
  );
}

/** For addresses that Fastify refuses before any route: its own words would tell what serves here. */
export function answerBadAddress(error: unknown, _request: FastifyRequest, reply: FastifyReply): void {
  void reply.code(statusOf(error)).send({ errors: [{ message: 'The address is not valid.', extensions: { code: 'BAD_REQUEST' } }] });
}

const REFUSAL_STATUSES: Readonly<Record<string, number>> = { FORBIDDEN: 403, UNAUTHENTICATED: 401 };

const CLIENT_MISTAKES: Readonly<Record<number, string>> = {
  400: 'The body is not valid JSON.',
  413: 'The request is too large.',
  415: 'Send application/json.',
};

function statusOf(error: unknown): number {
  const status = typeof error === 'object' && error !== null && 'statusCode' in error ? error.statusCode : undefined;
  return typeof status === 'number' && status >= 400 ? status : 500;
}

function contextOf(request: FastifyRequest): HttpContext {
  return {
    request: {
      cookieHeader: request.headers.cookie,
      authorization: request.headers.authorization,
      userAgent: request.headers['user-agent'],
      address: request.ip,
      requestId: newId('req'),
    },
    idempotencyKey: idempotencyKeyOf(request),
    traceparent: headerOf(request, 'traceparent'),
    outcome: { admitted: null, cookies: [], retryAfterSeconds: 0 },
  };
}

const FORWARDED_MAX_LENGTH = 1_000;

function headerOf(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' && value !== '' && value.length <= FORWARDED_MAX_LENGTH ? value : undefined;
}

/** Cut off, not left out: what is too long is the subgraph's to refuse; ignored, a repeated purchase would be a second one. */
function idempotencyKeyOf(request: FastifyRequest): string | undefined {
  const value = request.headers['idempotency-key'];
  return typeof value === 'string' && value !== '' ? value.slice(0, FORWARDED_MAX_LENGTH) : undefined;
}

function headerMapOf(request: FastifyRequest): HeaderMap {
  const headers = new HeaderMap();
  for (const [name, value] of Object.entries(request.headers))
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  return headers;
}

function searchOf(url: string): string {
  const start = url.indexOf('?');
  return start < 0 ? '' : url.slice(start);
}

function wantsHtml(request: FastifyRequest): boolean {
  return request.headers.accept?.includes('text/html') ?? false;
}
