import { describe, expect, it } from 'vitest';
import { parseEnv } from '../../kit/runtime/env.ts';
import { createCrashPoints } from './crash-points.ts';
import { ordersEnvSchema } from './env.ts';

const KEY = { kty: 'OKP', crv: 'Ed25519', x: 'x' };
const settings = (environment: Record<string, string>) =>
  parseEnv(ordersEnvSchema, {
    MONGO_URL: 'mongodb://localhost',
    REDIS_URL: 'redis://localhost',
    IDENTITY_JWKS: JSON.stringify({ keys: [{ ...KEY, kid: 'router' }] }),
    ORDERS_PRIVATE_KEY: JSON.stringify({ ...KEY, d: 'd' }),
    TICKET_SIGNING_KEY: JSON.stringify({ ...KEY, d: 'd' }),
    ...environment,
  });

describe('crash points', () => {
  it('kill the process at their point, at the time named, and nowhere else', () => {
    const signals: string[] = [];
    const { CRASH_AT, FREEZE_AT } = settings({ CRASH_AT: 'C2:2', FREEZE_AT: 'C4' });
    const reached = createCrashPoints({ crashAt: CRASH_AT, freezeAt: FREEZE_AT, signal: (signal) => signals.push(signal) });
    for (const point of ['C0', 'C1', 'C2', 'C3'] as const) reached(point);
    expect(signals).toEqual([]);
    reached('C4');
    expect(signals).toEqual(['SIGSTOP']);
    reached('C2');
    reached('C2');
    expect(signals).toEqual(['SIGSTOP', 'SIGKILL']);
  });

  it('do nothing where none is set', () => {
    const reached = createCrashPoints({
      crashAt: undefined,
      freezeAt: undefined,
      signal: (signal) => {
        throw new Error(signal);
      },
    });
    expect(() => reached('C0')).not.toThrow();
  });

  it('are refused in production, each by its name', () => {
    expect(() => settings({ NODE_ENV: 'production', CRASH_AT: 'C0', FREEZE_AT: 'C1:2' })).toThrow(
      /CRASH_AT: is for fault tests[\s\S]*FREEZE_AT: is for fault tests/,
    );
    expect(() => settings({ NODE_ENV: 'production' })).not.toThrow();
  });

  it.each(['C6', 'c1', 'C1:0', 'C1:x', 'C'])('%s is no point', (value) => {
    expect(() => settings({ CRASH_AT: value })).toThrow(/CRASH_AT: must be one of C0, C1, C2, C3, C4, C5/);
  });
});
