import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sessionKeys } from '../../kit/runtime/session-keys.ts';
import { eventually } from '../../tests/harness/fresh.ts';
import type { TokenVersionChange } from './domain/token-version.ts';
import type { Answer } from './test-bed.ts';
import { CHANGE_PASSWORD, cleared, LOG_IN, refreshed, SESSIONS, startAuth } from './test-bed.ts';

type ChangeDocument = Omit<TokenVersionChange, 'id'> & { _id: string };

let auth: Awaited<ReturnType<typeof startAuth>>;
beforeAll(async () => {
  auth = await startAuth();
});
afterAll(() => auth.close());

const names = (answer: Answer): string[] => answer.data?.['me'].sessions.map((session: { id: string }) => session.id);

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

  it('of all recent changes arrive in Redis again after it lost them, however many there are', async () => {
    const changes = auth.mongo.db.collection<{ _id: string }>('token_version_changes');
    const createdAt = Date.now() - 60_000;
    const all = Array.from({ length: 2_300 }, (_, index) => ({
      _id: `tvc_many${index}`,
      userId: `usr_many${index}`,
      version: 7,
      endsSessions: false,
      keptSid: null,
      createdAt: new Date(createdAt + index),
      applied: true,
    }));
    await changes.insertMany(all);
    const keys = all.map(({ userId }) => sessionKeys.userVersion(userId));
    await eventually('the newest of them', () => auth.redis.get(keys.at(-1) ?? ''), 15_000);
    expect(new Set(await auth.redis.mget(...keys))).toEqual(new Set(['7']));
    await changes.deleteMany({ _id: { $in: all.map(({ _id }) => _id) } });
  });

  it('a change that its process did not live to carry to Redis arrives there all the same, and again after Redis lost it', async () => {
    const client = await auth.signedUp('crash@example.org');
    const [userId, sid] = [client.claims()?.sub ?? '', client.claims()?.sid ?? ''];
    await auth.mongo.db.collection<ChangeDocument>('token_version_changes').insertOne({
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
