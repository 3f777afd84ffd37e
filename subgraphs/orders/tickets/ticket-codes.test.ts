import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import type { Ticket } from '../domain/order.ts';
import { createTicketCodes } from './ticket-codes.ts';

async function newKey() {
  const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  return exportJWK(privateKey);
}
const price = { amount: 1, currency: 'EUR' };
const ticket: Ticket = {
  id: 'tkt_1',
  orderId: 'ord_1',
  eventId: 'evt_1',
  seat: { seatId: 'Stalls-C-7', section: 'Stalls', row: 'C', number: 7, price, features: [] },
  status: 'VALID',
  checkedInAt: null,
};

describe("a ticket's code", () => {
  it('says which ticket of which event it is, and fits into a QR code', async () => {
    const codes = await createTicketCodes({ signingKey: await newKey(), formerKeys: null });
    const code = await codes.codeOf(ticket);
    expect(await codes.read(code)).toEqual({ ticketId: 'tkt_1', eventId: 'evt_1' });
    expect(code.length).toBeLessThan(400);
  });

  it('is worth nothing when changed, cut, signed by another key, or signed for another purpose', async () => {
    const signingKey = await newKey();
    const codes = await createTicketCodes({ signingKey, formerKeys: null });
    const code = await codes.codeOf(ticket);
    const [header, payload, signature] = code.split('.');
    const forged = Buffer.from(JSON.stringify({ tkt: 'tkt_2', evt: 'evt_1' })).toString('base64url');
    const none = Buffer.from(JSON.stringify({ alg: 'none', typ: 'seatgraph-ticket' })).toString('base64url');
    const foreign = await (await createTicketCodes({ signingKey: await newKey(), formerKeys: null })).codeOf(ticket);
    const identity = await new SignJWT({ tkt: 'tkt_1', evt: 'evt_1' })
      .setProtectedHeader({ alg: 'EdDSA', typ: 'seatgraph-identity+jwt', kid: codes.jwks.keys[0]?.kid ?? '' })
      .sign(await import('jose').then(({ importJWK }) => importJWK(signingKey, 'EdDSA')));
    for (const bad of [
      `${header}.${forged}.${signature}`,
      `${none}.${payload}.`,
      code.slice(0, -2),
      foreign,
      identity,
      '',
      'x',
      'a.b.c',
      'x'.repeat(5_000),
    ])
      expect(await codes.read(bad)).toBeNull();
  });

  it('that is printed stays valid when the signing key is changed and the former one is still named', async () => {
    const [former, current] = [await newKey(), await newKey()];
    const printed = await (await createTicketCodes({ signingKey: former, formerKeys: null })).codeOf(ticket);
    const { d: _private, ...publicHalf } = former;
    const codes = await createTicketCodes({ signingKey: current, formerKeys: { keys: [publicHalf] } });
    expect(await codes.read(printed)).toEqual({ ticketId: 'tkt_1', eventId: 'evt_1' });
    expect(await (await createTicketCodes({ signingKey: current, formerKeys: null })).read(printed)).toBeNull();
  });

  it('lets in also where the current key is named among the former ones already, as it is while keys are changed', async () => {
    const key = await newKey();
    const { d: _private, ...publicHalf } = key;
    const codes = await createTicketCodes({ signingKey: key, formerKeys: { keys: [publicHalf, { ...publicHalf, kid: 'old' }] } });
    expect(await codes.read(await codes.codeOf(ticket))).toEqual({ ticketId: 'tkt_1', eventId: 'evt_1' });
    expect(codes.jwks.keys).toHaveLength(1);
  });

  it('publishes no private half', async () => {
    const key = await newKey();
    const codes = await createTicketCodes({ signingKey: key, formerKeys: { keys: [key] } });
    expect(JSON.stringify(codes.jwks)).not.toContain('"d"');
  });
});
