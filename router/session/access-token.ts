import type { JWTVerifyGetKey } from 'jose';
import { createRemoteJWKSet, errors, jwtVerify } from 'jose';
import { z } from 'zod';
import { ROLES } from '../../kit/graphql/identity.ts';
import type { Viewer } from '../../kit/graphql/identity.ts';
import { ACCESS_TOKEN } from '../../kit/runtime/session-keys.ts';
import { createBoundedMap } from '../bounded-map.ts';

export type AccessToken = {
  readonly viewer: Viewer;
  /** Counts the refreshes of the session. */
  readonly generation: number;
  /** The user's token version when it was signed. */
  readonly version: number;
  readonly expiresAt: Date;
};

/** A timer that is set for longer goes off at once. */
const TIMER_MAX_MS = 2 ** 31 - 1;

/** For a timer: how long whatever lives on the token may go on, at most until it expires. */
export function remainingMs({ expiresAt }: AccessToken): number {
  return Math.min(TIMER_MAX_MS, Math.max(0, expiresAt.getTime() - Date.now()));
}

/** `unknown`: auth's keys cannot be had right now, so nobody can say. */
export type VerifiedAccessToken = AccessToken | 'invalid' | 'unknown';

const claimsSchema = z.object({
  sub: z.string().min(1),
  sid: z.string().min(1),
  gen: z.number().int(),
  ver: z.number().int(),
  roles: z.array(z.enum(ROLES)),
  exp: z.number(),
});

export type AccessTokenVerifier = { readonly verify: (token: string) => Promise<VerifiedAccessToken> };

/** Fetched when first needed, and again for a key id it has not met; at most every few seconds, or forged ids would make us hammer auth. */
export function remoteAccessTokenKeys(url: string): JWTVerifyGetKey {
  return createRemoteJWKSet(new URL(url), { timeoutDuration: 2_000, cooldownDuration: 5_000, cacheMaxAge: 600_000 });
}

const REMEMBERED = 10_000;
const CLOCK_TOLERANCE_SECONDS = 5;

export function createAccessTokenVerifier(deps: { keys: JWTVerifyGetKey; lifeSeconds: number }): AccessTokenVerifier {
  // Checking a signature costs more than the rest of a request's session work, and one token comes many times.
  const verified = createBoundedMap<string, AccessToken>(REMEMBERED);
  return {
    async verify(token) {
      const known = verified.get(token);
      if (known) return known.expiresAt.getTime() > Date.now() ? known : 'invalid';
      try {
        const { payload } = await jwtVerify(token, deps.keys, {
          algorithms: [ACCESS_TOKEN.algorithm],
          typ: ACCESS_TOKEN.type,
          issuer: ACCESS_TOKEN.issuer,
          audience: ACCESS_TOKEN.audience,
          requiredClaims: ['sub', 'sid', 'gen', 'ver', 'roles', 'iat', 'exp'],
          maxTokenAge: `${deps.lifeSeconds}s`,
          // A token that auth signed this very second must not seem to come from the future here.
          clockTolerance: CLOCK_TOLERANCE_SECONDS,
        });
        const claims = claimsSchema.parse(payload);
        const accessToken: AccessToken = {
          viewer: { userId: claims.sub, sid: claims.sid, roles: claims.roles },
          generation: claims.gen,
          version: claims.ver,
          expiresAt: new Date(claims.exp * 1_000),
        };
        // The tolerance is for its beginning; its end is by our own clock.
        if (accessToken.expiresAt.getTime() <= Date.now()) return 'invalid';
        verified.set(token, accessToken);
        return accessToken;
      } catch (error) {
        return isAboutTheToken(error) ? 'invalid' : 'unknown';
      }
    },
  };
}

/** jose tells what is wrong with a token by its error classes; what is none of them went wrong on the way to the keys. */
function isAboutTheToken(error: unknown): boolean {
  if (error instanceof z.ZodError) return true;
  if (error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid) return false;
  // JOSEError itself, with its general code, is what a key set's bad HTTP answer is reported as.
  return error instanceof errors.JOSEError && error.code !== 'ERR_JOSE_GENERIC';
}
