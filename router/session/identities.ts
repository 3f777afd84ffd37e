import type { IdentitySigner, SessionMaterial, Viewer } from '../../kit/graphql/identity.ts';
import { createBoundedMap } from '../bounded-map.ts';

/** The router's word, towards one subgraph, on who is asking. */
export type Identities = {
  readonly tokenFor: (subgraph: string, viewer: Viewer | null, session?: SessionMaterial) => Promise<string>;
};

/** A statement lives 30 s; used for 10, it always has 20 left when it arrives. */
const REUSED_MS = 10_000;
const REMEMBERED = 10_000;

export function createIdentities(deps: { signer: IdentitySigner }): Identities {
  const signed = createBoundedMap<string, { token: Promise<string>; until: number }>(REMEMBERED);
  return {
    tokenFor(subgraph, viewer, session) {
      const audience = `subgraph:${subgraph}`;
      // A refresh token is said once, to auth, in answer to one request.
      if (session) return deps.signer.sign(audience, { viewer, session });
      const key = JSON.stringify([subgraph, viewer?.userId, viewer?.sid, viewer?.roles]);
      const known = signed.get(key);
      if (known && known.until > Date.now()) return known.token;
      const token = deps.signer.sign(audience, { viewer });
      signed.set(key, { token, until: Date.now() + REUSED_MS });
      return token;
    },
  };
}
