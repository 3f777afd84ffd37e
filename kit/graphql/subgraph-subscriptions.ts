import type { Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ExecutionArgs, ExecutionResult, FormattedExecutionResult, GraphQLSchema } from 'graphql';
import { createSourceEventStream, execute, GraphQLError, parse, validate } from 'graphql';
import { CloseCode, makeServer } from 'graphql-ws';
import { WebSocketServer } from 'ws';
import type { IncomingMessage } from 'node:http';
import { newId } from '../values/ids.ts';
import { isForClients, maskedError, rootCause, unavailableError } from './errors.ts';
import type { Identity, IdentityVerifier } from './identity.ts';
import type { SubgraphRequest } from './subgraph-request.ts';

/** Where the identity of one operation travels: a router multiplexes many viewers over one connection. */
export const IDENTITY_EXTENSION = 'identity';

const MAX_PAYLOAD_BYTES = 256 * 1024;

type FormattedError = NonNullable<FormattedExecutionResult['errors']>[number];

/** What `onSubscribe` below hands to `subscribe`. */
type Subscribing = ExecutionArgs & { readonly createContext?: () => object };

type Deps = {
  readonly httpServer: Server;
  readonly schema: GraphQLSchema;
  readonly verifier: IdentityVerifier;
  readonly createContext: (request: SubgraphRequest) => object;
  readonly logUnexpected: (error: unknown, requestId: string) => void;
  readonly isUnavailable: (error: unknown) => boolean;
};

/** graphql-ws on /graphql. Every operation proves its own identity; the connection itself proves nothing. */
export function serveSubscriptions(deps: Deps): { close: () => Promise<void> } {
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_PAYLOAD_BYTES,
    handleProtocols: (offered) => (offered.has('graphql-transport-ws') ? 'graphql-transport-ws' : false),
  });

  const protocol = makeServer({
    connectionInitWaitTimeout: 3_000,
    execute,
    subscribe: (args: Subscribing) => subscribeAnew(args),
    onSubscribe: async (_context, _id, payload) => {
      const token = payload.extensions?.[IDENTITY_EXTENSION];
      const identity = typeof token === 'string' ? await deps.verifier.verify(token) : null;
      if (!identity) return [new GraphQLError('This subgraph answers its router only.', { extensions: { code: 'UNAUTHENTICATED' } })];
      try {
        const document = parse(payload.query, { maxTokens: 10_000 });
        const errors = validate(deps.schema, document);
        if (errors.length > 0) return errors;
        const request = requestOf(identity, payload.extensions?.['requestId']);
        return {
          schema: deps.schema,
          document,
          operationName: payload.operationName ?? null,
          variableValues: payload.variables ?? null,
          contextValue: deps.createContext(request),
          createContext: () => deps.createContext(request),
        };
      } catch (error) {
        // graphql-ws closes the whole socket on a throw here, and with it every other viewer's stream.
        return [error instanceof GraphQLError ? error : new GraphQLError('The operation cannot be read.')];
      }
    },
    onNext: (_context, _id, _payload, _args, result) => ({
      data: result.data ?? null,
      ...(result.errors ? { errors: result.errors.map(toClientError) } : {}),
    }),
    onError: (_context, _id, _payload, errors) => errors.map(toClientError),
  });

  function toClientError(error: GraphQLError): FormattedError {
    if (isForClients(error)) return error.toJSON();
    const requestId = newId('err');
    deps.logUnexpected(error, requestId);
    return deps.isUnavailable(rootCause(error)) ? unavailableError(error.toJSON(), requestId) : maskedError(error.toJSON(), requestId);
  }

  function onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (new URL(request.url ?? '/', 'http://subgraph').pathname !== '/graphql') {
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const closed = protocol.opened(
        {
          protocol: webSocket.protocol,
          send: (data) =>
            new Promise((resolve, reject) => {
              webSocket.send(data, (error) => (error ? reject(error) : resolve()));
            }),
          close: (code, reason) => webSocket.close(code, reason),
          onMessage: (listener) => {
            webSocket.on('message', (data: Buffer) => {
              listener(data.toString()).catch((error: unknown) => {
                deps.logUnexpected(error, newId('err'));
                webSocket.close(CloseCode.InternalServerError, 'Internal server error');
              });
            });
          },
        },
        { socket: webSocket, request },
      );
      webSocket.on('error', () => webSocket.terminate());
      webSocket.once('close', (code, reason) => void closed(code, reason.toString()));
    });
  }
  deps.httpServer.on('upgrade', onUpgrade);

  return {
    close: async () => {
      deps.httpServer.off('upgrade', onUpgrade);
      for (const webSocket of sockets.clients) webSocket.close(1001, 'Going away');
      const deadline = setTimeout(() => {
        for (const webSocket of sockets.clients) webSocket.terminate();
      }, 500);
      await new Promise<void>((resolve) => sockets.close(() => resolve()));
      clearTimeout(deadline);
    },
  };
}

/**
 * graphql's `subscribe`, with a context of its own for every event: a subscription may live for hours, and its loaders would answer with what they
 * read for the first event. Written by hand, because `return()` of an `async function*` waits behind a pending `next()`.
 */
async function subscribeAnew({ createContext, ...args }: Subscribing): Promise<AsyncIterableIterator<ExecutionResult> | ExecutionResult> {
  const source = await createSourceEventStream(args);
  if (!(Symbol.asyncIterator in source)) return source;
  const events = source[Symbol.asyncIterator]();
  const answers: AsyncIterableIterator<ExecutionResult> = {
    [Symbol.asyncIterator]: () => answers,
    next: async () => {
      const event = await events.next();
      if (event.done) return { value: undefined, done: true };
      return { value: await execute({ ...args, rootValue: event.value, contextValue: createContext?.() }), done: false };
    },
    return: async () => {
      await events.return?.();
      return { value: undefined, done: true };
    },
    throw: async (error: unknown) => {
      await events.return?.();
      throw error;
    },
  };
  return answers;
}

function requestOf(identity: Identity, requestId: unknown): SubgraphRequest {
  return { identity, requestId: typeof requestId === 'string' ? requestId : newId('req'), idempotencyKey: undefined, extensions: {} };
}
