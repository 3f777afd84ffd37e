import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createIdentitySigner, createIdentityVerifier, IDENTITY_HEADER } from '../../kit/graphql/identity.ts';
import { silentLogger } from '../../kit/runtime/logger.ts';
import { connectRedis } from '../../kit/runtime/redis.ts';
import { startPrivateRedis } from '../../local/redis.ts';
import { closeAfterTest } from '../../tests/harness/fresh.ts';
import { createAuthApp } from './app.ts';
import { ADMIN, anonymous, CHANGE_PASSWORD, codes, ed25519, issuePaths, LOG_IN, SET_ROLES, SIGN_UP, startAuth } from './test-bed.ts';

let auth: Awaited<ReturnType<typeof startAuth>>;
beforeAll(async () => {
  auth = await startAuth();
});
afterAll(() => auth.close());

const adminIdentity = (userId: string) => ({ viewer: { userId, sid: 'ses_any', roles: ['ADMIN'] as const } });
const users = () => auth.mongo.db.collection<{ _id: string; roles: string[]; email: string }>('users');

describe('who sees what', () => {
  it('anonymous viewers have no me, and others see a name but neither address nor roles', async () => {
    expect(await auth.post('{ me { id } }', {}, anonymous)).toEqual({ data: { me: null } });
    const owner = await auth.signedUp('shown@example.org');
    const stranger = await auth.signedUp('looking@example.org');
    const entity =
      'query ($r: [_Any!]!) { _entities(representations: $r) { ... on User { displayName email roles sessions { id } createdAt } } }';
    const variables = { r: [{ __typename: 'User', id: owner.claims()?.sub }] };
    const seen = (await stranger.ask(entity, variables)).data?.['_entities'][0];
    expect(seen).toMatchObject({ displayName: 'Ada', email: null, roles: null, sessions: null });
    expect((await owner.ask(entity, variables)).data?.['_entities'][0]).toMatchObject({
      email: 'shown@example.org',
      roles: ['ATTENDEE'],
      sessions: [{}],
    });
    const admin = await auth.loggedIn(ADMIN);
    expect((await admin.ask(entity, variables)).data?.['_entities'][0]).toMatchObject({
      email: 'shown@example.org',
      roles: ['ATTENDEE'],
      sessions: null,
    });
  });

  it('answers null for users that do not exist, in the order asked', async () => {
    const owner = await auth.signedUp('one@example.org');
    const r = [
      { __typename: 'User', id: 'usr_nobody' },
      { __typename: 'User', id: owner.claims()?.sub },
    ];
    const answer = await auth.post('query ($r: [_Any!]!) { _entities(representations: $r) { ... on User { id } } }', { r }, anonymous);
    expect(answer.data?.['_entities']).toEqual([null, { id: owner.claims()?.sub }]);
  });

  it('refuses entity keys that are not ids', async () => {
    for (const id of [{ $ne: null }, { $gt: '' }, ['x'], null, 7, 'a b', '']) {
      const answer = await auth.post(
        'query ($r: [_Any!]!) { _entities(representations: $r) { ... on User { id email } } }',
        { r: [{ __typename: 'User', id }] },
        anonymous,
      );
      expect({ id, codes: codes(answer) }).toEqual({ id, codes: ['BAD_USER_INPUT'] });
      expect(answer.data?.['_entities']?.[0] ?? null).toBeNull();
    }
  });

  it('refuses what needs a session or a scope', async () => {
    const attendee = await auth.signedUp('attendee@example.org');
    expect(codes(await auth.post('{ users { edges { cursor } } }', {}, anonymous))).toEqual(['UNAUTHENTICATED']);
    expect(codes(await attendee.ask('{ users { edges { cursor } } }'))).toEqual(['FORBIDDEN']);
    expect(codes(await attendee.ask(SET_ROLES, { input: { userId: attendee.claims()?.sub, roles: ['ADMIN'] } }))).toEqual(['FORBIDDEN']);
    expect(
      codes(await auth.post(CHANGE_PASSWORD, { input: { currentPassword: 'a', newPassword: 'a-fine-passphrase' } }, anonymous)),
    ).toEqual(['UNAUTHENTICATED']);
    expect(codes(await auth.post('mutation { revokeSession(id: "x") { revoked } }', {}, anonymous))).toEqual(['UNAUTHENTICATED']);
  });

  it('answers nobody without an identity, nor one that another key, another subgraph or a client made up', async () => {
    const forged = await createIdentitySigner({ issuer: 'router', privateKey: (await ed25519()).privateKey });
    const admin = { viewer: { userId: 'usr_x', sid: 'ses_x', roles: ['ADMIN'] as const } };
    for (const token of [undefined, 'garbage', await forged.sign('subgraph:auth', admin)]) {
      const response = await fetch(`${auth.origin}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(token === undefined ? {} : { [IDENTITY_HEADER]: token }) },
        body: JSON.stringify({ query: '{ __typename }' }),
      });
      expect(response.status).toBe(401);
    }
  });
});

describe('where a mail goes', () => {
  it('is told to orders, which writes to buyers, and to no other process', async () => {
    const [orders, events] = await Promise.all([ed25519(), ed25519()]);
    const keys = [
      { ...orders.publicKey, kid: 'orders' },
      { ...events.publicKey, kid: 'events' },
    ];
    const own = await startAuth({ verifier: createIdentityVerifier({ audience: 'subgraph:auth', jwks: { keys } }) });
    closeAfterTest(own);
    const admin = await own.mongo.db.collection<{ _id: string }>('users').findOne({});
    const query = 'query ($r: [_Any!]!) { _entities(representations: $r) { ... on User { email roles } } }';
    const asked = await Promise.all(
      [
        { issuer: 'orders', privateKey: orders.privateKey },
        { issuer: 'events', privateKey: events.privateKey },
      ].map(async (process) => {
        const response = await fetch(`${own.origin}/graphql`, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            [IDENTITY_HEADER]: await (await createIdentitySigner(process)).sign('subgraph:auth', { viewer: null }),
          },
          body: JSON.stringify({ query, variables: { r: [{ __typename: 'User', id: admin?._id }] } }),
        });
        return response.json();
      }),
    );
    expect(asked).toMatchObject([
      { data: { _entities: [{ email: ADMIN.email, roles: null }] } },
      { data: { _entities: [{ email: null, roles: null }] } },
    ]);
  });
});

describe('roles', () => {
  it('stay as they are for an unknown user and an empty list', async () => {
    const admin = await auth.loggedIn(ADMIN);
    expect(codes(await admin.ask(SET_ROLES, { input: { userId: 'usr_nobody', roles: ['ADMIN'] } }))).toEqual(['NOT_FOUND']);
    expect(issuePaths(await admin.ask(SET_ROLES, { input: { userId: '$ne', roles: [] } }))).toEqual(['input.roles', 'input.userId']);
  });

  it('cannot be taken from the last admin', async () => {
    const admin = await auth.loggedIn(ADMIN);
    const answer = await admin.ask(SET_ROLES, { input: { userId: admin.claims()?.sub, roles: ['ORGANIZER'] } });
    expect(issuePaths(answer)).toEqual(['input.roles']);
    expect(await users().countDocuments({ roles: 'ADMIN' })).toBe(1);
  });

  it('two admins who demote each other at once leave one, every time', async () => {
    const admin = await auth.loggedIn(ADMIN);
    const second = await auth.signedUp('second-admin@example.org');
    const ids = [admin.claims()?.sub ?? '', second.claims()?.sub ?? ''];
    for (let round = 0; round < 5; round += 1) {
      await users().updateMany({ _id: { $in: ids } }, { $set: { roles: ['ADMIN'] } });
      const answers = await Promise.all(
        ids.map((id, index) => auth.post(SET_ROLES, { input: { userId: id, roles: ['ATTENDEE'] } }, adminIdentity(ids[1 - index] ?? ''))),
      );
      expect(answers.filter((answer) => answer.data)).toHaveLength(1);
      expect(await users().countDocuments({ roles: 'ADMIN' })).toBe(1);
    }
    await users().updateOne({ _id: ids[0] ?? '' }, { $set: { roles: ['ADMIN'] } });
  });
});

describe('the first admin', () => {
  it('is made once by two processes that start together', async () => {
    await users().deleteMany({ roles: 'ADMIN' });
    const apps = await Promise.all([createAuthApp(auth.deps), createAuthApp(auth.deps)]);
    expect(await users().countDocuments({ email: ADMIN.email, roles: 'ADMIN' })).toBe(1);
    await Promise.all(apps.map((app) => app.close()));
    await auth.loggedIn(ADMIN);
  });
});

describe('when something is away or broken', () => {
  it('without Redis, session mutations answer SERVICE_UNAVAILABLE and leave nothing half done', async () => {
    const server = await startPrivateRedis({ dataDir: null });
    const redis = await connectRedis({ url: server.url, name: 'doomed', logger: silentLogger });
    const bed = await startAuth({ redis });
    closeAfterTest(bed);
    closeAfterTest({ close: () => redis.disconnect() });
    const client = await bed.signedUp('there@example.org', 'the-old-passphrase');
    await server.close();

    const viewer = { userId: client.claims()?.sub ?? '', sid: client.claims()?.sid ?? '', roles: ['ATTENDEE'] as const };
    const session = { refreshToken: client.refreshToken() };
    const refused = await Promise.all([
      bed.post(SIGN_UP, { input: { email: 'new@example.org', password: 'a-fine-passphrase', displayName: 'N' } }, anonymous),
      bed.post(LOG_IN, { input: { email: 'there@example.org', password: 'the-old-passphrase' } }, anonymous),
      bed.post('mutation { refreshSession { __typename } }', {}, { viewer: null, session }),
      bed.post('mutation { logOut(everywhere: true) { endedSessions } }', {}, { viewer, session }),
      bed.post(
        CHANGE_PASSWORD,
        { input: { currentPassword: 'the-old-passphrase', newPassword: 'the-new-passphrase' } },
        { viewer, session },
      ),
      bed.post(SET_ROLES, { input: { userId: viewer.userId, roles: ['ORGANIZER'] } }, { viewer: { ...viewer, roles: ['ADMIN'] } }),
    ]);
    expect(refused.flatMap(codes)).toEqual(Array.from({ length: 6 }, () => 'SERVICE_UNAVAILABLE'));
    expect(refused.map((answer) => answer.extensions)).toEqual(Array.from({ length: 6 }, () => undefined));

    const accounts = bed.mongo.db.collection<{ email: string; tokenVersion: number; roles: string[] }>('users');
    expect(await accounts.findOne({ email: 'new@example.org' })).toBeNull();
    expect(await accounts.findOne({ email: 'there@example.org' })).toMatchObject({ tokenVersion: 1, roles: ['ATTENDEE'] });
    expect((await bed.post('{ me { email sessions { id } } }', {}, { viewer, session })).data).toEqual({
      me: { email: 'there@example.org', sessions: null },
    });
  });

  it('shows nothing of an unexpected error but an id', async () => {
    await auth.mongo.db.collection<{ _id: string; createdAt: string }>('users').insertOne({ _id: 'usr_broken', createdAt: 'not a date' });
    const answer = await auth.post(
      'query ($r: [_Any!]!) { _entities(representations: $r) { ... on User { createdAt } } }',
      { r: [{ __typename: 'User', id: 'usr_broken' }] },
      anonymous,
    );
    expect(answer.errors?.[0]?.message).toBe('Something went wrong on our side.');
    expect(answer.errors?.[0]?.extensions).toEqual({ code: 'INTERNAL_SERVER_ERROR', requestId: expect.stringMatching(/^err_/) });
    await users().deleteOne({ _id: 'usr_broken' });
  });
});
