import type { RefreshSecrets } from '../credentials/refresh-secrets.ts';
import type { Viewer } from '../domain/viewer.ts';
import type { SessionStore } from '../repositories/session-store.ts';

/** Ends one of the viewer's own sessions by its name. Unknown, foreign and ended ones give the same answer. */
export function createRevokeSession(deps: { sessions: SessionStore; secrets: RefreshSecrets }) {
  return async function revokeSession(viewer: Viewer, name: string): Promise<{ revoked: boolean; wasCurrent: boolean }> {
    const sessions = await deps.sessions.listByUser(viewer.userId);
    const named = sessions.find((session) => deps.secrets.sessionName(session.sid) === name);
    if (!named) return { revoked: false, wasCurrent: false };
    return { revoked: await deps.sessions.end(named.sid), wasCurrent: named.sid === viewer.sid };
  };
}
export type RevokeSession = ReturnType<typeof createRevokeSession>;
