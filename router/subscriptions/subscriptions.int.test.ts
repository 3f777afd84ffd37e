import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../tests/harness/fresh.ts';
import type { TestSocket } from '../testing/ws-client.ts';
import { openSocket } from '../testing/ws-client.ts';
import type { World } from '../testing/world.ts';
import { startWorld } from '../testing/world.ts';

const WATCH = 'subscription($id: ID!) { seatMapChanged(eventId: $id) { kind version previousVersion seats { id status } event { id title organizer { displayName } } } }';

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

  it('send a snapshot, then deltas, with fields of other subgraphs', async () => {
    const socket = await connect();
    socket.subscribe('one', WATCH, { id: 'e1' });
    const first = await socket.event('one', 0);
    expect(first.errors).toBeUndefined();
    expect(first.data?.['seatMapChanged']).toMatchObject({ kind: 'SNAPSHOT', previousVersion: null, event: { id: 'e1', title: 'Event e1', organizer: { displayName: 'User u1' } } });
    world.feed.change('A-1', 'HELD');
    const second = await socket.event('one', 1);
    expect(second.data?.['seatMapChanged']).toMatchObject({ kind: 'DELTA', previousVersion: world.feed.version() - 1, version: world.feed.version(), seats: [{ id: 'A-1', status: 'HELD' }] });
    expect(JSON.stringify(second)).not.toContain('_rt_');
  });

  it('share one upstream among clients that watch the same', async () => {
    const before = world.feed.opened.length;
    const sockets = await Promise.all([connect(), connect(), connect({ origin: world.origin, cookie: await world.cookieFor({ userId: 'u1', sid: 's1', roles: ['ATTENDEE'] }) })]);
    for (const socket of sockets) socket.subscribe('1', WATCH, { id: 'e1' });
    await Promise.all(sockets.map((socket) => socket.event('1', 0)));
    world.feed.change('A-2', 'HELD');
    const events = await Promise.all(sockets.map((socket) => socket.event('1', 1)));
    expect(new Set(events.map((event) => JSON.stringify(event))).size).toBe(1);
    expect(world.feed.opened.length - before).toBe(1);
    expect(world.feed.listenerCount()).toBe(1);
  });
});
