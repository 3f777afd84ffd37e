import type { AccessTokenSigner } from '../credentials/access-token-signer.ts';
import type { RefreshSecrets } from '../credentials/refresh-secrets.ts';
import type { SessionExpired, SignedIn } from '../domain/outcomes.ts';
import { sessionExpired } from '../domain/outcomes.ts';
import { formatRefreshToken, parseRefreshToken } from '../domain/session.ts';
import { isSessionEnded } from '../domain/user.ts';
import type { SessionStore } from '../repositories/session-store.ts';
import type { UserRepository } from '../repositories/user-repository.ts';

type SecurityLog = { readonly warn: (details: Record<string, unknown>, message: string) => void };

/** Rotates the refresh token. Repeats within the grace rules give the same successor; an old token that comes back ends the family. */
export function createRefreshSession(deps: {
  users: UserRepository;
  sessions: SessionStore;
  secrets: RefreshSecrets;
  accessTokens: AccessTokenSigner;
  logger: SecurityLog;
}) {
  return async function refreshSession(refreshToken: string | undefined): Promise<SignedIn | SessionExpired> {
    const presented = parseRefreshToken(refreshToken);
    if (!presented) return sessionExpired;
    const { sid, secret } = presented;
    const rotation = await deps.sessions.rotate(sid, deps.secrets.hash(secret), deps.secrets.hash(deps.secrets.successor(secret)));
    if (rotation.result === 'REUSE') deps.logger.warn({ sid }, 'a replaced refresh token came back; its session was ended');
    if (rotation.result !== 'ROTATED' && rotation.result !== 'GRACE') return sessionExpired;

    const successor = deps.secrets.successor(secret, rotation.steps);
    const user = await deps.users.findById(rotation.userId);
    // Another HMAC key since the last rotation computes another successor: such a token would be taken for a theft at its next use.
    const isCurrent = deps.secrets.hash(successor) === rotation.currentHash;
    if (!user || !isCurrent || isSessionEnded(user, { sid, tokenVersion: rotation.tokenVersion })) {
      await deps.sessions.end(sid);
      return sessionExpired;
    }
    const access = await deps.accessTokens.sign({
      userId: user.id,
      sid,
      generation: rotation.generation,
      tokenVersion: user.tokenVersion,
      roles: user.roles,
    });
    return {
      kind: 'SignedIn',
      user,
      tokens: {
        accessToken: access.token,
        accessTokenExpiresAt: access.expiresAt,
        refreshToken: formatRefreshToken({ sid, secret: successor }),
        refreshTokenExpiresAt: rotation.expiresAt,
      },
    };
  };
}
export type RefreshSession = ReturnType<typeof createRefreshSession>;
