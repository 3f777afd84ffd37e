import type { SessionStore } from '../repositories/session-store.ts';
import type { UserRepository } from '../repositories/user-repository.ts';
import type { ApplyTokenVersion } from './apply-token-version.ts';
import type { FindPresentedSession, Presented } from './find-presented-session.ts';

/** Ends the session the request came with, or all of its user's; returns how many were alive. */
export function createLogOut(deps: {
  users: UserRepository;
  sessions: SessionStore;
  tokenVersions: ApplyTokenVersion;
  findPresentedSession: FindPresentedSession;
}) {
  return async function logOut(presented: Presented, everywhere: boolean): Promise<number> {
    await deps.sessions.assertReachable();
    const session = await deps.findPresentedSession(presented);
    if (!session) return 0;
    if (!everywhere) return (await deps.sessions.end(session.sid)) ? 1 : 0;
    const raised = await deps.users.endAllSessions(session.userId);
    return raised ? deps.tokenVersions.apply(raised.change) : 0;
  };
}
export type LogOut = ReturnType<typeof createLogOut>;
