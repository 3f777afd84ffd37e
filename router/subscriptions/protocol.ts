import type { SubscribePayload } from 'graphql-ws';
import { CloseCode, MessageType, parseMessage } from 'graphql-ws';
import type { GraphQLFormattedError } from 'graphql';
import type { SharedPayload } from './shared-payload.ts';

/** Close codes: those of graphql-transport-ws, and ours. Clients give up on 4401 and come back after 4403. */
export const CLOSE = {
  badRequest: CloseCode.BadRequest,
  /** Also: the session was ended. */
  unauthorized: CloseCode.Unauthorized,
  expired: CloseCode.Forbidden,
  badSubprotocol: CloseCode.SubprotocolNotAcceptable,
  noInit: CloseCode.ConnectionInitialisationTimeout,
  duplicateOperation: CloseCode.SubscriberAlreadyExists,
  secondInit: CloseCode.TooManyInitialisationRequests,
  goingAway: 1001,
  tooSlow: 1013,
} as const;

/** What one operation may say to its client; after `fail` or `complete`, and once the client has completed it, nothing is sent any more. */
export type OperationSink = {
  readonly next: (payload: SharedPayload) => void;
  readonly fail: (errors: readonly GraphQLFormattedError[]) => void;
  readonly complete: () => void;
};

/** Starts an operation; never rejects. Answers how to stop it. */
export type StartOperation = (payload: SubscribePayload, sink: OperationSink) => Promise<() => void>;

export type Protocol = {
  readonly receive: (text: string) => void;
  /** The socket is gone: everything it started ends. */
  readonly closed: () => void;
};

type Operation = { stopped: boolean; stop: (() => void) | null };

const ACK = JSON.stringify({ type: MessageType.ConnectionAck });

/**
 * graphql-transport-ws, the server's side, without a socket. Written here because a shared event must reach each socket as one ready frame, and because an
 * operation that fails must never take the socket, and all else on it, along.
 */
export function createProtocol(deps: {
  send: (text: string) => void;
  /** A message of `prefix`, the payload and a closing brace. */
  sendShared: (prefix: string, payload: SharedPayload) => void;
  close: (code: number, reason: string) => void;
  start: StartOperation;
  initTimeoutMs: number;
  maxOperations: number;
  tooManyOperations: () => readonly GraphQLFormattedError[];
}): Protocol {
  const operations = new Map<string, Operation>();
  let isInitialised = false;
  const initTimer = setTimeout(() => deps.close(CLOSE.noInit, 'Connection initialisation timeout'), deps.initTimeoutMs);

  function sendFailure(id: string, errors: readonly GraphQLFormattedError[]): void {
    deps.send(JSON.stringify({ id, type: MessageType.Error, payload: errors }));
  }

  function stop(id: string): void {
    const operation = operations.get(id);
    if (!operation) return;
    operations.delete(id);
    operation.stopped = true;
    operation.stop?.();
  }

  function subscribe(id: string, payload: SubscribePayload): void {
    if (operations.size >= deps.maxOperations) {
      sendFailure(id, deps.tooManyOperations());
      return;
    }
    // Reserved before anything is awaited: a second operation of this id must find it taken.
    const operation: Operation = { stopped: false, stop: null };
    operations.set(id, operation);
    const prefix = `{"id":${JSON.stringify(id)},"type":"next","payload":`;
    const end = (say: () => void): void => {
      if (operation.stopped) return;
      stop(id);
      say();
    };
    const sink: OperationSink = {
      next: (shared) => {
        if (!operation.stopped) deps.sendShared(prefix, shared);
      },
      fail: (errors) => end(() => sendFailure(id, errors)),
      complete: () => end(() => deps.send(JSON.stringify({ id, type: MessageType.Complete }))),
    };
    void run(operation, payload, sink);
  }

  async function run(operation: Operation, payload: SubscribePayload, sink: OperationSink): Promise<void> {
    const stopOperation = await deps.start(payload, sink);
    // Completed by either side while it was being started.
    if (operation.stopped) stopOperation();
    else operation.stop = stopOperation;
  }

  return {
    receive(text) {
      const message = parse(text);
      switch (message?.type) {
        case MessageType.ConnectionInit:
          if (isInitialised) {
            deps.close(CLOSE.secondInit, 'Too many initialisation requests');
            return;
          }
          isInitialised = true;
          clearTimeout(initTimer);
          deps.send(ACK);
          return;
        case MessageType.Ping:
          deps.send(JSON.stringify({ type: MessageType.Pong, ...(message.payload ? { payload: message.payload } : {}) }));
          return;
        case MessageType.Pong:
          return;
        case MessageType.Subscribe:
          if (!isInitialised) deps.close(CLOSE.unauthorized, 'Unauthorized');
          // The reason may have 123 bytes at most, and the id is the client's.
          else if (operations.has(message.id))
            deps.close(CLOSE.duplicateOperation, `Subscriber for ${message.id.slice(0, 20)} already exists`.slice(0, 60));
          else subscribe(message.id, message.payload);
          return;
        case MessageType.Complete:
          stop(message.id);
          return;
        case MessageType.ConnectionAck:
        case MessageType.Next:
        case MessageType.Error:
        case undefined:
          deps.close(CLOSE.badRequest, 'Invalid message received');
      }
    },
    closed() {
      clearTimeout(initTimer);
      for (const id of operations.keys()) stop(id);
    },
  };
}

function parse(text: string): ReturnType<typeof parseMessage> | null {
  try {
    return parseMessage(text);
  } catch {
    return null;
  }
}
