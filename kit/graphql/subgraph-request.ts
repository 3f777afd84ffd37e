import type { Identity } from './identity.ts';

/** What a resolver's context starts from; `identity` is proven, never a client's claim. */
export type SubgraphRequest = {
  readonly identity: Identity;
  readonly requestId: string;
  /** As the client sent it; the router forwards this one header. */
  readonly idempotencyKey: string | undefined;
  /** Set by a resolver to send something beside the data: auth's session cookies. */
  readonly extensions: Record<string, unknown>;
};
