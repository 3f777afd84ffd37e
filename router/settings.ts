import type { SubgraphClientSettings } from './execute/subgraph-client.ts';
import type { CookieSettings } from './session/cookies.ts';

export type SocketSettings = {
  readonly perUser: number;
  readonly perAddress: number;
  readonly operationsPerSocket: number;
  readonly initTimeoutMs: number;
};

/** What an operator may turn; env.ts says from which variable. */
export type RouterSettings = {
  /** Full origins, e.g. `https://tickets.example`. Empty: this machine's own address with the port listened on. */
  readonly publicOrigins: readonly string[];
  readonly corsOrigins: readonly string[];
  readonly cookies: CookieSettings;
  readonly accessTokenLifeSeconds: number;
  readonly introspection: boolean;
  /** A file of the only documents served; unset: any document is. */
  readonly persistedDocumentsPath?: string | undefined;
  readonly hideSchemaDetails: boolean;
  readonly playground: boolean;
  /** Where `vite build` put the Playground. */
  readonly playgroundDirectory: string;
  readonly rateLimitScale: number;
  /** Reverse proxies in front of us whose X-Forwarded-For is believed. */
  readonly trustedProxyHops: number;
  readonly sockets: SocketSettings;
  readonly subgraphs?: Partial<SubgraphClientSettings>;
};

export const SOCKET_DEFAULTS: SocketSettings = { perUser: 20, perAddress: 200, operationsPerSocket: 20, initTimeoutMs: 3_000 };
