import type { RefreshSecrets } from '../credentials/refresh-secrets.ts';
import type { ListedSession } from '../domain/session.ts';
import type { User } from '../domain/user.ts';
import { isSelf, isSessionEnded } from '../domain/user.ts';
import type { Viewer } from '../domain/viewer.ts';
import type { SessionStore } from '../repositories/session-store.ts';

/** Where the user is signed in, most recently used first; null for everybody else. */
export function createListSessions(deps: { sessions: SessionStore; secrets: RefreshSecrets }) {
  return async function listSessions(viewer: Viewer | null, user: User): Promise<readonly ListedSession[] | null> {
    if (!isSelf(viewer, user)) return null;
    const sessions = await deps.sessions.listByUser(user.id);
    return sessions
      .filter((session) => !isSessionEnded(user, session))
      .map((session) => ({ name: deps.secrets.sessionName(session.sid), current: session.sid === viewer.sid, session }));
  };
}
export type ListSessions = ReturnType<typeof createListSessions>;
