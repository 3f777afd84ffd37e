import type { FastifyReply, FastifyRequest } from 'fastify';
import type { GraphQLFormattedError } from 'graphql';
import { unauthenticated } from '../../kit/graphql/errors.ts';
import { rateLimited } from '../limits/rate-limits.ts';
import { remainingMs } from '../session/access-token.ts';
import type { RequestSession, SessionRequest, Sessions } from '../session/sessions.ts';
import { watchBackpressure } from './backpressure.ts';
import { CLOSE } from './protocol.ts';
import type { OperationSink } from './protocol.ts';
import type { SocketOperations } from './socket-operations.ts';
import type { SocketRegistry } from './socket-registry.ts';
import { payloadOf } from './stream-request.ts';

/** Below the minute after which many proxies cut a silent connection. */
const COMMENT_EVERY_MS = 15_000;
const RETRY_AFTER_SECONDS = 5;
const SESSION_ENDED: number = CLOSE.unauthorized;

export type EventStreams = {
  /** Answers with a stream of events; or, when the operation is refused before it began, as an ordinary request is answered. */
  readonly serve: (request: FastifyRequest, reply: FastifyReply, from: SessionRequest) => Promise<FastifyReply>;
  /** Breaks all of them off: that is what makes a client come back, elsewhere. */
  readonly close: () => void;
};

/**
 * GraphQL over Server-Sent Events, each operation on a connection of its own ("distinct connections mode"). The same operations as on a WebSocket, with
 * the same caps: what a session may hold open does not depend on how it is carried.
 */
export function createEventStreams(deps: { sessions: Sessions; registry: SocketRegistry; operations: SocketOperations }): EventStreams {
  const streams = new Set<{ destroy: () => void }>();
  let isClosed = false;

  async function serve(request: FastifyRequest, reply: FastifyReply, from: SessionRequest): Promise<FastifyReply> {
    const payload = payloadOf(request);
    const releases = [deps.registry.reserveAddress(from.address)];
    // However the connection ends, also while we are still asking who it is.
    reply.raw.once('close', () => releases.forEach((release) => release?.()));
    if (!releases[0]) throw rateLimited(RETRY_AFTER_SECONDS);
    const session = await deps.sessions.resolve(from, { mayRefresh: true });
    reply.header('x-request-id', from.requestId).header('cache-control', 'no-store, no-transform');
    if (session.cookies.length > 0) reply.header('set-cookie', [...session.cookies]);
    if (session.viewer) {
      const releaseUser = deps.registry.reserveUser(session.viewer.userId);
      if (!releaseUser) throw rateLimited(RETRY_AFTER_SECONDS);
      releases.push(releaseUser);
      if (reply.raw.destroyed) releaseUser();
    }
    if (isClosed) reply.raw.destroy();
    // Its close has been told already: whatever were opened now would stay open.
    if (reply.raw.destroyed) return reply.hijack();
    return run(payload, reply, from, session);
  }

  async function run(
    payload: ReturnType<typeof payloadOf>,
    reply: FastifyReply,
    from: SessionRequest,
    session: RequestSession,
  ): Promise<FastifyReply> {
    const { raw } = reply;
    let isOpen = false;
    let isEnded = raw.destroyed;
    let refusal: readonly GraphQLFormattedError[] = [];
    let stop: (() => void) | null = null;
    const destroy = (): void => void raw.destroy();
    const backpressure = watchBackpressure({
      get bufferedAmount() {
        return raw.writableLength;
      },
      close: destroy,
    });
    const write = (text: string): void => {
      raw.write(text);
      backpressure.wrote(text.length);
    };
    const end = (say: string): void => {
      if (isEnded) return;
      isEnded = true;
      stop?.();
      if (isOpen) raw.end(say);
    };
    const sink: OperationSink = {
      next: ({ texts }) => {
        if (!isEnded) write(texts.map((text) => `event: next\ndata: ${text}\n\n`).join(''));
      },
      fail: (errors) => {
        if (!isOpen) refusal = errors;
        end(`event: next\ndata: ${JSON.stringify({ errors })}\n\n${COMPLETE}`);
      },
      complete: () => end(COMPLETE),
    };
    const unregister = deps.registry.add({
      token: session.token,
      close: (code) => {
        // Only a session that is over is said to be; after anything else the client is to try again.
        if (code === SESSION_ENDED && isOpen) sink.fail([unauthenticated().toJSON()]);
        else destroy();
      },
    });
    const comments = setInterval(() => {
      if (isOpen && !isEnded && backpressure.isWritable()) raw.write(':\n\n');
    }, COMMENT_EVERY_MS);
    comments.unref();
    const expiry = session.token && setTimeout(destroy, remainingMs(session.token));
    const stream = { destroy };
    streams.add(stream);
    raw.once('close', () => {
      streams.delete(stream);
      if (expiry) clearTimeout(expiry);
      clearInterval(comments);
      unregister();
      backpressure.close();
      end('');
    });

    const start = deps.operations.forSocket({
      session: async () => session,
      address: from.address,
      requestId: from.requestId,
      isWritable: backpressure.isWritable,
      onceWritable: backpressure.onceWritable,
      close: (code) => (code === SESSION_ENDED ? sink.fail([unauthenticated().toJSON()]) : destroy()),
      onAdmitted: () => {
        if (isEnded) return;
        isOpen = true;
        reply.hijack();
        for (const [name, value] of Object.entries(reply.getHeaders())) if (value !== undefined) raw.setHeader(name, value);
        raw.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'x-accel-buffering': 'no' });
        // Tells the client that it is connected, long before anything may happen.
        raw.write(':\n\n');
      },
    });
    const stopOperation = await start(payload, sink);
    if (isEnded) stopOperation();
    else stop = stopOperation;
    if (isOpen) return reply;
    const retryAfter = Math.max(0, ...refusal.map(retryAfterIn));
    if (retryAfter > 0) reply.header('retry-after', String(retryAfter));
    return reply.code(statusOf(refusal)).send({ errors: refusal });
  }

  return {
    serve,
    close() {
      isClosed = true;
      for (const { destroy } of streams) destroy();
    },
  };
}

const COMPLETE = 'event: complete\ndata:\n\n';

const STATUSES: Readonly<Record<string, number>> = { RATE_LIMITED: 429, SERVICE_UNAVAILABLE: 503, UNAUTHENTICATED: 401 };

function statusOf([first]: readonly GraphQLFormattedError[]): number {
  return STATUSES[String(first?.extensions?.['code'])] ?? 400;
}

function retryAfterIn({ extensions }: GraphQLFormattedError): number {
  const seconds = extensions?.['retryAfterSeconds'];
  return typeof seconds === 'number' ? seconds : 0;
}
