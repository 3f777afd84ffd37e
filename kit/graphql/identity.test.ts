import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { JWK } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { createIdentitySigner, createIdentityVerifier } from './identity.ts';

let router: JWK;
let orders: JWK;
const viewer = { userId: 'usr_1', sid: 'sid_1', roles: ['ATTENDEE'] as const };

async function newKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  return exportJWK(privateKey);
}
function publicHalf({ d: _private, ...rest }: JWK, kid: string): JWK {
  return { ...rest, kid };
}
beforeAll(async () => {
  [router, orders] = await Promise.all([newKey(), newKey()]);
});
const verifier = (audience = 'subgraph:orders') =>
  createIdentityVerifier({ audience, jwks: { keys: [publicHalf(router, 'router'), publicHalf(orders, 'orders')] } });

describe('an identity statement', () => {
  it('says who asks, to the one it was made for', async () => {
    const signer = await createIdentitySigner({ issuer: 'router', privateKey: router });
    const token = await signer.sign('subgraph:orders', { viewer, session: { refreshToken: 'r' } });
    expect(await verifier().verify(token)).toEqual({ issuer: 'router', viewer, session: { refreshToken: 'r' } });
    expect(await verifier('subgraph:auth').verify(token)).toBeNull();
  });

  it('is worth nothing when another key signed it, or a subgraph speaks for a viewer', async () => {
    const forged = await createIdentitySigner({ issuer: 'router', privateKey: await newKey() });
    expect(await verifier().verify(await forged.sign('subgraph:orders', { viewer: null }))).toBeNull();
    const subgraph = await createIdentitySigner({ issuer: 'orders', privateKey: orders });
    expect(await verifier().verify(await subgraph.sign('subgraph:orders', { viewer: null }))).toMatchObject({
      issuer: 'orders',
      viewer: null,
    });
    expect(await verifier().verify(await subgraph.sign('subgraph:orders', { viewer }))).toBeNull();
  });

  it('cannot be signed by one process in the name of another', async () => {
    const { importJWK } = await import('jose');
    const token = await new SignJWT({ viewer })
      .setProtectedHeader({ alg: 'EdDSA', typ: 'seatgraph-identity+jwt', kid: 'orders' })
      .setIssuer('router')
      .setAudience('subgraph:orders')
      .setIssuedAt()
      .setExpirationTime('30s')
      .sign(await importJWK(orders, 'EdDSA'));
    expect(await verifier().verify(token)).toBeNull();
  });

  it.each(['', 'x', 'a.b.c', 'x'.repeat(10_000)])('is not %s', async (token) => {
    expect(await verifier().verify(token)).toBeNull();
  });
});
