import type { JSONWebKeySet, JWK } from 'jose';
import { calculateJwkThumbprint, compactVerify, CompactSign, createLocalJWKSet, importJWK } from 'jose';
import { z } from 'zod';
import type { Ticket } from '../domain/order.ts';

/** What tells a ticket's code from everything else that is signed with such keys. */
const TYPE = 'seatgraph-ticket';
/** Longer than any code of ours; beyond it nothing is even parsed. */
export const CODE_LENGTH_MAX = 1_000;

const claimsSchema = z.object({ tkt: z.string(), evt: z.string() });

export type TicketClaims = { readonly ticketId: string; readonly eventId: string };

export type TicketCodes = {
  /** JWS compact serialization (RFC 7515) of the ticket's id, its event's and its seat: short enough for a QR code, and checkable offline with `jwks`. */
  readonly codeOf: (ticket: Ticket) => Promise<string>;
  /** Null for whatever was not signed with one of our keys. Says nothing about whether the ticket is still valid. */
  readonly read: (code: string) => Promise<TicketClaims | null>;
  readonly jwks: JSONWebKeySet;
};

/** `formerKeys` are public keys that signed earlier: codes that are printed stay valid when the signing key is changed. */
export async function createTicketCodes(deps: { signingKey: JWK; formerKeys: JSONWebKeySet | null }): Promise<TicketCodes> {
  const { d: _private, ...publicHalf } = deps.signingKey;
  const kid = await calculateJwkThumbprint(publicHalf);
  const key = await importJWK(deps.signingKey, 'EdDSA');
  const named = async ({ d: _secret, ...jwk }: JWK): Promise<JWK> => ({
    ...jwk,
    kid: await calculateJwkThumbprint(jwk),
    alg: 'EdDSA',
    use: 'sig',
  });
  const all = await Promise.all([publicHalf, ...(deps.formerKeys?.keys ?? [])].map(named));
  // Each once: of two with one name no code could be read, and while keys are changed the current one may be among the former ones.
  const jwks: JSONWebKeySet = { keys: [...new Map(all.map((one) => [one.kid, one])).values()] };
  const keys = createLocalJWKSet(jwks);
  const encoder = new TextEncoder();

  return {
    jwks,
    codeOf: ({ id, eventId, seat }) =>
      new CompactSign(encoder.encode(JSON.stringify({ tkt: id, evt: eventId, seat: seat.seatId })))
        .setProtectedHeader({ alg: 'EdDSA', typ: TYPE, kid })
        .sign(key),
    async read(code) {
      if (code.length > CODE_LENGTH_MAX) return null;
      try {
        const { payload, protectedHeader } = await compactVerify(code, keys, { algorithms: ['EdDSA'] });
        if (protectedHeader.typ !== TYPE) return null;
        const claims = claimsSchema.parse(JSON.parse(new TextDecoder().decode(payload)));
        return { ticketId: claims.tkt, eventId: claims.evt };
      } catch {
        return null;
      }
    },
  };
}
