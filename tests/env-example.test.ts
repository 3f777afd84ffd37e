import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseEnv } from '../kit/runtime/env.ts';
import { createKeys, publicJwks } from '../local/keys.ts';
import { routerEnvSchema } from '../router/env.ts';
import { authEnvSchema } from '../subgraphs/auth/env.ts';
import { eventsEnvSchema } from '../subgraphs/events/env.ts';
import { ordersEnvSchema } from '../subgraphs/orders/env.ts';

const LOCAL_ONLY = ['DATA_DIR', 'PROCESSES'];

function example(): Map<string, string> {
  const lines = readFileSync('.env.example', 'utf8').split('\n');
  return new Map(
    lines.filter((line) => /^[A-Z_]+=/.test(line)).map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
}

/** The names a schema asks for: zod keeps them in its shape, behind a refinement too. */
function namesOf(schema: { readonly shape: Record<string, unknown> }): string[] {
  return Object.keys(schema.shape);
}

describe('.env.example', () => {
  const schemas = { auth: authEnvSchema, events: eventsEnvSchema, orders: ordersEnvSchema, router: routerEnvSchema };

  it('lists every setting of every process, and no other', () => {
    const known = new Set([...Object.values(schemas).flatMap(namesOf), ...LOCAL_ONLY]);
    expect([...example().keys()].toSorted()).toEqual([...known].toSorted());
  });

  it('is accepted by every process once the keys are real', async () => {
    const keys = await createKeys();
    const real = {
      ...Object.fromEntries(example()),
      IDENTITY_JWKS: publicJwks(keys),
      AUTH_PRIVATE_KEY: JSON.stringify(keys.auth),
      ORDERS_PRIVATE_KEY: JSON.stringify(keys.orders),
      TICKET_SIGNING_KEY: JSON.stringify(keys.tickets),
      TICKET_FORMER_KEYS: publicJwks(keys),
      IDENTITY_PRIVATE_KEY: JSON.stringify(keys.router),
    };
    for (const schema of Object.values(schemas)) expect(() => parseEnv(schema, real)).not.toThrow();
  });

  it('a process names everything that is missing or wrong at once', () => {
    expect(() => parseEnv(ordersEnvSchema, { PORT: '99999', MONGO_URL: 'http://x', HOLD_TTL_SECONDS: '-1' })).toThrow(
      /PORT[\s\S]*MONGO_URL[\s\S]*REDIS_URL[\s\S]*IDENTITY_JWKS[\s\S]*ORDERS_PRIVATE_KEY[\s\S]*HOLD_TTL_SECONDS/,
    );
  });
});
