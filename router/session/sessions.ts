import { unauthenticated } from '../../kit/graphql/errors.ts';
import type { SessionMaterial, Viewer } from '../../kit/graphql/identity.ts';
import type { AccessToken, AccessTokenVerifier, VerifiedAccessToken } from './access-token.ts';
import type { CookieSettings } from './cookies.ts';
import { clearedCookies, cookiesOf, readCookies, sweptCookies } from './cookies.ts';
import type { Refresher } from './refresher.ts';
import { sidOfRefreshToken } from './refresher.ts';
import type { SessionState, Standing } from './session-state.ts';

/** Who a request comes from, as far as can be told. */
export type RequestSession = {
  readonly viewer: Viewer | null;
  /** Null for an anonymous viewer. */
  readonly token: AccessToken | null;
  /**
   * Redis or auth was away: nobody knows whether the session has ended meanwhile. Reading goes on with a token that is good by itself; nothing is
   * changed on its word, and a missing right may be but an unanswered question.
   */
  readonly uncertain: boolean;
  /** For auth's eyes. */
  readonly material: SessionMaterial;
  /** Set-Cookie lines for the answer, whatever it is. */
  readonly cookies: readonly string[];
};

/** What of a request says who sent it; the same for HTTP and for a WebSocket's upgrade. */
export type SessionRequest = {
  readonly cookieHeader: string | undefined;
  readonly authorization: string | undefined;
  readonly userAgent: string | undefined;
  readonly address: string;
  readonly requestId: string;
};

export type Sessions = {
  /** `mayRefresh: false` for the operations that themselves replace or end the session. Throws AppError for requests that contradict themselves. */
  readonly resolve: (request: SessionRequest, options: { readonly mayRefresh: boolean }) => Promise<RequestSession>;
  /** The same question again, for a session that lives on in a socket. */
  readonly standingOf: (token: AccessToken) => Promise<Standing>;
};

const USER_AGENT_MAX = 300;

export function createSessions(deps: {
  verifier: AccessTokenVerifier;
  state: SessionState;
  refresher: Refresher;
  cookies: CookieSettings;
  /** Names under which browsers know this router. */
  publicHosts: readonly string[];
}): Sessions {
  type Judged = { readonly token: AccessToken | null; readonly uncertain: boolean };

  async function judge(verified: VerifiedAccessToken | undefined): Promise<Judged> {
    if (verified === undefined || verified === 'invalid') return { token: null, uncertain: false };
    if (verified === 'unknown') return { token: null, uncertain: true };
    const standing = await deps.state.standingOf(verified);
    if (standing === 'ended') return { token: null, uncertain: false };
    return { token: verified, uncertain: standing === 'unknown' };
  }

  async function refreshed(
    material: SessionMaterial & { readonly refreshToken: string },
    requestId: string,
  ): Promise<Judged & { readonly cookies: readonly string[]; readonly refreshToken: string | undefined }> {
    const outcome = await deps.refresher.refresh(material, requestId);
    if (outcome.kind === 'unknown') return { token: null, uncertain: true, cookies: [], refreshToken: material.refreshToken };
    if (outcome.kind === 'clear') return { token: null, uncertain: false, cookies: clearedCookies(deps.cookies), refreshToken: undefined };
    const verified = await deps.verifier.verify(outcome.tokens.accessToken);
    // Its generation is not noted as seen: only a client that comes back with it proves that this answer arrived.
    const token = typeof verified === 'string' ? null : verified;
    return {
      token,
      uncertain: token === null,
      cookies: cookiesOf(outcome.tokens, deps.cookies, new Date()),
      refreshToken: outcome.tokens.refreshToken,
    };
  }

  return {
    async resolve(request, { mayRefresh }) {
      const given = readCookies(request.cookieHeader);
      const bearer = bearerToken(request.authorization);
      // Which session a contradictory request means cannot be told; with a third statement beside it, least of all.
      if (given.conflicting && bearer !== undefined) throw unauthenticated();
      const [fromCookie, fromBearer] = await Promise.all([
        given.access === undefined ? undefined : deps.verifier.verify(given.access),
        bearer === undefined ? undefined : deps.verifier.verify(bearer),
      ]);
      const material: SessionMaterial = {
        refreshToken: given.refresh,
        userAgent: request.userAgent?.slice(0, USER_AGENT_MAX),
        address: request.address,
      };

      if (bearer !== undefined) {
        // Two statements about who this is must name one session; else a script could act with a session its user never chose.
        const cookieSid = sidOf(fromCookie) ?? (given.refresh === undefined ? null : sidOfRefreshToken(given.refresh));
        if (cookieSid !== null && cookieSid !== sidOf(fromBearer)) throw unauthenticated();
        const judged = await judge(fromBearer);
        return { ...judged, viewer: judged.token?.viewer ?? null, material, cookies: [] };
      }

      const judged = await judge(fromCookie);
      if (judged.token || given.refresh === undefined || !mayRefresh || judged.uncertain)
        return {
          ...judged,
          viewer: judged.token?.viewer ?? null,
          material,
          // Gone with this answer, so that logging in, even with this very request, is the end of the conflict.
          cookies: given.conflicting ? sweptCookies(deps.cookies, deps.publicHosts) : [],
        };
      const { token, uncertain, cookies, refreshToken } = await refreshed({ ...material, refreshToken: given.refresh }, request.requestId);
      return { token, uncertain, viewer: token?.viewer ?? null, material: { ...material, refreshToken }, cookies };
    },
    standingOf: deps.state.standingOf,
  };
}

function bearerToken(authorization: string | undefined): string | undefined {
  return /^Bearer +([^\s]{1,4096})$/i.exec(authorization ?? '')?.[1];
}

function sidOf(verified: VerifiedAccessToken | undefined): string | null {
  return typeof verified === 'object' ? verified.viewer.sid : null;
}
