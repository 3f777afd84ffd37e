/** Redis keys and channels that auth writes and the router reads: the seam between them, stated once. */
export const sessionKeys = {
  /** Hash, owned by auth: the refresh-token family. */
  session: (sid: string): string => `sess:${sid}`,
  /** Highest `gen` whose access token the router has met; written by the router. */
  seenGeneration: (sid: string): string => `sess-seen:${sid}`,
  /** Present while access tokens of an ended session could still be alive. */
  revoked: (sid: string): string => `sess:rev:${sid}`,
  /** The user's token version: access tokens with a lower `ver` are refused. Missing: not raised lately. */
  userVersion: (userId: string): string => `user-version:${userId}`,
  /** Set of the user's sids. */
  userSessions: (userId: string): string => `user-sessions:${userId}`,
};

/** How long the router's note is kept: for so long a generation without one was never met. */
export const SEEN_GENERATION_SECONDS = 14 * 86_400;

/** Message: JSON `{ "sid": string }` or `{ "userId": string, "version": number }`. */
export const SESSION_REVOKED_CHANNEL = 'session:revoked';

/** The access token's fixed parts: auth signs them, the router demands them. */
export const ACCESS_TOKEN = { type: 'at+jwt', issuer: 'seatgraph-auth', audience: 'seatgraph', algorithm: 'EdDSA' } as const;
