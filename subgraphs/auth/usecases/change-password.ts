import { Unavailable } from '../../../kit/values/unavailable.ts';
import type { PasswordHasher } from '../credentials/password-hasher.ts';
import type { InvalidCredentials, PasswordChanged } from '../domain/outcomes.ts';
import { wrongCurrentPassword } from '../domain/outcomes.ts';
import { parseRefreshToken } from '../domain/session.ts';
import type { SessionTokens } from '../domain/session.ts';
import type { Viewer } from '../domain/viewer.ts';
import type { SessionStore } from '../repositories/session-store.ts';
import type { UserRepository } from '../repositories/user-repository.ts';
import type { ApplyTokenVersion } from './apply-token-version.ts';
import type { RefreshSession } from './refresh-session.ts';

type Input = { readonly currentPassword: string; readonly newPassword: string };

/** Ends every other session of the user; the asking one goes on with new tokens. */
export function createChangePassword(deps: {
  users: UserRepository;
  sessions: SessionStore;
  hasher: PasswordHasher;
  tokenVersions: ApplyTokenVersion;
  refreshSession: RefreshSession;
}) {
  async function renew(viewer: Viewer, refreshToken: string | undefined): Promise<SessionTokens | null> {
    if (parseRefreshToken(refreshToken)?.sid !== viewer.sid) return null;
    const refreshed = await deps.refreshSession(refreshToken);
    return refreshed.kind === 'SignedIn' ? refreshed.tokens : null;
  }

  return async function changePassword(
    viewer: Viewer,
    input: Input,
    refreshToken: string | undefined,
  ): Promise<PasswordChanged | InvalidCredentials> {
    await deps.sessions.assertReachable();
    const found = await deps.users.findCredentials({ id: viewer.userId });
    const matches = await deps.hasher.verify(found?.passwordHash ?? null, input.currentPassword);
    if (!found || !matches) return wrongCurrentPassword;
    const newHash = await deps.hasher.hash(input.newPassword);
    const raised = await deps.users.changePassword(viewer.userId, found.passwordHash, newHash, viewer.sid);
    // Somebody was faster: the password that was checked is the old one now.
    if (!raised) return wrongCurrentPassword;
    try {
      await deps.tokenVersions.apply(raised.change);
      return { kind: 'ChangePasswordPayload', user: raised.user, tokens: await renew(viewer, refreshToken) };
    } catch (error) {
      // It is changed, and the pending change will reach Redis: "try again" would be told to somebody whose old password no longer works.
      if (error instanceof Unavailable) return { kind: 'ChangePasswordPayload', user: raised.user, tokens: null };
      throw error;
    }
  };
}
export type ChangePassword = ReturnType<typeof createChangePassword>;
