import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { JWK } from 'jose';
import { exportJWK, generateKeyPair } from 'jose';
import { z } from 'zod';

const keysSchema = z.object({
  router: z.looseObject({ kty: z.literal('OKP') }),
  orders: z.looseObject({ kty: z.literal('OKP') }),
  auth: z.looseObject({ kty: z.literal('OKP') }),
  tickets: z.looseObject({ kty: z.literal('OKP') }),
  sessionHmacKey: z.string(),
  adminPassword: z.string(),
  organizerPassword: z.string(),
  attendeePassword: z.string(),
});

export type LocalKeys = {
  readonly router: JWK;
  readonly orders: JWK;
  readonly auth: JWK;
  readonly tickets: JWK;
  readonly sessionHmacKey: string;
  readonly adminPassword: string;
  readonly organizerPassword: string;
  readonly attendeePassword: string;
};

async function newPrivateKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
  return exportJWK(privateKey);
}

/** Fresh keys and secrets; the demo accounts' passwords are secrets too, for the server may be reachable by others. */
export async function createKeys(): Promise<LocalKeys> {
  const [router, orders, auth, tickets] = await Promise.all([newPrivateKey(), newPrivateKey(), newPrivateKey(), newPrivateKey()]);
  const password = (): string => `demo-${randomBytes(6).toString('hex')}`;
  return {
    router,
    orders,
    auth,
    tickets,
    sessionHmacKey: randomBytes(32).toString('hex'),
    adminPassword: password(),
    organizerPassword: password(),
    attendeePassword: password(),
  };
}

/** Made once in `directory`, readable by this user alone. What an older version did not know is added to what it kept. */
export async function keptKeys(directory: string): Promise<LocalKeys> {
  const path = `${directory}/keys.json`;
  const kept = existsSync(path) ? keysSchema.partial().parse(JSON.parse(readFileSync(path, 'utf8'))) : {};
  const whole = keysSchema.safeParse(kept);
  if (whole.success) return whole.data;
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const keys = keysSchema.parse({ ...(await createKeys()), ...kept });
  // Whole or not at all: half of it, left by a start that was killed here, would keep every later one from starting.
  writeFileSync(`${path}.new`, JSON.stringify(keys, null, 2), { mode: 0o600 });
  renameSync(`${path}.new`, path);
  return keys;
}

/** Whose identity statements each process believes; the kid is the process's name. */
export function publicJwks(keys: LocalKeys): string {
  const publicHalf = (kid: 'router' | 'orders'): JWK => {
    const { d: _private, ...rest } = keys[kid];
    return { ...rest, kid };
  };
  return JSON.stringify({ keys: [publicHalf('router'), publicHalf('orders')] });
}
