import type { RefreshSecrets } from '../credentials/refresh-secrets.ts';
import { parseRefreshToken } from '../domain/session.ts';
import type { Viewer } from '../domain/viewer.ts';
import type { SessionStore } from '../repositories/session-store.ts';

export type Presented = { readonly viewer: Viewer | null; readonly refreshToken: string | undefined };
export type PresentedSession = { readonly sid: string; readonly userId: string };

/** The session a request came with: the viewer's, else the one whose refresh token it proves to hold. A sid alone proves nothing. */
export function createFindPresentedSession(deps: { sessions: SessionStore; secrets: RefreshSecrets }) {
  return async function findPresentedSession(presented: Presented): Promise<PresentedSession | null> {
    if (presented.viewer) return { sid: presented.viewer.sid, userId: presented.viewer.userId };
    const token = parseRefreshToken(presented.refreshToken);
    return token && deps.sessions.findBySecret(token.sid, deps.secrets.hash(token.secret));
  };
}
export type FindPresentedSession = ReturnType<typeof createFindPresentedSession>;
