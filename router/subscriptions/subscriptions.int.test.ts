import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../tests/harness/fresh.ts';
import { composeForTest } from '../testing/compose.ts';
import { SCHEMAS } from '../testing/subgraphs.ts';
import type { EventPayload, TestSocket } from '../testing/ws-client.ts';
import { openSocket } from '../testing/ws-client.ts';
import type { World } from '../testing/world.ts';
import { startWorld } from '../testing/world.ts';

const WATCH =
  'subscription($id: ID!, $since: Int) { seatMapChanged(eventId: $id, sinceVersion: $since) { kind version previousVersion seats { id status } event { id title organizer { displayName } } } }';

type Update = { kind: string; version: number; previousVersion: number | null; event: { title: string } | null };
const updateOf = (event: EventPayload): Update => event.data?.['seatMapChanged'] as Update;

describe('federated subscriptions', () => {
  let world: World;
  const open: TestSocket[] = [];
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world.close());
  afterEach(async () => {
    for (const socket of open.splice(0)) socket.close();
    await eventually('no listener is left upstream', () => world.feed.listenerCount() === 0);
  });
  async function connect(headers: Record<string, string> = {}): Promise<TestSocket> {
    const socket = await openSocket(world.wsUrl, { headers });
    open.push(socket);
    return socket;
  }
  const connectAs = async (userId: string): Promise<TestSocket> =>
    connect({ origin: world.origin, cookie: await world.cookieFor({ userId, sid: `s-${userId}`, roles: ['ATTENDEE'] }) });

  it('send a snapshot, then deltas, with fields of other subgraphs', async () => {
    const socket = await connect();
    socket.subscribe('one', WATCH, { id: 'e1' });
    const first = await socket.event('one', 0);
    expect(first.errors).toBeUndefined();
    expect(updateOf(first)).toMatchObject({
      kind: 'SNAPSHOT',
      previousVersion: null,
      event: { id: 'e1', title: 'Event e1', organizer: { displayName: 'User u1' } },
    });
    world.feed.change('A-1', 'HELD');
    const second = await socket.event('one', 1);
    expect(updateOf(second)).toMatchObject({
      kind: 'DELTA',
      previousVersion: world.feed.version() - 1,
      version: world.feed.version(),
      seats: [{ id: 'A-1', status: 'HELD' }],
    });
    expect(JSON.stringify(second)).not.toContain('_rt_');
  });

  it("keep the client's own aliases, fragments and conditions", async () => {
    const socket = await connect();
    const query =
      'subscription($more: Boolean!) { map: seatMapChanged(eventId: "e1") { version: kind ...F } } fragment F on SeatMapUpdate { kind @skip(if: true) event { t: title available @include(if: $more) } }';
    socket.subscribe('one', query, { more: false });
    expect((await socket.event('one', 0)).data).toEqual({ map: { version: 'SNAPSHOT', event: { t: 'Event e1' } } });
    world.feed.change('A-1', 'AVAILABLE');
    expect((await socket.event('one', 1)).data).toEqual({ map: { version: 'DELTA', event: { t: 'Event e1' } } });
  });

  it('do not mix up what the router asks for itself with names that a client chose', async () => {
    const socket = await connect();
    const query =
      'subscription { seatMapChanged(eventId: "e1") { _rt_version: kind _rt_previous: seats { _rt_version: status } _rtt_version: version } }';
    socket.subscribe('one', query, {});
    const first = await socket.event('one', 0);
    expect(first).toEqual({
      data: { seatMapChanged: { _rt_version: 'SNAPSHOT', _rt_previous: expect.anything(), _rtt_version: world.feed.version() } },
    });
    world.feed.change('A-1', 'HELD');
    expect((await socket.event('one', 1)).data).toEqual({
      seatMapChanged: { _rt_version: 'DELTA', _rt_previous: [{ _rt_version: 'HELD' }], _rtt_version: world.feed.version() },
    });
  });

  it('are opened two at a time for one address, unless somebody has opened them already', async () => {
    const bound = await startWorld({ settings: { rateLimitScale: 1 } });
    try {
      const socket = await openSocket(bound.wsUrl);
      open.push(socket);
      bound.feed.holdBack();
      for (const name of ['a', 'b', 'c', 'd'])
        socket.subscribe(name, `subscription { seatMapChanged(eventId: "e1") { ${name}: kind } }`, {});
      socket.subscribe('again', 'subscription { seatMapChanged(eventId: "e1") { a: kind } }', {});
      await eventually('the first are opened', () => bound.feed.opened.length >= 2);
      await bound.ask('{ ping }');
      expect(bound.feed.opened).toHaveLength(2);
      bound.feed.letBegin();
      for (const name of ['a', 'b', 'c', 'd', 'again']) expect((await socket.event(name, 0)).errors).toBeUndefined();
      expect(bound.feed.opened).toHaveLength(4);
    } finally {
      await bound.close();
    }
  });

  it('share one upstream and one execution among all who watch the same, whoever they are and wherever they resume', async () => {
    const before = world.feed.opened.length;
    const sockets = await Promise.all([connect(), connect(), connectAs('u1')]);
    sockets.forEach((socket, index) => socket.subscribe(String(index), WATCH, { id: 'e1', since: index === 1 ? 7 : null }));
    await Promise.all(sockets.map((socket, index) => socket.event(String(index), 0)));
    world.feed.change('A-2', 'HELD');
    const events = await Promise.all(sockets.map((socket, index) => socket.event(String(index), 1)));
    expect(new Set(events.map((event) => JSON.stringify(event))).size).toBe(1);
    expect(world.feed.opened.length - before).toBe(1);
    expect(world.feed.opened.at(-1)).toEqual({ eventId: 'e1', sinceVersion: undefined });
  });

  it('do not share what is not public to everybody', async () => {
    const query = 'subscription { seatMapChanged(eventId: "e1") { version event { mine } } }';
    const sockets = await Promise.all([connectAs('u1'), connectAs('u1'), connectAs('u2')]);
    for (const socket of sockets) socket.subscribe('1', query);
    await Promise.all(sockets.map((socket) => socket.event('1', 0)));
    expect(world.feed.listenerCount()).toBe(2);
  });

  it('leave forbidden fields out, and say so with each event', async () => {
    const query = 'subscription { seatMapChanged(eventId: "e1") { kind event { title draftNotes } } }';
    const [anonymous, known] = await Promise.all([connect(), connectAs('u1')]);
    for (const socket of [anonymous, known]) socket.subscribe('1', query);
    expect(await anonymous.event('1', 0)).toEqual({
      data: { seatMapChanged: { kind: 'SNAPSHOT', event: { title: 'Event e1', draftNotes: null } } },
      errors: [{ message: 'Sign in first.', path: ['seatMapChanged', 'event', 'draftNotes'], extensions: { code: 'UNAUTHENTICATED' } }],
    });
    expect((await known.event('1', 0)).data).toEqual({
      seatMapChanged: { kind: 'SNAPSHOT', event: { title: 'Event e1', draftNotes: 'notes' } },
    });
  });

  it('answer each client in the shape it asked for, also where the same is left of two documents', async () => {
    const plain = 'subscription { seatMapChanged(eventId: "e1") { version event { id } } }';
    const more = 'subscription { seatMapChanged(eventId: "e1") { version event { id draftNotes } } }';
    const sockets = await Promise.all([connect(), connect(), connect()]);
    for (const [index, query] of [plain, more, plain].entries()) {
      sockets[index]?.subscribe('1', query);
      await sockets[index]?.event('1', 0);
    }
    world.feed.change('A-1', 'HELD');
    const [first, second, third] = await Promise.all(sockets.map((socket) => socket.event('1', 1)));
    expect(first).toEqual({ data: { seatMapChanged: { version: world.feed.version(), event: { id: 'e1' } } } });
    expect(second?.data).toEqual({ seatMapChanged: { version: world.feed.version(), event: { id: 'e1', draftNotes: null } } });
    expect(second?.errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    expect(third).toEqual(first);
  });

  it('tell null from what was not given', async () => {
    const query = 'subscription($to: String = "me") { seatMapChanged(eventId: "e1") { note(to: $to) } }';
    const other = 'subscription($to: String) { seatMapChanged(eventId: "e1") { note(to: $to) } }';
    const socket = await connect();
    const told = async (id: string, text: string, variables: Record<string, unknown>): Promise<unknown> => {
      socket.subscribe(id, text, variables);
      return (await socket.event(id, 0)).data?.['seatMapChanged'];
    };
    expect(await told('1', query, {})).toEqual({ note: 'to me' });
    expect(await told('2', query, { to: null })).toEqual({ note: 'to null' });
    expect(await told('3', query, { to: 'me' })).toEqual({ note: 'to me' });
    expect(world.feed.listenerCount()).toBe(2);
    expect(await told('4', other, { to: null })).toEqual({ note: 'to null' });
    expect(await told('5', other, {})).toEqual({ note: 'to everybody' });
  });

  it('tell each viewer why a field is left out of what they share', async () => {
    const query = 'subscription { seatMapChanged(eventId: "e1") { version event { organizer { id secret } } } }';
    const [anonymous, known] = await Promise.all([connect(), connectAs('u1')]);
    for (const socket of [anonymous, known]) socket.subscribe('1', query);
    expect((await anonymous.event('1', 0)).errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    expect((await known.event('1', 0)).errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  });

  it('let a client join without a gap: the last snapshot and all since, or only what came after its version', async () => {
    const first = await connect();
    first.subscribe('1', WATCH, { id: 'e1' });
    const start = updateOf(await first.event('1', 0)).version;
    for (const status of ['HELD', 'AVAILABLE', 'HELD']) world.feed.change('A-1', status);
    await first.event('1', 3);
    const upstreams = world.feed.opened.length;

    const joiner = await connect();
    joiner.subscribe('new', WATCH, { id: 'e1' });
    joiner.subscribe('back', WATCH, { id: 'e1', since: start + 1 });
    joiner.subscribe('here', WATCH, { id: 'e1', since: start + 3 });
    const versions = async (id: string, count: number): Promise<number[]> => {
      const events = await Promise.all(Array.from({ length: count }, (_, index) => joiner.event(id, index)));
      return events.map((event) => updateOf(event).version);
    };
    expect(await versions('new', 4)).toEqual([start, start + 1, start + 2, start + 3]);
    expect(await versions('back', 2)).toEqual([start + 2, start + 3]);
    world.feed.change('A-1', 'AVAILABLE');
    expect(await versions('here', 1)).toEqual([start + 4]);
    expect((await versions('new', 5)).at(-1)).toBe(start + 4);
    expect((await versions('back', 3)).at(-1)).toBe(start + 4);
    expect(world.feed.opened.length).toBe(upstreams);
  });

  it('fetch one snapshot for all who join when the log no longer reaches back', async () => {
    const first = await connect();
    first.subscribe('1', WATCH, { id: 'e1' });
    await first.event('1', 0);
    for (let change = 0; change < 300; change += 1) {
      world.feed.change('A-1', change % 2 === 0 ? 'HELD' : 'AVAILABLE');
      // The topic would rather begin anew than let more events wait than it may.
      if (change % 50 === 49) await first.event('1', change);
    }
    await first.event('1', 300);
    const upstreams = world.feed.opened.length;
    const joiners = await Promise.all([connect(), connect(), connect()]);
    for (const joiner of joiners) joiner.subscribe('1', WATCH, { id: 'e1', since: 5 });
    const snapshots = await Promise.all(joiners.map((joiner) => joiner.event('1', 0)));
    expect(snapshots.map((event) => [updateOf(event).kind, updateOf(event).version])).toEqual(
      Array.from({ length: 3 }, () => ['SNAPSHOT', world.feed.version()]),
    );
    expect(world.feed.opened.length - upstreams).toBe(1);
    await eventually('the catch-up is closed', () => world.feed.listenerCount() === 1);
    world.feed.change('A-2', 'AVAILABLE');
    for (const joiner of joiners) expect(updateOf(await joiner.event('1', 1)).kind).toBe('DELTA');
  });

  it('are completed when the subgraph completes them', async () => {
    const socket = await connect();
    socket.subscribe('1', WATCH, { id: 'e1' });
    await socket.event('1', 0);
    world.feed.change('A-1', 'RESERVED');
    world.feed.end();
    await socket.frame('1', 'complete');
    expect(updateOf(await socket.event('1', 1)).kind).toBe('DELTA');
    expect(socket.isOpen()).toBe(true);
  });

  it('null the fields of a subgraph that is down, and go on', async () => {
    const socket = await connect();
    await world.stop('events');
    try {
      socket.subscribe('1', WATCH, { id: 'e1' });
      const event = await socket.event('1', 0);
      expect(updateOf(event)).toMatchObject({ kind: 'SNAPSHOT' });
      expect(event.errors?.map(({ path, extensions }) => [path, extensions])).toEqual([
        // Its title may not be null, so that the event is.
        [['seatMapChanged', 'event'], { code: 'SUBGRAPH_UNAVAILABLE', subgraph: 'events' }],
      ]);
    } finally {
      await world.start('events');
    }
    world.feed.change('A-1', 'HELD');
    expect(updateOf(await socket.event('1', 1)).event?.title).toBe('Event e1');
  });

  it('survive the loss of their upstream: the client sees a snapshot, not an error', async () => {
    const socket = await connect();
    socket.subscribe('1', WATCH, { id: 'e1' });
    await socket.event('1', 0);
    await world.stop('orders');
    world.feed.change('A-1', 'RESERVED');
    await world.start('orders');
    const after = updateOf(await socket.event('1', 1));
    expect(after).toMatchObject({ kind: 'SNAPSHOT', version: world.feed.version() });
    world.feed.change('A-1', 'AVAILABLE');
    expect(updateOf(await socket.event('1', 2)).kind).toBe('DELTA');
    expect(socket.frames.filter((frame) => frame.type === 'error')).toEqual([]);
  });

  it('go on when the supergraph is swapped, while new operations see the new one', async () => {
    const socket = await connect();
    socket.subscribe('1', WATCH, { id: 'e1' });
    await socket.event('1', 0);
    world.supergraphs.swap(composeForTest({ ...SCHEMAS, events: SCHEMAS.events.replace('mine: String', 'mine: String novelty: Int') }));
    world.feed.change('A-1', 'HELD');
    expect(updateOf(await socket.event('1', 1))).toMatchObject({ kind: 'DELTA', event: { title: 'Event e1' } });
    socket.subscribe('new', '{ __type(name: "Event") { fields { name } } }');
    expect(JSON.stringify(await socket.event('new', 0))).toContain('novelty');
    expect((await world.ask('{ __type(name: "Event") { fields { name } } }')).text).toContain('novelty');
    socket.subscribe('2', WATCH, { id: 'e1' });
    expect(updateOf(await socket.event('2', 0)).kind).toBe('SNAPSHOT');
  });

  it('move to the new plan when a swap changes it, and end when it leaves nothing to serve', async () => {
    const query = 'subscription { seatMapChanged(eventId: "e1") { kind version event { draftNotes } } }';
    const original = world.supergraphs.current().sdl;
    const [moved, ended] = await Promise.all([connect(), connect()]);
    moved.subscribe('1', query);
    ended.subscribe('1', WATCH, { id: 'e1' });
    expect((await moved.event('1', 0)).errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    await ended.event('1', 0);
    const events = SCHEMAS.events
      .replace('draftNotes: String @authenticated', 'draftNotes: String')
      .replaceAll('title: String!', 'name: String');
    world.supergraphs.swap(composeForTest({ ...SCHEMAS, events }));
    try {
      const after = await moved.event('1', 1);
      expect(after.errors).toBeUndefined();
      expect(after.data).toMatchObject({ seatMapChanged: { kind: 'SNAPSHOT', event: { draftNotes: 'notes' } } });
      world.feed.change('A-1', 'HELD');
      expect((await moved.event('1', 2)).data).toMatchObject({ seatMapChanged: { kind: 'DELTA' } });
      expect((await ended.frame('1', 'error')).payload).toMatchObject([{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }]);
      expect(ended.isOpen()).toBe(true);
      await eventually('the old topics are closed upstream', () => world.feed.listenerCount() === 1);
    } finally {
      world.supergraphs.swap(original);
    }
  });

  it('wait for a subgraph that is just being restarted', async () => {
    const socket = await connect();
    await world.stop('orders');
    socket.subscribe('1', WATCH, { id: 'e1' });
    await world.start('orders');
    expect(updateOf(await socket.event('1', 0)).kind).toBe('SNAPSHOT');
  });

  it('do not let a client that reads nothing hold up another, and resynchronise it with a snapshot', async () => {
    const [slow, quick] = await Promise.all([connect(), connect()]);
    for (const socket of [slow, quick]) socket.subscribe('1', WATCH, { id: 'e1' });
    await Promise.all([slow.event('1', 0), quick.event('1', 0)]);
    slow.socket.pause();
    // Enough to fill the buffers of both ends and then the topic's log, several times over.
    for (let change = 0; change < 120; change += 1) {
      world.feed.change('A-1', change % 2 === 0 ? 'HELD' : 'AVAILABLE', 3_000);
      if (change % 10 === 9) await quick.event('1', change);
    }
    await quick.event('1', 120);
    slow.socket.resume();
    await eventually(
      'the slow client has caught up',
      () => slow.frames.some((frame) => frame.payload && updateOf(frame.payload).version === world.feed.version()),
      10_000,
    );
    const received = slow.frames.flatMap((frame) => (frame.type === 'next' && frame.payload ? [updateOf(frame.payload)] : []));
    expect(received.length).toBeLessThan(121);
    let version = 0;
    for (const update of received) {
      expect(
        update.kind === 'SNAPSHOT' || (update.previousVersion !== null && update.previousVersion <= version && version < update.version),
      ).toBe(true);
      version = update.version;
    }
    expect(slow.isOpen()).toBe(true);
  });

  it('are at most forty different ones for one address, however many clients share each', async () => {
    const few = await startWorld({ settings: { rateLimitScale: 1 } });
    const sockets = await Promise.all(Array.from({ length: 3 }, () => openSocket(few.wsUrl)));
    const watch = (index: number): string => `subscription { seatMapChanged(eventId: "e1") { a${index}: version } }`;
    const [last] = sockets.slice(-1);
    try {
      for (let index = 0; index < 40; index += 1) sockets[Math.floor(index / 20)]?.subscribe(String(index), watch(index));
      await Promise.all(Array.from({ length: 40 }, async (_, index) => sockets[Math.floor(index / 20)]?.event(String(index), 0)));
      last?.subscribe('more', watch(40));
      expect((await last?.frame('more', 'error'))?.payload).toMatchObject([{ extensions: { code: 'RATE_LIMITED' } }]);
      last?.subscribe('shared', watch(0));
      expect((await last?.event('shared', 0))?.errors).toBeUndefined();
      sockets[0]?.send({ id: '1', type: 'complete' });
      await eventually('one is closed upstream', () => few.feed.listenerCount() === 39);
      last?.subscribe('instead', watch(40));
      expect((await last?.event('instead', 0))?.errors).toBeUndefined();
    } finally {
      for (const socket of sockets) socket.close();
      await few.close();
    }
  });
});
