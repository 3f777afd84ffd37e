import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { once } from 'node:events';
import { connect } from 'node:net';
import { fastify } from 'fastify';
import { SESSION_REVOKED_CHANNEL, sessionKeys } from '../../kit/runtime/session-keys.ts';
import { eventually } from '../../tests/harness/fresh.ts';
import { openStream } from '../testing/sse-client.ts';
import { openSocket } from '../testing/ws-client.ts';
import type { World } from '../testing/world.ts';
import { startWorld } from '../testing/world.ts';
import { createEventStreams } from './event-streams.ts';
import { createSocketRegistry } from './socket-registry.ts';

const WATCH = 'subscription { seatMapChanged(eventId: "e1") { kind version seats { id status } event { title } } }';

describe('GraphQL over Server-Sent Events', () => {
  let world: World;
  const open: Awaited<ReturnType<typeof openStream>>[] = [];
  beforeAll(async () => {
    world = await startWorld({ settings: { sockets: { perUser: 2, perAddress: 4, operationsPerSocket: 3, initTimeoutMs: 500 } } });
  });
  afterAll(() => world.close());
  afterEach(async () => {
    await Promise.all(open.splice(0).map((stream) => stream.close()));
    await eventually('no listener is left upstream', () => world.feed.listenerCount() === 0);
  });
  async function post(query: string, headers: Record<string, string> = {}) {
    const stream = await openStream(`${world.origin}/graphql`, { body: { query }, headers });
    open.push(stream);
    return stream;
  }
  async function get(query: string, headers: Record<string, string> = {}) {
    const stream = await openStream(`${world.origin}/graphql?query=${encodeURIComponent(query)}`, { headers });
    open.push(stream);
    return stream;
  }
  const someone = (sid: string, lifeSeconds = 900) => ({ userId: `u-${sid}`, sid, roles: ['ATTENDEE'], lifeSeconds }) as const;

  it('streams what a WebSocket would carry, of the same topic', async () => {
    const before = world.feed.opened.length;
    const stream = await post(WATCH);
    const { headers } = stream.response;
    expect([stream.response.status, headers.get('content-type'), headers.get('cache-control')]).toEqual([
      200,
      'text/event-stream; charset=utf-8',
      'no-store, no-transform',
    ]);
    expect(headers.get('x-request-id')).toMatch(/^req_/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    const socket = await openSocket(world.wsUrl);
    socket.subscribe('1', WATCH);
    await socket.event('1', 0);
    expect(JSON.parse((await stream.event(0)).data)).toMatchObject({ data: { seatMapChanged: { kind: 'SNAPSHOT' } } });
    world.feed.change('A-1', 'HELD');
    expect(JSON.parse((await stream.event(1)).data)).toEqual(await socket.event('1', 1));
    expect(world.feed.opened.length - before).toBe(1);
    socket.close();
  });

  it('says when an operation is complete: a stream, or a query', async () => {
    const ticks = await get('subscription { ticks(upTo: 2) }');
    expect(await ticks.ended()).toBe('well');
    expect(ticks.events).toEqual([
      { event: 'next', data: '{"data":{"ticks":1}}' },
      { event: 'next', data: '{"data":{"ticks":2}}' },
      { event: 'complete', data: '' },
    ]);
    const query = await post('{ ping }');
    expect(await query.ended()).toBe('well');
    expect(query.events.map(({ event }) => event)).toEqual(['next', 'complete']);
  });

  it.each([
    ['mutation { slowly }', 400, 'BAD_REQUEST'],
    ['{ nope }', 400, 'GRAPHQL_VALIDATION_FAILED'],
    ['{ ping', 400, 'GRAPHQL_PARSE_FAILED'],
    ['subscription { myTicks }', 400, 'UNAUTHENTICATED'],
    ['', 400, 'GRAPHQL_PARSE_FAILED'],
  ])('refuses as an ordinary request is refused: %s', async (query, status, code) => {
    for (const stream of [await post(query), await get(query)]) {
      if (stream.response.status === 200) {
        // Admitted, with nothing left that this viewer may see.
        expect(JSON.parse((await stream.event(0)).data)).toMatchObject({ errors: [{ extensions: { code } }] });
        expect(await stream.ended()).toBe('well');
        continue;
      }
      expect(stream.response.status).toBe(status);
      expect((await stream.refusal()).errors[0]?.extensions['code']).toBe(code);
    }
  });

  it('tells of a failure after the beginning as an event, and completes', async () => {
    const stream = await post('subscription { seatMapChanged(eventId: "unknown") { version } }');
    expect(JSON.parse((await stream.event(0)).data)).toMatchObject({ errors: [{ extensions: { code: 'NOT_FOUND' } }] });
    expect((await stream.event(1)).event).toBe('complete');
  });

  it('stops upstream when its client goes away', async () => {
    const stream = await post(WATCH);
    await stream.event(0);
    expect(world.feed.listenerCount()).toBe(1);
    await stream.close();
    await eventually('upstream is closed', () => world.feed.listenerCount() === 0);
  });

  it('is refused for pages of other sites, for forms, and for cookies that nothing shows to be ours', async () => {
    const cookie = await world.cookieFor(someone('forge'));
    expect((await post(WATCH, { origin: 'https://evil.test' })).response.status).toBe(403);
    expect((await get(WATCH, { cookie, 'sec-fetch-site': 'cross-site' })).response.status).toBe(403);
    expect((await get(WATCH, { cookie })).response.status).toBe(403);
    expect((await post(WATCH, { 'content-type': 'text/plain' })).response.status).toBe(400);
    expect((await get('{ ping }', { cookie, 'sec-fetch-site': 'same-origin' })).response.status).toBe(200);
    expect((await get('{ ping }', { cookie, origin: world.origin })).response.status).toBe(200);
  });

  it('counts against the caps of user and address, together with WebSockets', async () => {
    const headers = { cookie: await world.cookieFor(someone('many')) };
    await Promise.all([post(WATCH, headers), post(WATCH, headers)]);
    const refused = await post(WATCH, headers);
    expect([refused.response.status, refused.response.headers.get('retry-after')]).toEqual([429, '5']);
    await refused.close();
    await Promise.all([post(WATCH), post(WATCH)]);
    expect((await post(WATCH)).response.status).toBe(429);
    await expect(openSocket(world.wsUrl)).rejects.toThrow(/429/);
  });

  it('ends with UNAUTHENTICATED when its session is revoked, and breaks off when its token expires', async () => {
    const [ended, expiring] = [someone('ended'), someone('expiring', 2)];
    const stream = await post(WATCH, { cookie: await world.cookieFor(ended) });
    const short = await post(WATCH, { cookie: await world.cookieFor(expiring) });
    await stream.event(0);
    await world.redis.publish(SESSION_REVOKED_CHANNEL, JSON.stringify({ sid: ended.sid }));
    expect(await stream.ended()).toBe('well');
    expect(JSON.parse(stream.events.at(-2)?.data ?? '{}')).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
    expect(await short.ended()).toBe('broken');
  });

  it('counts no generation of a session as seen before its cookies have arrived', async () => {
    const owner = someone('lost-answer');
    const stream = await post(WATCH, { cookie: `refresh_token=${world.authority.refreshToken(owner)}` });
    await stream.event(0);
    expect(stream.response.headers.getSetCookie()).toHaveLength(2);
    expect(await world.redis.get(sessionKeys.seenGeneration(owner.sid))).toBeNull();
  });

  it('is refused with the time to wait, as an ordinary request is', async () => {
    const refusal = { message: 'Too many requests.', extensions: { code: 'RATE_LIMITED', retryAfterSeconds: 7 } };
    const streams = createEventStreams({
      registry: createSocketRegistry({ perUser: 1, perAddress: 1, onCount: () => undefined }),
      sessions: {
        resolve: async () => ({ viewer: null, token: null, uncertain: false, material: { address: '' }, cookies: [] }),
        standingOf: async () => 'good',
      },
      operations: {
        forSocket: () => async (_payload, sink) => {
          sink.fail([refusal]);
          return () => undefined;
        },
      },
    });
    const app = fastify();
    const from = { cookieHeader: undefined, authorization: undefined, userAgent: undefined, address: '192.0.2.1', requestId: 'req_1' };
    app.get('/graphql', (request, reply) => streams.serve(request, reply, from));
    const { statusCode, headers } = await app.inject({ url: '/graphql?query={ping}' });
    expect([statusCode, headers['retry-after']]).toEqual([429, '7']);
    await app.close();
  });

  it('is not what a client gets that would rather have an ordinary answer', async () => {
    const { response } = await post('{ ping }', { accept: 'text/event-stream;q=0.5, application/json' });
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    expect(await response.json()).toMatchObject({ data: { ping: expect.any(String) } });
  });

  describe('that is asked for, while it is not yet known by whom,', () => {
    /** Streams whose sessions are resolved when the test says so. */
    async function waitingStreams() {
      const registry = createSocketRegistry({ perUser: 1, perAddress: 1, onCount: () => undefined });
      let asked = 0;
      let answer = (): void => undefined;
      const gate = new Promise<void>((resolve) => {
        answer = resolve;
      });
      const streams = createEventStreams({
        registry,
        sessions: {
          resolve: async () => {
            asked += 1;
            await gate;
            return { viewer: null, token: null, uncertain: false, material: { address: '' }, cookies: [] };
          },
          standingOf: async () => 'good',
        },
        operations: { forSocket: () => async () => () => undefined },
      });
      const app = fastify();
      let served: Promise<unknown> | undefined;
      app.get('/graphql', (request, reply) => {
        const from = { cookieHeader: undefined, authorization: undefined, userAgent: undefined, address: '192.0.2.1', requestId: 'req_1' };
        return (served = streams.serve(request, reply, from));
      });
      const { port } = new URL(await app.listen({ host: '127.0.0.1', port: 0 }));
      const client = connect(Number(port), '127.0.0.1');
      client.write('GET /graphql?query={ping} HTTP/1.1\r\nhost: x\r\naccept: text/event-stream\r\n\r\n');
      await eventually('the session is asked for', () => asked === 1);
      const resolved = async (): Promise<void> => {
        answer();
        await served;
      };
      return { app, client, streams, registry, resolved };
    }

    it('leaves nothing behind when its client goes away', async () => {
      const { app, client, registry, resolved } = await waitingStreams();
      client.destroy();
      await eventually('the place is free again', () => {
        const release = registry.reserveAddress('192.0.2.1');
        release?.();
        return release !== null;
      });
      await resolved();
      expect(registry.all()).toEqual([]);
      await app.close();
    });

    it('is broken off when the router closes meanwhile', async () => {
      const { app, client, streams, registry, resolved } = await waitingStreams();
      const broken = once(client, 'close');
      streams.close();
      await resolved();
      expect(registry.all()).toEqual([]);
      await broken;
      await app.close();
    });
  });

  it('is broken off when the router closes', async () => {
    const other = await startWorld();
    const stream = await openStream(`${other.origin}/graphql`, { body: { query: WATCH } });
    await stream.event(0);
    await other.close();
    expect(await stream.ended()).toBe('broken');
  });
});
