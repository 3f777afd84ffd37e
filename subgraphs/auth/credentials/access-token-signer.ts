import type { JSONWebKeySet, JWK } from 'jose';
import { calculateJwkThumbprint, importJWK, SignJWT } from 'jose';
import { ACCESS_TOKEN } from '../../../kit/runtime/session-keys.ts';
import type { Clock } from '../../../kit/values/clock.ts';
import { newId } from '../../../kit/values/ids.ts';

export type AccessTokenClaims = {
  readonly userId: string;
  readonly sid: string;
  readonly generation: number;
  readonly tokenVersion: number;
  readonly roles: readonly string[];
};

/** Signs access tokens (RFC 9068's `at+jwt`) with auth's Ed25519 key; `jwks` is what verifiers need. */
export async function createAccessTokenSigner(deps: { privateKey: JWK & { x: string }; lifeSeconds: number; clock: Clock }) {
  const { kty, crv, x } = { kty: 'OKP', crv: 'Ed25519', x: deps.privateKey.x };
  const kid = await calculateJwkThumbprint({ kty, crv, x });
  const key = await importJWK(deps.privateKey, ACCESS_TOKEN.algorithm);
  // Named one by one: the private half must not slip in with a spread.
  const jwks: JSONWebKeySet = { keys: [{ kty, crv, x, kid, alg: ACCESS_TOKEN.algorithm, use: 'sig' }] };

  return {
    jwks,
    async sign(claims: AccessTokenClaims): Promise<{ token: string; expiresAt: Date }> {
      const issuedAt = Math.floor(deps.clock.now().getTime() / 1000);
      const expiresAt = issuedAt + deps.lifeSeconds;
      const token = await new SignJWT({ sid: claims.sid, gen: claims.generation, ver: claims.tokenVersion, roles: claims.roles })
        .setProtectedHeader({ alg: ACCESS_TOKEN.algorithm, typ: ACCESS_TOKEN.type, kid })
        .setIssuer(ACCESS_TOKEN.issuer)
        .setAudience(ACCESS_TOKEN.audience)
        .setSubject(claims.userId)
        .setJti(newId('tok'))
        .setIssuedAt(issuedAt)
        .setExpirationTime(expiresAt)
        .sign(key);
      return { token, expiresAt: new Date(expiresAt * 1000) };
    },
  };
}
export type AccessTokenSigner = Awaited<ReturnType<typeof createAccessTokenSigner>>;
