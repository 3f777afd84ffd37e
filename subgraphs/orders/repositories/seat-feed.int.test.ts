import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { SeatMapUpdate } from '../domain/seat-map.ts';
import type { OrdersFixture } from '../testing/orders-fixture.ts';
import { startOrders } from '../testing/orders-fixture.ts';
import { silentLogger } from '../../../kit/runtime/logger.ts';
import { createSeatFeed } from './seat-feed.ts';
import { seatKeys } from './seat-keys.ts';
import { createSeatPublisher } from './seat-publisher.ts';
import { publishScript } from './seat-map-scripts.ts';

let orders: OrdersFixture;
let feed: Awaited<ReturnType<OrdersFixture['openFeed']>>;
beforeAll(async () => {
  orders = await startOrders();
  feed = await orders.openFeed();
});
afterAll(async () => {
  feed.close();
  await orders.close();
});

/** A client as the schema tells it to behave; it fails on a gap. */
async function watch(eventId: string, sinceVersion: number | null = null) {
  const updates = await feed.feed.subscribe(eventId, sinceVersion, false);
  onTestFinished(async () => void (await updates.return?.()));
  const statuses = new Map<string, string>();
  let version = sinceVersion ?? -1;
  let snapshots = 0;
  async function next(): Promise<SeatMapUpdate> {
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error('no update within 4 s')), 4_000);
    });
    const { value, done } = await Promise.race([updates.next(), deadline]).finally(() => clearTimeout(timer));
    if (done) throw new Error('the stream has ended');
    const update: SeatMapUpdate = value;
    if (update.kind === 'DELTA' && !(update.previousVersion <= version && version < update.version))
      throw new Error(`gap: ${version} then ${update.previousVersion}`);
    if (update.kind === 'SNAPSHOT') {
      snapshots += 1;
      statuses.clear();
    }
    for (const seat of update.seats) statuses.set(seat.seatId, seat.status);
    version = update.version;
    return update;
  }
  async function until(seatId: string, status: string): Promise<void> {
    while (statuses.get(seatId) !== status) await next();
  }
  return { next, until, statuses, updates, version: () => version, snapshots: () => snapshots };
}

describe('the live map', () => {
  it('begins with a SNAPSHOT of all seats and goes on with DELTAs: HELD, AVAILABLE, HELD, RESERVED', async () => {
    const eventId = await orders.publishedEvent();
    const client = await watch(eventId);
    expect(await client.next()).toMatchObject({ kind: 'SNAPSHOT', previousVersion: null });
    expect(client.statuses.size).toBe(50);
    const buyer = orders.viewer();
    const seen: string[] = [];
    const see = async (): Promise<void> => {
      const update = await client.next();
      seen.push(...update.seats.map((seat) => `${seat.seatId} ${seat.status}`));
    };
    const first = await orders.hold(buyer, eventId, ['A-1']);
    await see();
    await orders.core.releaseHold(buyer, first.id);
    await see();
    const held = await orders.hold(buyer, eventId, ['A-1']);
    await see();
    await orders.purchase(buyer, held, await orders.pay(buyer, held));
    await see();
    expect(seen).toEqual(['A-1 HELD', 'A-1 AVAILABLE', 'A-1 HELD', 'A-1 RESERVED']);
  });

  it('replays from a version that is still in the log, and starts anew from one that is not', async () => {
    const eventId = await orders.publishedEvent();
    const client = await watch(eventId);
    const { version } = await client.next();
    await orders.hold(orders.viewer(), eventId, ['A-1']);
    await orders.hold(orders.viewer(), eventId, ['A-2']);
    await client.until('A-2', 'HELD');
    const back = await watch(eventId, version);
    expect(await back.next()).toMatchObject({ kind: 'DELTA', previousVersion: version, version: client.version() });
    expect(Object.fromEntries(back.statuses)).toEqual({ 'A-1': 'HELD', 'A-2': 'HELD' });
    const unknown = await watch(eventId, version + 1);
    expect((await unknown.next()).kind).toBe('SNAPSHOT');
  });

  it('sends nothing twice to one who is up to date', async () => {
    const eventId = await orders.publishedEvent();
    const client = await watch(eventId);
    const { version } = await client.next();
    const same = await watch(eventId, version);
    await orders.hold(orders.viewer(), eventId, ['B-1']);
    expect(await same.next()).toMatchObject({ kind: 'DELTA', previousVersion: version, seats: [{ seatId: 'B-1', status: 'HELD' }] });
  });

  it('merges what a slow reader has not read, to at most one entry per seat', async () => {
    const eventId = await orders.publishedEvent();
    const slow = await watch(eventId);
    await slow.next();
    const fast = await watch(eventId);
    const buyer = orders.viewer();
    for (let round = 0; round < 5; round += 1) {
      const held = await orders.hold(buyer, eventId, ['C-1', 'C-2']);
      await fast.until('C-2', 'HELD');
      await orders.core.releaseHold(buyer, held.id);
      await fast.until('C-2', 'AVAILABLE');
    }
    const merged = await slow.next();
    expect(merged.seats).toHaveLength(2);
    expect(merged.version).toBe(fast.version());
  });

  it('starts anew after Redis was flushed, and then shows what the database says', async () => {
    const eventId = await orders.publishedEvent();
    const buyer = orders.viewer();
    const sold = await orders.hold(buyer, eventId, ['D-1']);
    await orders.purchase(buyer, sold, await orders.pay(buyer, sold));
    await orders.hold(buyer, eventId, ['D-2']);
    const client = await watch(eventId);
    const before = await client.next();
    expect(client.statuses.get('D-2')).toBe('HELD');
    await orders.redis.flushdb();
    const anew = await client.next();
    expect(anew.kind).toBe('SNAPSHOT');
    expect(anew.version).toBeGreaterThan(before.version);
    expect(client.statuses.get('D-1')).toBe('RESERVED');
    expect(client.statuses.get('D-2')).toBe('AVAILABLE');
    await orders.hold(buyer, eventId, ['D-3']);
    await client.until('D-3', 'HELD');
  });

  it('starts anew when an older copy of the log was restored', async () => {
    const eventId = await orders.publishedEvent();
    const client = await watch(eventId);
    await client.next();
    const key = `seat-changes:{${eventId}}`;
    const older = await orders.redis.dumpBuffer(key);
    const held = await orders.hold(orders.viewer(), eventId, ['E-1']);
    await client.until('E-1', 'HELD');
    const version = client.version();
    await orders.redis.restore(key, 0, older, 'REPLACE');
    const anew = await client.next();
    expect(anew.kind).toBe('SNAPSHOT');
    expect(anew.version).toBeGreaterThan(version);
    expect(client.statuses.get('E-1')).toBe('HELD');
    expect(held.seats).toHaveLength(1);
  });

  it('lets a client leave while nothing happens', async () => {
    const eventId = await orders.publishedEvent();
    const updates = await feed.feed.subscribe(eventId, null, false);
    await updates.next();
    const pending = updates.next();
    await updates.return?.();
    expect((await pending).done).toBe(true);
  });

  it('ends with the event even where the end comes behind a gap in the log', async () => {
    const eventId = await orders.publishedEvent();
    const client = await watch(eventId);
    const { version } = await client.next();
    await orders.redis
      .multi()
      .xadd(`seat-changes:{${eventId}}`, `${version + 2}-0`, 'previous', version + 1, 'seats', '[]')
      .xadd(`seat-changes:{${eventId}}`, `${version + 3}-0`, 'previous', version + 2, 'seats', '[]', 'end', '1')
      .exec();
    expect((await client.next()).kind).toBe('SNAPSHOT');
    await expect(client.next()).rejects.toThrow('the stream has ended');
  });

  it('ends at once for a client that comes after the last entry, and before anything else says that the event is over', async () => {
    const eventId = await orders.publishedEvent();
    await orders.core.repositories.map.end(eventId);
    const client = await watch(eventId);
    expect(await client.next()).toMatchObject({ kind: 'SNAPSHOT' });
    expect(await client.updates.next()).toMatchObject({ done: true });
  });

  it('that was opened while Redis is away shows the sales there are, and says nothing while nothing changes', async () => {
    const eventId = await orders.publishedEvent();
    const { map } = orders.core.repositories;
    const fromMongo = async (eventIds: readonly string[]) =>
      new Map(
        Array.from(await map.readEvents(eventIds), ([id, reading]) => [id, { ...reading, held: new Set<string>(), complete: false }]),
      );
    const outage = createSeatFeed({
      store: { ...map, readEvents: fromMongo },
      hints: feed.hints,
      planOf: orders.core.repositories.plans.of,
      logger: silentLogger,
    });
    onTestFinished(() => outage.close());
    const updates = await outage.subscribe(eventId, null, false);
    expect((await updates.next()).value).toMatchObject({ kind: 'SNAPSHOT' });
    let told = 0;
    const following = (async () => {
      for await (const update of updates) {
        told += 1;
        if (update.seats.some((seat) => seat.seatId === 'E-10' && seat.status === 'RESERVED')) return;
      }
    })();
    // Two polls go by, and nobody is told anything.
    await new Promise((resolve) => setTimeout(resolve, 2_300));
    expect(told).toBe(0);
    const buyer = orders.viewer();
    const held = await orders.hold(buyer, eventId, ['E-10']);
    await orders.purchase(buyer, held, await orders.pay(buyer, held));
    await following;
    // Claimed, then sold: a poll may have met both.
    expect(told).toBeLessThanOrEqual(2);
  });

  it('is not spoilt by whoever read a seat before it was sold and publishes it after the log was begun anew', async () => {
    const eventId = await orders.publishedEvent();
    const { claims, plans, map } = orders.core.repositories;
    const slow = createSeatPublisher({ redis: orders.redis, claims, plans });
    let tries = 0;
    await slow.publishing(eventId, ['A-1'], async ({ seatsJson, known }) => {
      tries += 1;
      if (tries === 1) {
        const buyer = orders.viewer();
        const held = await orders.hold(buyer, eventId, ['A-1']);
        await orders.purchase(buyer, held, await orders.pay(buyer, held));
        await map.reset(eventId, (await map.lastVersion(eventId)) + 1);
      }
      const { seatChanges, seatShown, hold } = seatKeys;
      return publishScript(
        orders.redis,
        [seatShown(eventId), seatChanges(eventId), 'none', 'none', 'none', hold(eventId, 'A-1')],
        [seatsJson, known, '', ''],
      );
    });
    expect([await orders.statusOf(eventId, 'A-1'), tries]).toEqual(['RESERVED', 2]);
    expect((await map.changesAfter(eventId, 0)).at(-1)?.seats).toEqual([{ seatId: 'A-1', status: 'RESERVED' }]);
  });

  it('ends with the event', async () => {
    const eventId = await orders.publishedEvent();
    const client = await watch(eventId);
    await client.next();
    await orders.core.repositories.map.end(eventId);
    expect((await client.updates.next()).done).toBe(true);
  });
});
