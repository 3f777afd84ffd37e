import type { GraphQLError } from 'graphql';
import type { SharedPayload } from './shared-payload.ts';

/** Where one client's subscription ends: a WebSocket operation or an SSE stream. */
export type Outlet = {
  /** However large it is, it goes out at once. */
  readonly write: (payload: SharedPayload) => void;
  /** False while the client is behind; then nothing but what was promised already should be written. */
  readonly isWritable: () => boolean;
  /** Calls back once when the client has caught up. */
  readonly onceWritable: (callback: () => void) => void;
  readonly fail: (errors: readonly GraphQLError[]) => void;
  readonly complete: () => void;
};

export type Subscriber = {
  readonly outlet: Outlet;
  /** The version that the client has; null: it needs a snapshot. */
  version: number | null;
  /** Waiting for something (its socket to drain, a snapshot to be composed): events pass it by until it is pumped again. */
  waiting: boolean;
};
