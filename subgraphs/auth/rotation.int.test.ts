import { createLocalJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { silentLogger } from '../../kit/runtime/logger.ts';
import { connectRedis } from '../../kit/runtime/redis.ts';
import { ACCESS_TOKEN, SESSION_REVOKED_CHANNEL, sessionKeys } from '../../kit/runtime/session-keys.ts';
import { eventually } from '../../tests/harness/fresh.ts';
import type { Answer } from './test-bed.ts';
import { cleared, refreshed, startAuth } from './test-bed.ts';

let auth: Awaited<ReturnType<typeof startAuth>>;
beforeAll(async () => {
  auth = await startAuth();
});
afterAll(() => auth.close());

const setOf = (answer: Answer) => {
  const session = answer.extensions?.session;
  if (!session || !('set' in session)) throw new Error(`No cookies were set: ${JSON.stringify(answer)}`);
  return session.set;
};
const jwksSchema = z.object({ keys: z.array(z.looseObject({ kty: z.string(), kid: z.string() })) });

describe('an access token', () => {
  it('verifies against /jwks.json, carries the agreed claims and lives 900 s', async () => {
    const client = auth.browser();
    const answer = await client.ask(
      'mutation { logIn(input: { email: "admin@example.org", password: "a-real-admin-password" }) { __typename } }',
    );
    const response = await fetch(`${auth.origin}/jwks.json`);
    const jwks = jwksSchema.parse(await response.json());
    expect(jwks.keys[0]).not.toHaveProperty('d');

    const { payload, protectedHeader } = await jwtVerify(setOf(answer).accessToken, createLocalJWKSet(jwks), {
      algorithms: [ACCESS_TOKEN.algorithm],
      issuer: ACCESS_TOKEN.issuer,
      audience: ACCESS_TOKEN.audience,
      typ: ACCESS_TOKEN.type,
      requiredClaims: ['sub', 'sid', 'gen', 'ver', 'roles', 'iat', 'exp', 'jti'],
    });
    expect(protectedHeader.kid).toBe(jwks.keys[0]?.kid);
    expect(payload).toMatchObject({ gen: 1, ver: 1, roles: ['ADMIN'] });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(900);
    expect(setOf(answer).accessTokenExpiresAt).toBe(new Date((payload.exp ?? 0) * 1000).toISOString());
  });
});

describe('refreshing', () => {
  it('replaces the refresh token and counts the generation up', async () => {
    const client = await auth.signedUp('rotate@example.org');
    const first = client.refreshToken();
    expect(refreshed(await client.refresh())).toBe('SignedIn');
    expect(client.refreshToken()).not.toBe(first);
    expect(client.claims()?.gen).toBe(2);
  });

  it('gives 200 parallel refreshes of one token one and the same successor', async () => {
    const client = await auth.signedUp('parallel@example.org');
    const token = client.refreshToken();
    const answers = await Promise.all(Array.from({ length: 200 }, () => client.refresh({ token, keepAnswer: false })));
    const successors = new Set(answers.map((answer) => setOf(answer).refreshToken));
    expect(successors.size).toBe(1);
    expect(refreshed(await client.refresh({ token: [...successors][0] ?? '' }))).toBe('SignedIn');
  });

  it('gives the newest token to a tab that is several rotations behind, within the grace time', async () => {
    const client = await auth.signedUp('behind@example.org');
    const first = client.refreshToken();
    for (let step = 0; step < 3; step += 1) await client.refresh();
    const newest = client.refreshToken();
    expect(setOf(await client.refresh({ token: first })).refreshToken).toBe(newest);
  });

  it('answers SessionExpired and clears the cookies without a token, with garbage and with an unknown session', async () => {
    const client = auth.browser();
    for (const token of ['', 'garbage', `ses_unknown.${'a'.repeat(43)}`]) {
      const answer = await client.refresh({ token });
      expect(refreshed(answer)).toBe('SessionExpired');
      expect(answer.extensions).toEqual(cleared);
    }
  });

  it('takes up changed roles', async () => {
    const client = await auth.signedUp('promoted@example.org');
    const admin = await auth.loggedIn({ email: 'admin@example.org', password: 'a-real-admin-password' });
    await admin.ask('mutation ($id: ID!) { setUserRoles(input: { userId: $id, roles: [ORGANIZER] }) { user { id } } }', {
      id: client.claims()?.sub,
    });
    expect(await auth.redis.get(sessionKeys.userVersion(client.claims()?.sub ?? ''))).toBe('2');
    await client.refresh();
    expect(client.claims()).toMatchObject({ roles: ['ORGANIZER'], ver: 2 });
  });
});

describe('without a grace time', () => {
  let strict: Awaited<ReturnType<typeof startAuth>>;
  beforeAll(async () => {
    strict = await startAuth({ graceMilliseconds: 0 });
  });
  afterAll(() => strict.close());

  it('a lost answer is made good, hours later, as long as its access token was never met', async () => {
    const client = await strict.signedUp('lost@example.org');
    const token = client.refreshToken();
    const lost = setOf(await client.refresh({ token, keepAnswer: false }));
    const again = setOf(await client.refresh({ token }));
    expect(again.refreshToken).toBe(lost.refreshToken);
    expect(refreshed(await client.refresh())).toBe('SignedIn');
  });

  it('a stolen token that comes back after its successor was used ends the family, everywhere and audibly', async () => {
    const client = await strict.signedUp('stolen@example.org');
    const stolen = client.refreshToken();
    await client.refresh();
    await client.ask('{ me { id } }');
    const sid = client.claims()?.sid ?? '';

    const listener = await connectRedis({ url: strict.redisUrl, name: 'listener', logger: silentLogger, blocking: true });
    const heard: string[] = [];
    listener.on('message', (_channel, message) => heard.push(message));
    await listener.subscribe(SESSION_REVOKED_CHANNEL);

    const thief = strict.browser();
    const answer = await thief.refresh({ token: stolen });
    expect(refreshed(answer)).toBe('SessionExpired');
    expect(answer.extensions).toEqual(cleared);
    expect(refreshed(await client.refresh())).toBe('SessionExpired');
    expect(await strict.redis.exists(sessionKeys.revoked(sid))).toBe(1);
    await eventually('the revocation is published', () => heard.includes(JSON.stringify({ sid })));
    listener.disconnect();
  });

  it('a stolen token ends the family also after the router has forgotten that its successor was used', async () => {
    const longLived = await startAuth({ graceMilliseconds: 0, refreshTokenLifeSeconds: 90 * 86_400 });
    onTestFinished(() => longLived.close());
    const client = await longLived.signedUp('forgotten@example.org');
    const stolen = client.refreshToken();
    await client.refresh();
    await client.ask('{ me { id } }');
    // Fifteen days without a request: what the router has noted is kept for fourteen.
    const sid = client.claims()?.sid ?? '';
    await longLived.redis.del(sessionKeys.seenGeneration(sid));
    await longLived.redis.hincrby(sessionKeys.session(sid), 'usedAt', -15 * 86_400_000);
    expect(refreshed(await longLived.browser().refresh({ token: stolen }))).toBe('SessionExpired');
    expect(refreshed(await client.refresh())).toBe('SessionExpired');
  });

  it('a thief who refreshes first is noticed when the owner comes back', async () => {
    const owner = await strict.signedUp('owner@example.org');
    const thief = strict.browser();
    await thief.refresh({ token: owner.refreshToken() });
    await thief.ask('{ me { id } }');
    expect(refreshed(await owner.refresh())).toBe('SessionExpired');
    expect(refreshed(await thief.refresh())).toBe('SessionExpired');
  });
});
