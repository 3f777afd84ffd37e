import { createLocalJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { connectRedis } from '../../kit/runtime/redis.ts';
import { silentLogger } from '../../kit/runtime/logger.ts';
import { ACCESS_TOKEN, SESSION_REVOKED_CHANNEL, sessionKeys } from '../../kit/runtime/session-keys.ts';
import { eventually } from '../../tests/harness/fresh.ts';
import type { TokenVersionChange } from './domain/token-version.ts';
import type { Answer } from './test-bed.ts';
import { CHANGE_PASSWORD, LOG_IN, SESSIONS, startAuth } from './test-bed.ts';

type ChangeDocument = Omit<TokenVersionChange, 'id'> & { _id: string };

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
const refreshed = (answer: Answer): unknown => answer.data?.['refreshSession']?.['__typename'];
const jwksSchema = z.object({ keys: z.array(z.looseObject({ kty: z.string(), kid: z.string() })) });
const cleared = { session: { clear: true } };
const names = (answer: Answer): string[] => answer.data?.['me'].sessions.map((session: { id: string }) => session.id);

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

  it('a thief who refreshes first is noticed when the owner comes back', async () => {
    const owner = await strict.signedUp('owner@example.org');
    const thief = strict.browser();
    await thief.refresh({ token: owner.refreshToken() });
    await thief.ask('{ me { id } }');
    expect(refreshed(await owner.refresh())).toBe('SessionExpired');
    expect(refreshed(await thief.refresh())).toBe('SessionExpired');
  });
});

describe('logging in', () => {
  it('replaces the session it came with', async () => {
    const client = await auth.signedUp('again@example.org', 'a-fine-passphrase');
    const old = client.refreshToken();
    await client.ask(LOG_IN, { input: { email: 'again@example.org', password: 'a-fine-passphrase' } });
    expect(client.refreshToken()).not.toBe(old);
    expect(names(await client.ask(SESSIONS))).toHaveLength(1);
    expect(refreshed(await auth.browser().refresh({ token: old }))).toBe('SessionExpired');
  });

  it('does not end a session for a refresh token whose secret is made up', async () => {
    const victim = await auth.signedUp('victim@example.org');
    const forged = `${victim.claims()?.sid}.${'x'.repeat(43)}`;
    await auth.post(
      LOG_IN,
      { input: { email: 'admin@example.org', password: 'a-real-admin-password' } },
      { viewer: null, session: { refreshToken: forged } },
    );
    await auth.post('mutation { logOut(everywhere: true) { endedSessions } }', {}, { viewer: null, session: { refreshToken: forged } });
    expect(refreshed(await victim.refresh())).toBe('SignedIn');
  });
});

describe('ending sessions', () => {
  it('lists sessions to their owner with user agent and times, and revokes one of them by name', async () => {
    const laptop = await auth.signedUp('devices@example.org', 'a-fine-passphrase');
    const phone = auth.browser('Phone/2.0');
    await phone.ask(LOG_IN, { input: { email: 'devices@example.org', password: 'a-fine-passphrase' } });

    const listed = (await laptop.ask(SESSIONS)).data?.['me'].sessions;
    expect(listed).toHaveLength(2);
    expect(JSON.stringify(listed)).not.toContain(phone.claims()?.sid);
    const other = listed.find((session: { current: boolean }) => !session.current);
    expect(other).toMatchObject({ userAgent: 'Phone/2.0' });

    const revoke = 'mutation ($id: ID!) { revokeSession(id: $id) { revoked } }';
    expect((await laptop.ask(revoke, { id: other.id })).data).toEqual({ revokeSession: { revoked: true } });
    expect((await laptop.ask(revoke, { id: other.id })).data).toEqual({ revokeSession: { revoked: false } });
    expect(refreshed(await phone.refresh())).toBe('SessionExpired');
    expect(refreshed(await laptop.refresh())).toBe('SignedIn');
  });

  it("does not revoke a stranger's session", async () => {
    const owner = await auth.signedUp('private@example.org');
    const [name] = names(await owner.ask(SESSIONS));
    const stranger = await auth.signedUp('stranger@example.org');
    expect((await stranger.ask('mutation ($id: ID!) { revokeSession(id: $id) { revoked } }', { id: name })).data).toEqual({
      revokeSession: { revoked: false },
    });
    expect(refreshed(await owner.refresh())).toBe('SignedIn');
  });

  it('logs out here, again without harm, and everywhere', async () => {
    const client = await auth.signedUp('leaving@example.org', 'a-fine-passphrase');
    const other = await auth.loggedIn({ email: 'leaving@example.org', password: 'a-fine-passphrase' });
    const third = await auth.loggedIn({ email: 'leaving@example.org', password: 'a-fine-passphrase' });
    const logOut = 'mutation ($everywhere: Boolean!) { logOut(everywhere: $everywhere) { endedSessions } }';
    const here = await client.ask(logOut, { everywhere: false });
    expect(here.data).toEqual({ logOut: { endedSessions: 1 } });
    expect(here.extensions).toEqual(cleared);
    expect((await client.ask(logOut, { everywhere: false })).data).toEqual({ logOut: { endedSessions: 0 } });

    const user = other.claims()?.sub ?? '';
    expect((await other.ask(logOut, { everywhere: true })).data).toEqual({ logOut: { endedSessions: 2 } });
    expect(refreshed(await third.refresh())).toBe('SessionExpired');
    expect(await auth.redis.get(sessionKeys.userVersion(user))).toBe('2');

    const back = await auth.loggedIn({ email: 'leaving@example.org', password: 'a-fine-passphrase' });
    expect(refreshed(await back.refresh())).toBe('SignedIn');
  });

  it('a session that Redis forgot to end cannot be refreshed: MongoDB decides', async () => {
    const client = await auth.signedUp('undead@example.org');
    await auth.mongo.db
      .collection<{ _id: string }>('users')
      .updateOne({ _id: client.claims()?.sub ?? '' }, { $set: { tokenVersion: 2, sessionsEndedBelow: 2, keptSid: null } });
    expect(refreshed(await client.refresh())).toBe('SessionExpired');
  });

  it('a change that its process did not live to carry to Redis arrives there all the same, and again after Redis lost it', async () => {
    const client = await auth.signedUp('crash@example.org');
    const [userId, sid] = [client.claims()?.sub ?? '', client.claims()?.sid ?? ''];
    await auth.mongo.db
      .collection<ChangeDocument>('token_version_changes')
      .insertOne({
        _id: 'tvc_crashed',
        userId,
        version: 7,
        endsSessions: true,
        keptSid: null,
        createdAt: new Date(Date.now() - 60_000),
        applied: false,
      });
    await eventually('the version reaches Redis', async () => (await auth.redis.get(sessionKeys.userVersion(userId))) === '7');
    await eventually('the session is ended', async () => (await auth.redis.exists(sessionKeys.revoked(sid))) === 1);
    expect(refreshed(await client.refresh())).toBe('SessionExpired');
    await auth.redis.del(sessionKeys.userVersion(userId));
    await eventually('the version is back', async () => (await auth.redis.get(sessionKeys.userVersion(userId))) === '7');
  });
});

describe('changing the password', () => {
  it('ends every other session and goes on here with new tokens', async () => {
    const here = await auth.signedUp('change@example.org', 'the-old-passphrase');
    const there = await auth.loggedIn({ email: 'change@example.org', password: 'the-old-passphrase' });
    const before = here.claims();
    const answer = await here.ask(CHANGE_PASSWORD, { input: { currentPassword: 'the-old-passphrase', newPassword: 'the-new-passphrase' } });
    expect(answer.data?.['changePassword']['__typename']).toBe('ChangePasswordPayload');
    expect(here.claims()).toMatchObject({ sid: before?.sid, ver: 2 });
    expect(refreshed(await there.refresh())).toBe('SessionExpired');
    expect(refreshed(await here.refresh())).toBe('SignedIn');
    expect(
      (await auth.browser().ask(LOG_IN, { input: { email: 'change@example.org', password: 'the-old-passphrase' } })).data?.['logIn'][
        '__typename'
      ],
    ).toBe('InvalidCredentials');
    await auth.loggedIn({ email: 'change@example.org', password: 'the-new-passphrase' });
  });

  it('refuses a wrong current password and changes nothing', async () => {
    const client = await auth.signedUp('keep@example.org', 'the-old-passphrase');
    const answer = await client.ask(CHANGE_PASSWORD, {
      input: { currentPassword: 'not-the-passphrase', newPassword: 'the-new-passphrase' },
    });
    expect(answer.data?.['changePassword']).toEqual({ __typename: 'InvalidCredentials', path: ['input', 'currentPassword'] });
    await auth.loggedIn({ email: 'keep@example.org', password: 'the-old-passphrase' });
  });
});
