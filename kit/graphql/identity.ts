import type { JSONWebKeySet } from 'jose';
import { createLocalJWKSet, importJWK, jwtVerify, SignJWT } from 'jose';
import type { JWK } from 'jose';
import { z } from 'zod';

/**
 * Who asks, as one process tells another: a signed, short-lived statement in one header. Subgraphs believe nothing else,
 * so a caller that reaches a subgraph's port without it gets nothing.
 */
export const IDENTITY_HEADER = 'x-seatgraph-identity';
export const IDENTITY_LIFE_SECONDS = 30;
const IDENTITY_TYPE = 'seatgraph-identity+jwt';

export const ROLES = ['ATTENDEE', 'ORGANIZER', 'ADMIN'] as const;
export type Role = (typeof ROLES)[number];

/** The signed-in person behind a request. */
export type Viewer = {
  readonly userId: string;
  /** The refresh-token family; never shown to clients as it is. */
  readonly sid: string;
  readonly roles: readonly Role[];
};

/** What only the auth subgraph is told. */
export type SessionMaterial = {
  readonly refreshToken?: string | undefined;
  readonly userAgent?: string | undefined;
  readonly address?: string | undefined;
};

export type Identity = {
  /** The process that vouches: "router", or the subgraph that calls on its own behalf. */
  readonly issuer: string;
  readonly viewer: Viewer | null;
  readonly session?: SessionMaterial | undefined;
};

const claimsSchema = z.object({
  iss: z.string(),
  viewer: z.object({ userId: z.string(), sid: z.string(), roles: z.array(z.enum(ROLES)) }).nullable(),
  session: z.object({ refreshToken: z.string().optional(), userAgent: z.string().optional(), address: z.string().optional() }).optional(),
});

export type IdentitySigner = { readonly sign: (audience: string, identity: Omit<Identity, 'issuer'>) => Promise<string> };
export type IdentityVerifier = { readonly verify: (token: string) => Promise<Identity | null> };

/** `privateKey` is an Ed25519 JWK; `issuer` must be its kid in the verifiers' key set. */
export async function createIdentitySigner(deps: { issuer: string; privateKey: JWK }): Promise<IdentitySigner> {
  const key = await importJWK(deps.privateKey, 'EdDSA');
  return {
    sign: (audience, identity) =>
      new SignJWT({ viewer: identity.viewer, ...(identity.session ? { session: identity.session } : {}) })
        .setProtectedHeader({ alg: 'EdDSA', typ: IDENTITY_TYPE, kid: deps.issuer })
        .setIssuer(deps.issuer)
        .setAudience(audience)
        .setIssuedAt()
        .setExpirationTime(`${IDENTITY_LIFE_SECONDS}s`)
        .sign(key),
  };
}

/** Verifying costs a signature check; the router sends one token many times, so verified ones are kept until they expire. */
const VERIFIED_MAX = 10_000;

export function createIdentityVerifier(deps: { audience: string; jwks: JSONWebKeySet }): IdentityVerifier {
  const keys = createLocalJWKSet(deps.jwks);
  const verified = new Map<string, { identity: Identity; until: number }>();

  return {
    async verify(token) {
      const known = verified.get(token);
      if (known && known.until > Date.now()) return known.identity;
      verified.delete(token);
      try {
        const { payload, protectedHeader } = await jwtVerify(token, keys, {
          algorithms: ['EdDSA'],
          audience: deps.audience,
          typ: IDENTITY_TYPE,
          requiredClaims: ['iss', 'aud', 'iat', 'exp'],
          maxTokenAge: `${IDENTITY_LIFE_SECONDS}s`,
          // Two machines' clocks differ a little; a statement from "the future" within this is still ours.
          clockTolerance: 5,
        });
        const claims = claimsSchema.parse(payload);
        // A key signs for its own name only: else any subgraph's key could speak as the router.
        if (protectedHeader.kid !== claims.iss) return null;
        // Only the router stands at the door, so only the router may say who came in.
        if (claims.viewer !== null && claims.iss !== 'router') return null;
        const identity: Identity = { issuer: claims.iss, viewer: claims.viewer, session: claims.session };
        if (verified.size >= VERIFIED_MAX) verified.clear();
        verified.set(token, { identity, until: (payload.exp ?? 0) * 1000 });
        return identity;
      } catch {
        return null;
      }
    },
  };
}
