import type { RolesChange } from '../domain/outcomes.ts';
import type { Role } from '../domain/viewer.ts';
import type { SessionStore } from '../repositories/session-store.ts';
import type { UserRepository } from '../repositories/user-repository.ts';
import type { ApplyTokenVersion } from './apply-token-version.ts';

/** Access tokens already given out carry the old roles, so they are refused from now on. The caller's scope was checked. */
export function createSetUserRoles(deps: { users: UserRepository; sessions: SessionStore; tokenVersions: ApplyTokenVersion }) {
  return async function setUserRoles(userId: string, roles: readonly Role[]): Promise<RolesChange> {
    await deps.sessions.assertReachable();
    const { outcome, change } = await deps.users.changeRoles(userId, [...new Set(roles)]);
    if (change) await deps.tokenVersions.apply(change);
    return outcome;
  };
}
export type SetUserRoles = ReturnType<typeof createSetUserRoles>;
