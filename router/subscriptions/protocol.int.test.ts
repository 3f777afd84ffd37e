import { createServer } from 'node:http';
import { connect as connectTo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { SESSION_REVOKED_CHANNEL, sessionKeys } from '../../kit/runtime/session-keys.ts';
import { eventually } from '../../tests/harness/fresh.ts';
import { openStream } from '../testing/sse-client.ts';
import type { TestSocket } from '../testing/ws-client.ts';
import { openSocket, refusedUpgrade } from '../testing/ws-client.ts';
import type { World } from '../testing/world.ts';
import { startWorld } from '../testing/world.ts';

const WATCH = 'subscription { seatMapChanged(eventId: "e1") { version } }';

describe('graphql-transport-ws at the router', () => {
  let world: World;
  const open: TestSocket[] = [];
  beforeAll(async () => {
    world = await startWorld({ settings: { sockets: { perUser: 2, perAddress: 5, operationsPerSocket: 3, initTimeoutMs: 150 } } });
  });
  afterAll(() => world.close());
  afterEach(async () => {
    for (const socket of open.splice(0)) socket.close();
    await eventually('all places are given back', async () => {
      try {
        const probes = await Promise.all([connect(), connect(), connect(), connect(), connect()]);
        for (const probe of probes) probe.close();
        return true;
      } catch {
        return false;
      } finally {
        for (const socket of open.splice(0)) socket.close();
      }
    });
  });
  async function connect(options: Parameters<typeof openSocket>[1] = {}): Promise<TestSocket> {
    const socket = await openSocket(world.wsUrl, options);
    open.push(socket);
    return socket;
  }
  let counter = 0;
  const someone = (lifeSeconds = 900) => {
    counter += 1;
    return { userId: `wsuser${counter}`, sid: `wssid${counter}`, roles: ['ATTENDEE'], lifeSeconds } as const;
  };

  describe('the connection', () => {
    it('is closed with 4408 without connection_init in time', async () => {
      expect(await (await connect({ init: false })).closed()).toMatchObject({ code: 4408 });
    });

    it('is closed with 4429 on a second connection_init', async () => {
      const socket = await connect();
      socket.send({ type: 'connection_init' });
      expect(await socket.closed()).toMatchObject({ code: 4429 });
    });

    it('is closed with 4401 on subscribing before connection_init', async () => {
      const socket = await connect({ init: false });
      socket.subscribe('1', '{ ping }');
      expect(await socket.closed()).toMatchObject({ code: 4401 });
    });

    it.each([
      'no json',
      '{"type":"odd"}',
      '{"type":"subscribe","id":"1"}',
      '{"type":"subscribe","id":"","payload":{"query":"{ ping }"}}',
      '[]',
      '{"type":"next","id":"1","payload":{}}',
      '{"id":"1","type":"subscribe","payload":{"query":{"a":1}}}',
    ])('is closed with 4400 on %s', async (frame) => {
      const socket = await connect();
      socket.send(frame);
      expect(await socket.closed()).toMatchObject({ code: 4400 });
    });

    it('is closed with 4409 on an id in use', async () => {
      const socket = await connect();
      socket.subscribe('é'.repeat(100), WATCH);
      socket.subscribe('é'.repeat(100), WATCH);
      expect(await socket.closed()).toMatchObject({ code: 4409 });
    });

    it('is closed with 4406 without the subprotocol', async () => {
      expect(await (await connect({ protocol: null, init: false })).closed()).toMatchObject({ code: 4406 });
    });

    it('is closed on a message of more than 64 kB', async () => {
      const socket = await connect();
      socket.subscribe('1', `{ ping } #${'x'.repeat(70_000)}`);
      expect(await socket.closed()).toMatchObject({ code: 1009 });
    });

    it('answers ping with pong and its payload', async () => {
      const socket = await connect();
      socket.send({ type: 'ping', payload: { at: 1 } });
      expect(await socket.next()).toEqual({ type: 'pong', payload: { at: 1 } });
    });
  });

  describe('operations', () => {
    it('are answered: a query with one event and its completion', async () => {
      const socket = await connect();
      socket.subscribe('q', '{ events(count: 1) { title available } }');
      expect(await socket.next()).toEqual({ id: 'q', type: 'next', payload: { data: { events: [{ title: 'Event e0', available: 48 }] } } });
      expect(await socket.next()).toEqual({ id: 'q', type: 'complete' });
    });

    it('that come to their end are completed, and their id is free again', async () => {
      const socket = await connect();
      socket.subscribe('t', 'subscription { ticks(upTo: 2) }');
      expect([await socket.next(), await socket.next(), await socket.next()]).toEqual([
        { id: 't', type: 'next', payload: { data: { ticks: 1 } } },
        { id: 't', type: 'next', payload: { data: { ticks: 2 } } },
        { id: 't', type: 'complete' },
      ]);
      socket.subscribe('t', '{ ping }');
      expect(await socket.next()).toEqual({ id: 't', type: 'next', payload: { data: { ping: 'pong' } } });
    });

    it.each([
      ['mutation { slowly }', 'BAD_REQUEST'],
      ['{ nope }', 'GRAPHQL_VALIDATION_FAILED'],
      ['{ ping', 'GRAPHQL_PARSE_FAILED'],
      [`{ ${'x{ '.repeat(20)} id ${'}'.repeat(20)} }`, 'GRAPHQL_VALIDATION_FAILED'],
      ['query($id: ID!) { event(id: $id) { id } }', 'BAD_USER_INPUT'],
      ['subscription { seatMapChanged(eventId: "e1") @skip(if: true) { version } }', 'GRAPHQL_VALIDATION_FAILED'],
      ['subscription { myTicks }', 'UNAUTHENTICATED'],
      ['subscription { seatMapChanged(eventId: "unknown") { version } }', 'NOT_FOUND'],
      ['subscription { a: ticks(upTo: 1) b: ticks(upTo: 1) }', 'GRAPHQL_VALIDATION_FAILED'],
    ])('that cannot be served end with an error, and leave the socket alone: %s', async (query, code) => {
      const socket = await connect();
      socket.subscribe('bad', query);
      const frame = await socket.frame('bad', 'error');
      expect(frame.payload).toMatchObject([{ extensions: { code } }]);
      expect(world.calls.filter((call) => call.name === 'myTicks' && call.request.identity.viewer === null)).toEqual([]);
      socket.subscribe('good', '{ ping }');
      expect((await socket.event('good', 0)).data).toEqual({ ping: 'pong' });
    });

    it('end upstream when the client completes them', async () => {
      const socket = await connect();
      socket.subscribe('1', WATCH);
      await socket.event('1', 0);
      expect(world.feed.listenerCount()).toBe(1);
      socket.send({ id: '1', type: 'complete' });
      await eventually('upstream is closed', () => world.feed.listenerCount() === 0);
      expect(socket.isOpen()).toBe(true);
    });

    it('beyond the cap of a socket are refused one by one', async () => {
      const socket = await connect();
      for (const id of ['1', '2', '3', '4']) socket.subscribe(id, WATCH);
      expect((await socket.frame('4', 'error')).payload).toMatchObject([{ extensions: { code: 'RATE_LIMITED' } }]);
      await socket.event('3', 0);
      socket.send({ id: '1', type: 'complete' });
      socket.subscribe('5', WATCH);
      await socket.event('5', 0);
    });

    it('carry the viewer of the socket to the subgraph', async () => {
      const claims = someone();
      const socket = await connect({ headers: { authorization: `Bearer ${await world.authority.accessToken(claims)}` } });
      socket.subscribe('1', 'subscription { myTicks }');
      expect((await socket.event('1', 0)).data).toEqual({ myTicks: 1 });
      expect(world.calls.findLast((call) => call.name === 'myTicks')?.request.identity.viewer).toMatchObject({ userId: claims.userId });
    });
  });

  describe('the upgrade', () => {
    it('is refused for pages of other sites, and for cookies without an origin', async () => {
      const cookie = await world.cookieFor(someone());
      expect((await refusedUpgrade(world.wsUrl, { origin: 'https://evil.test' })).status).toBe(403);
      expect((await refusedUpgrade(world.wsUrl, { cookie })).status).toBe(403);
      expect((await refusedUpgrade(world.wsUrl.replace('/graphql', '/elsewhere'), {})).status).toBe(404);
      await connect({ headers: { origin: 'https://app.test', cookie } });
    });

    it('is refused with 429 beyond the caps of a user and of an address', async () => {
      const headers = { origin: world.origin, cookie: await world.cookieFor(someone()) };
      await Promise.all([connect({ headers }), connect({ headers })]);
      expect((await refusedUpgrade(world.wsUrl, headers)).status).toBe(429);
      await Promise.all([connect(), connect(), connect()]);
      expect((await refusedUpgrade(world.wsUrl, {})).status).toBe(429);
    });

    it('that is refused leaves no connection behind, whoever keeps their end of it open', async () => {
      const connections = (): Promise<number> =>
        new Promise((resolve, reject) => {
          world.router.httpServer.getConnections((error, count) => (error ? reject(error) : resolve(count)));
        });
      const before = await connections();
      const client = connectTo({ port: Number(new URL(world.origin).port), host: '127.0.0.1', allowHalfOpen: true });
      client.resume().write('GET /elsewhere HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n');
      await new Promise((resolve) => client.once('end', resolve));
      try {
        expect(await eventually('the connection is gone', async () => (await connections()) <= before, 1_000)).toBe(true);
      } finally {
        client.destroy();
      }
    });

    it('refreshes an expired session, and sends the cookies along', async () => {
      const claims = someone();
      const socket = await connect({ headers: { origin: world.origin, cookie: `refresh_token=${world.authority.refreshToken(claims)}` } });
      expect(socket.setCookies.map((line) => line.split('=', 1)[0])).toEqual(['access_token', 'refresh_token']);
      socket.subscribe('1', '{ me { id } }');
      expect((await socket.event('1', 0)).data).toEqual({ me: { id: claims.userId } });
    });

    it('clears the cookies of a session that is over', async () => {
      const socket = await connect({ headers: { origin: world.origin, cookie: 'refresh_token=gone.gone' } });
      expect(socket.setCookies).toEqual([
        expect.stringContaining('access_token=; Max-Age=0'),
        expect.stringContaining('refresh_token=; Max-Age=0'),
      ]);
    });
  });

  describe('the session of a socket', () => {
    const connectAs = async (claims: Parameters<World['cookieFor']>[0]): Promise<TestSocket> =>
      connect({ headers: { origin: world.origin, cookie: await world.cookieFor(claims) } });

    it('closes it with 4403 when the access token expires', async () => {
      const socket = await connectAs(someone(2));
      expect(await socket.closed()).toMatchObject({ code: 4403 });
    });

    it('closes it with 4401 when it is revoked, and no other', async () => {
      const [ended, other] = [someone(), someone()];
      const [socket, bystander] = await Promise.all([connectAs(ended), connectAs(other)]);
      await world.redis.publish(SESSION_REVOKED_CHANNEL, 'not json');
      await world.redis.publish(SESSION_REVOKED_CHANNEL, JSON.stringify({ sid: ended.sid }));
      expect(await socket.closed()).toMatchObject({ code: 4401 });
      expect(bystander.isOpen()).toBe(true);
    });

    it("closes it when the user's token version grows", async () => {
      const claims = someone();
      const [older, newer] = await Promise.all([connectAs({ ...claims, version: 1 }), connectAs({ ...claims, version: 2 })]);
      await world.redis.publish(SESSION_REVOKED_CHANNEL, JSON.stringify({ userId: claims.userId, version: 2 }));
      expect(await older.closed()).toMatchObject({ code: 4401 });
      expect(newer.isOpen()).toBe(true);
    });

    it('is asked for again before each operation', async () => {
      const claims = someone();
      const socket = await connectAs(claims);
      await world.redis.set(sessionKeys.revoked(claims.sid), '1');
      socket.subscribe('1', '{ ping }');
      expect(await socket.closed()).toMatchObject({ code: 4401 });
    });

    it('is asked for again after the revocation channel was away', async () => {
      const claims = someone();
      const socket = await connectAs(claims);
      await world.redis.set(sessionKeys.revoked(claims.sid), '1');
      world.subscriberRedis.disconnect(true);
      expect(await socket.closed()).toMatchObject({ code: 4401 });
    });
  });
});

describe('an access token that lives for longer than a timer can', () => {
  it('keeps its socket, and its stream', async () => {
    const lifeSeconds = 30 * 86_400;
    const world = await startWorld({ settings: { accessTokenLifeSeconds: lifeSeconds } });
    const headers = {
      origin: world.origin,
      cookie: await world.cookieFor({ userId: 'long', sid: 'long', roles: ['ATTENDEE'], lifeSeconds }),
    };
    const socket = await openSocket(world.wsUrl, { headers });
    const stream = await openStream(`${world.origin}/graphql`, { headers, body: { query: WATCH } });
    try {
      socket.subscribe('1', WATCH);
      await socket.event('1', 0);
      await stream.event(0);
      world.feed.change('A-1', 'HELD');
      expect((await socket.event('1', 1)).errors).toBeUndefined();
      expect((await stream.event(1)).event).toBe('next');
    } finally {
      socket.close();
      await stream.close();
      await world.close();
    }
  });
});

describe('a router that is closed', () => {
  it('tells its sockets to go elsewhere', async () => {
    const world = await startWorld();
    const socket = await openSocket(world.wsUrl);
    socket.subscribe('1', WATCH);
    await socket.event('1', 0);
    const started = Date.now();
    await world.close();
    expect(await socket.closed()).toMatchObject({ code: 1001 });
    expect(Date.now() - started).toBeLessThan(3_000);
  });

  it('waits for no socket that asks to be opened meanwhile, and refuses it', async () => {
    let asked = 0;
    const silentAuth = createServer(() => void (asked += 1));
    await new Promise<void>((resolve) => silentAuth.listen(0, '127.0.0.1', resolve));
    const address = silentAuth.address();
    const world = await startWorld({
      urls: { auth: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/graphql` },
      settings: { subgraphs: { mutationDeadlineMs: 300 } },
    });
    // One that never says goodbye keeps the others' end waiting.
    const silent = await openSocket(world.wsUrl);
    silent.socket.pause();
    // Whose session it is takes until auth's deadline to find out.
    const opening = refusedUpgrade(world.wsUrl, { origin: world.origin, cookie: 'refresh_token=sid.secret' });
    await eventually('auth is asked', () => asked > 0);
    const started = Date.now();
    const closed = world.close();
    expect((await opening).status).toBe(503);
    await closed;
    expect(Date.now() - started).toBeLessThan(3_000);
    silentAuth.close().closeAllConnections();
  });
});
