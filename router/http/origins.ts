/** Which pages may talk to this router with a visitor's cookies. */
export type Origins = {
  readonly isListed: (origin: string) => boolean;
  /** Why a request must not be answered, or null. Browsers set these headers, and no script can change them. */
  readonly objectionTo: (headers: OriginHeaders, options: { readonly isUpgrade: boolean }) => string | null;
};

type OriginHeaders = {
  readonly origin: string | undefined;
  readonly secFetchSite: string | undefined;
  readonly hasCookie: boolean;
};

/**
 * `own` is asked on each request: with port 0 the address is known only once the server listens. The Host header never counts, because an attacker who
 * rebinds a DNS name chooses it.
 */
export function createOrigins(deps: { own: () => readonly string[]; listed: readonly string[] }): Origins {
  const listed = new Set(deps.listed);
  const isListed = (origin: string): boolean => listed.has(origin) || deps.own().includes(origin);
  return {
    isListed,
    objectionTo({ origin, secFetchSite, hasCookie }, { isUpgrade }) {
      if (origin !== undefined) return isListed(origin) ? null : 'This origin may not use the API: list it in CORS_ORIGINS.';
      if (secFetchSite === 'cross-site') return 'Requests of other sites are refused.';
      // A browser always sends Origin with an upgrade; cookies without one were copied, or come from something that forges requests.
      if (isUpgrade && hasCookie) return 'A WebSocket with a session cookie needs an Origin header.';
      return null;
    },
  };
}
