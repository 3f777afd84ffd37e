import type { SessionMaterial } from '../../kit/graphql/identity.ts';
import type { Logger } from '../../kit/runtime/logger.ts';
import type { Fetches } from '../execute/fetches.ts';
import { AUTH_SUBGRAPH } from '../execute/fetches.ts';
import type { SessionChange } from './session-extension.ts';
import { parseSessionExtension } from './session-extension.ts';
import type { RateLimits } from '../limits/rate-limits.ts';

/** `unknown`: auth could not be asked; the cookies stay as they are. */
type RefreshOutcome = SessionChange | { readonly kind: 'unknown' };

export type Refresher = {
  readonly refresh: (session: SessionMaterial & { readonly refreshToken: string }, requestId: string) => Promise<RefreshOutcome>;
};

/** Asks auth for new tokens, or throws RATE_LIMITED; a page that sends ten requests with an expired token costs one refresh. */
export function createRefresher(deps: { fetches: Fetches; rateLimits: RateLimits; logger: Logger }): Refresher {
  const running = new Map<string, Promise<RefreshOutcome>>();

  async function ask(session: SessionMaterial & { readonly refreshToken: string }, requestId: string): Promise<RefreshOutcome> {
    await deps.rateLimits.consume([{ limit: 'refresh-session', key: sidOfRefreshToken(session.refreshToken) }]);
    let change: SessionChange | null = null;
    const fetch = deps.fetches.forRequest({
      viewer: null,
      requestId,
      session,
      onSessionExtension: (extension) => {
        change = parseSessionExtension(extension);
      },
    });
    const answer = await fetch({
      subgraph: AUTH_SUBGRAPH,
      query: 'mutation { refreshSession { __typename } }',
      operationName: undefined,
      variables: {},
    });
    if (change) return change;
    deps.logger.warn({ requestId, errors: answer.errors?.map((error) => error.message) }, 'a session could not be refreshed');
    return { kind: 'unknown' };
  }

  return {
    refresh(session, requestId) {
      const known = running.get(session.refreshToken);
      if (known) return known;
      const started = ask(session, requestId).finally(() => running.delete(session.refreshToken));
      running.set(session.refreshToken, started);
      return started;
    },
  };
}

/** A refresh token is `<sid>.<secret>`. */
export function sidOfRefreshToken(refreshToken: string): string {
  return refreshToken.split('.', 1)[0] ?? '';
}
