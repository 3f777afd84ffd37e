import type { AccessTokenSigner } from '../credentials/access-token-signer.ts';
import type { RefreshSecrets } from '../credentials/refresh-secrets.ts';
import type { SessionTokens } from '../domain/session.ts';
import { formatRefreshToken } from '../domain/session.ts';
import type { User } from '../domain/user.ts';
import type { SessionStore } from '../repositories/session-store.ts';
import { newId } from '../../../kit/values/ids.ts';

const SESSIONS_PER_USER_MAX = 100;

/** Opens a refresh-token family and signs its first access token. */
export function createStartSession(deps: { sessions: SessionStore; secrets: RefreshSecrets; accessTokens: AccessTokenSigner }) {
  return async function startSession(user: User, userAgent: string | null): Promise<{ sid: string; tokens: SessionTokens }> {
    const sid = newId('ses');
    const secret = deps.secrets.first();
    const opened = await deps.sessions.open({
      sid,
      userId: user.id,
      tokenVersion: user.tokenVersion,
      userAgent,
      secretHash: deps.secrets.hash(secret),
    });
    await deps.sessions.endSurplus(user.id, SESSIONS_PER_USER_MAX);
    const access = await deps.accessTokens.sign({
      userId: user.id,
      sid,
      generation: opened.generation,
      tokenVersion: user.tokenVersion,
      roles: user.roles,
    });
    return {
      sid,
      tokens: {
        accessToken: access.token,
        accessTokenExpiresAt: access.expiresAt,
        refreshToken: formatRefreshToken({ sid, secret }),
        refreshTokenExpiresAt: opened.expiresAt,
      },
    };
  };
}
export type StartSession = ReturnType<typeof createStartSession>;
