import { randomBytes } from 'node:crypto';
import type { JWK } from 'jose';
import { createLocalJWKSet, exportJWK, generateKeyPair, importJWK, SignJWT } from 'jose';
import type { Role } from '../../kit/graphql/identity.ts';
import { ACCESS_TOKEN } from '../../kit/runtime/session-keys.ts';

export type TokenClaims = {
  readonly userId: string;
  readonly sid: string;
  readonly roles: readonly Role[];
  readonly generation?: number;
  readonly version?: number;
  readonly lifeSeconds?: number;
};

export async function newKey(kid: string): Promise<{ privateKey: JWK; publicKey: JWK & { kid: string } }> {
  const { privateKey, publicKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  return { privateKey: await exportJWK(privateKey), publicKey: { ...(await exportJWK(publicKey)), kid } };
}

/** Plays auth's part: signs access tokens, and remembers refresh tokens well enough for the router's tests. */
export async function createSessionAuthority() {
  const { privateKey, publicKey } = await newKey('auth-1');
  const key = await importJWK(privateKey, 'EdDSA');
  const sessions = new Map<string, TokenClaims>();

  async function accessToken(claims: TokenClaims, overrides: { issuer?: string; audience?: string; type?: string } = {}): Promise<string> {
    const now = Math.floor(Date.now() / 1_000);
    return new SignJWT({ sid: claims.sid, gen: claims.generation ?? 1, ver: claims.version ?? 1, roles: claims.roles })
      .setProtectedHeader({ alg: 'EdDSA', typ: overrides.type ?? ACCESS_TOKEN.type, kid: 'auth-1' })
      .setSubject(claims.userId)
      .setIssuer(overrides.issuer ?? ACCESS_TOKEN.issuer)
      .setAudience(overrides.audience ?? ACCESS_TOKEN.audience)
      .setIssuedAt(now)
      .setExpirationTime(now + (claims.lifeSeconds ?? 900))
      .setJti(randomBytes(8).toString('hex'))
      .sign(key);
  }

  return {
    publicKey,
    keys: createLocalJWKSet({ keys: [publicKey] }),
    sessions,
    accessToken,
    /** A refresh token that auth will honour once. */
    refreshToken(claims: TokenClaims): string {
      const token = `${claims.sid}.${randomBytes(16).toString('hex')}`;
      sessions.set(token, claims);
      return token;
    },
    /** As auth answers: `extensions.session`. */
    async grant(claims: TokenClaims): Promise<Record<string, unknown>> {
      const refreshToken = this.refreshToken(claims);
      return {
        set: {
          accessToken: await accessToken(claims),
          accessTokenExpiresAt: new Date(Date.now() + (claims.lifeSeconds ?? 900) * 1_000).toISOString(),
          refreshToken,
          refreshTokenExpiresAt: new Date(Date.now() + 14 * 86_400_000).toISOString(),
        },
      };
    },
  };
}
export type SessionAuthority = Awaited<ReturnType<typeof createSessionAuthority>>;
