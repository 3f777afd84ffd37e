import type { Client } from 'graphql-ws';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { Viewer } from '../../kit/graphql/identity.ts';
import { IDENTITY_EXTENSION } from '../../kit/graphql/subgraph-subscriptions.ts';
import type { Logger } from '../../kit/runtime/logger.ts';
import type { SubgraphAnswer, SubgraphError } from '../execute/subgraph-client.ts';
import { isAnswer } from '../execute/subgraph-client.ts';
import type { Identities } from '../session/identities.ts';

export type UpstreamSubscription = {
  readonly subgraph: string;
  readonly query: string;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly viewer: Viewer | null;
  readonly requestId: string;
};

/** After `refused`, `lost` or `completed` nothing more comes. */
type UpstreamSink = {
  readonly next: (event: SubgraphAnswer) => void;
  /** The subgraph will not serve this operation. */
  readonly refused: (errors: readonly SubgraphError[]) => void;
  /** The connection is gone, or never came about. */
  readonly lost: () => void;
  readonly completed: () => void;
};

export type Upstreams = {
  readonly subscribe: (subscription: UpstreamSubscription, sink: UpstreamSink) => () => void;
  readonly close: () => void;
};

const MAX_PAYLOAD_BYTES = 32 * 1024 * 1024;
const HANDSHAKE_TIMEOUT_MS = 3_000;
const PING_EVERY_MS = 10_000;
const PONG_TIMEOUT_MS = 5_000;
/** Kept for a while after its last subscription: the next one needs no handshake. */
const IDLE_MS = 5_000;

class UpstreamSocket extends WebSocket {
  constructor(url: string | URL, protocols?: string | string[]) {
    super(url, protocols, { maxPayload: MAX_PAYLOAD_BYTES, handshakeTimeout: HANDSHAKE_TIMEOUT_MS, perMessageDeflate: false });
  }
}

function connect(url: string): Client {
  let pong: NodeJS.Timeout | undefined;
  const client = createClient({
    url,
    webSocketImpl: UpstreamSocket,
    connectionAckWaitTimeout: HANDSHAKE_TIMEOUT_MS,
    keepAlive: PING_EVERY_MS,
    lazyCloseTimeout: IDLE_MS,
    // A retry of the client's own would present an identity that has expired; topics subscribe anew instead.
    retryAttempts: 0,
    on: {
      ping: (received) => {
        if (received) return;
        // A half-open connection never closes by itself.
        pong = setTimeout(() => client.terminate(), PONG_TIMEOUT_MS);
        pong.unref();
      },
      pong: (received) => {
        if (received) clearTimeout(pong);
      },
      closed: () => clearTimeout(pong),
    },
  });
  return client;
}

/** One connection per subgraph carries everybody's subscriptions; each proves its own identity. */
export function createUpstreams(deps: { urls: Readonly<Record<string, string>>; identities: Identities; logger: Logger }): Upstreams {
  const clients = new Map<string, Client>();

  function clientOf(subgraph: string): Client | null {
    const known = clients.get(subgraph);
    if (known) return known;
    const url = deps.urls[subgraph];
    if (url === undefined) return null;
    const client = connect(url.replace(/^http/, 'ws'));
    clients.set(subgraph, client);
    return client;
  }

  return {
    subscribe(subscription, sink) {
      let stopped = false;
      let unsubscribe: (() => void) | null = null;
      const end = (report: () => void): void => {
        if (stopped) return;
        stopped = true;
        report();
      };

      async function start(): Promise<void> {
        const client = clientOf(subscription.subgraph);
        const identity = await deps.identities.tokenFor(subscription.subgraph, subscription.viewer);
        if (stopped) return;
        if (!client) throw new Error(`no address is configured for ${subscription.subgraph}`);
        unsubscribe = client.subscribe(
          {
            query: subscription.query,
            variables: { ...subscription.variables },
            extensions: { [IDENTITY_EXTENSION]: identity, requestId: subscription.requestId },
            ...(subscription.operationName === undefined ? {} : { operationName: subscription.operationName }),
          },
          {
            next: (event) => {
              if (!stopped && isAnswer(event)) sink.next(event);
            },
            // graphql-ws gives an array of GraphQL errors, or the event or error that ended the connection.
            error: (error) => end(() => (Array.isArray(error) ? sink.refused(error) : sink.lost())),
            complete: () => end(sink.completed),
          },
        );
      }

      start().catch((error: unknown) => {
        deps.logger.warn({ err: error, subgraph: subscription.subgraph }, 'a subscription could not be started');
        end(sink.lost);
      });
      return () => {
        stopped = true;
        unsubscribe?.();
      };
    },
    close() {
      for (const client of clients.values()) void client.dispose();
    },
  };
}
