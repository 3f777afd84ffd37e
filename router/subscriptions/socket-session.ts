import { rateLimited, retryAfterOf } from '../limits/rate-limits.ts';
import type { AccessToken } from '../session/access-token.ts';
import type { RequestSession } from '../session/sessions.ts';

const RETRY_AFTER_SECONDS = 5;

export type SocketSession = {
  /** As far as it is known by now. */
  readonly token: () => AccessToken | null;
  /** Asks again, as long as nobody could tell whose the socket is. Throws RATE_LIMITED for a user who has too many. */
  readonly now: () => Promise<RequestSession>;
};

/** Whose a socket is. Opened while auth was away, that is found out with the first operation after auth is back. */
export function createSocketSession(deps: {
  opened: RequestSession;
  resolve: () => Promise<RequestSession>;
  /** Takes the user's place; false if all are taken. */
  reserve: (userId: string) => boolean;
  onToken: (token: AccessToken) => void;
}): SocketSession {
  let current = deps.opened;
  /** Found out, and not yet let in: asking auth once more would be a refresh more. */
  let found: RequestSession | null = null;
  let asking: Promise<RequestSession> | null = null;

  async function ask(): Promise<RequestSession> {
    found ??= await resolved();
    if (!found) return current;
    if (found.viewer && !deps.reserve(found.viewer.userId)) throw rateLimited(RETRY_AFTER_SECONDS);
    current = found;
    if (current.token) deps.onToken(current.token);
    return current;
  }

  async function resolved(): Promise<RequestSession | null> {
    try {
      const session = await deps.resolve();
      if (!session.token && session.uncertain) return null;
      // Cookies cannot be set here. With none delivered, its generation must not count as seen: then the client's old cookie would be called stolen.
      return session.token && session.cookies.length > 0 ? { ...session, token: { ...session.token, generation: 0 } } : session;
    } catch (error) {
      // Too many refreshes of this session: it stays unknown, and what is for everybody is answered.
      if (retryAfterOf(error) > 0) return null;
      throw error;
    }
  }

  return {
    token: () => current.token,
    async now() {
      if (current.token || !current.uncertain) return current;
      // Two operations at once are one question.
      asking ??= ask().finally(() => {
        asking = null;
      });
      return asking;
    },
  };
}
