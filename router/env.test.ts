import { describe, expect, it } from 'vitest';
import { parseEnv } from '../kit/runtime/env.ts';
import { routerEnvSchema, settingsOf } from './env.ts';

const KEY = JSON.stringify({ kty: 'OKP', crv: 'Ed25519', x: 'x', d: 'd' });
const settings = (environment: Record<string, string>) =>
  settingsOf(parseEnv(routerEnvSchema, { REDIS_URL: 'redis://localhost', IDENTITY_PRIVATE_KEY: KEY, ...environment }));

describe('the settings of the router', () => {
  it('show the schema while developing, and hide it in production unless told otherwise', () => {
    expect(settings({})).toMatchObject({ introspection: true, hideSchemaDetails: false, playground: true });
    expect(settings({ NODE_ENV: 'production', COOKIE_SECURE: 'true' })).toMatchObject({
      introspection: false,
      hideSchemaDetails: true,
      playground: false,
    });
    expect(settings({ NODE_ENV: 'production', COOKIE_SECURE: 'false', GRAPHQL_INTROSPECTION: 'on' })).toMatchObject({
      introspection: true,
      playground: true,
    });
  });

  it('want a decision about secure cookies in production', () => {
    expect(() => settings({ NODE_ENV: 'production' })).toThrow(/COOKIE_SECURE: must be set in production/);
  });

  it('refuse origins that no browser would send', () => {
    expect(settings({ PUBLIC_ORIGIN: 'https://tickets.example', CORS_ORIGINS: 'https://a.example, https://b.example:8443' })).toMatchObject(
      {
        publicOrigins: ['https://tickets.example'],
        corsOrigins: ['https://a.example', 'https://b.example:8443'],
      },
    );
    expect(() => settings({ CORS_ORIGINS: 'https://a.example/' })).toThrow(/CORS_ORIGINS/);
    expect(() => settings({ PUBLIC_ORIGIN: '*' })).toThrow(/PUBLIC_ORIGIN/);
  });

  it('scale the socket caps with the rates, unless they are set themselves', () => {
    expect(settings({ RATE_LIMIT_SCALE: '10' }).sockets).toMatchObject({ perUser: 200, perAddress: 2_000, operationsPerSocket: 200 });
    expect(settings({ RATE_LIMIT_SCALE: '10', SOCKETS_PER_USER: '3' }).sockets.perUser).toBe(3);
  });
});
