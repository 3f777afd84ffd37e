import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { eventually, freshMongo, freshRedisUrl } from '../../tests/harness/fresh.ts';
import { systemClock } from '../values/clock.ts';
import { newId } from '../values/ids.ts';
import { createRedisStreamsBus } from './bus-redis.ts';
import type { DomainEvent, DomainEventBus } from './bus.ts';
import { silentLogger } from './logger.ts';
import type { MongoConnection } from './mongo.ts';
import type { Outbox } from './outbox.ts';
import { createOutbox, createOutboxRelay } from './outbox.ts';
import type { RedisClient } from './redis.ts';
import { connectRedis } from './redis.ts';

let mongo: MongoConnection;
let redis: RedisClient;
let bus: DomainEventBus;
let outbox: Outbox;
beforeAll(async () => {
  mongo = await freshMongo('outbox');
  const url = await freshRedisUrl();
  redis = await connectRedis({ url, name: 'test', logger: silentLogger });
  bus = createRedisStreamsBus({
    redis,
    connect: (name) => connectRedis({ url, name, logger: silentLogger, blocking: true }),
    logger: silentLogger,
  });
  outbox = createOutbox({ db: mongo.db, clock: systemClock });
  await outbox.ensureIndexes();
});
afterAll(async () => {
  await bus.close();
  redis.disconnect();
  await mongo.close();
});

const source = (): string => mongo.db.databaseName;

function startRelay(through: DomainEventBus = bus): void {
  const relay = createOutboxRelay({
    db: mongo.db,
    rows: outbox.rows,
    bus: through,
    clock: systemClock,
    logger: silentLogger,
    everyMilliseconds: 20,
  });
  onTestFinished(() => relay.close());
}

/** Everything a group receives, in order. */
async function listen(): Promise<DomainEvent[]> {
  const seen: DomainEvent[] = [];
  const subscription = await bus.subscribe({
    sources: [source()],
    group: newId('group'),
    member: 'one',
    onEvent: (event) => {
      seen.push(event);
      return Promise.resolve();
    },
  });
  onTestFinished(() => subscription.close());
  return seen;
}

const append = (aggregateId: string, version: number, at?: Date): Promise<string> => {
  const { append: write } = at ? createOutbox({ db: mongo.db, clock: { now: () => at } }) : outbox;
  return mongo.client.withSession((session) =>
    session.withTransaction(() => write(session, { type: 'thing.changed', aggregateId, version, data: { version } })),
  );
};

const eventOf = (aggregateId: string, version: number): DomainEvent => ({
  id: newId('evt'),
  type: 'thing.changed',
  aggregateId,
  version,
  occurredAt: new Date(),
  data: {},
});

const of = (events: readonly DomainEvent[], aggregateId: string): number[] =>
  events.filter((event) => event.aggregateId === aggregateId).map((event) => event.version);

describe('from the outbox to the bus', () => {
  it('every group gets every event, in order of the aggregate’s version whatever order they committed in', async () => {
    const thing = newId('thing');
    const [first, second] = [await listen(), await listen()];
    await append(thing, 2);
    await append(thing, 1);
    await append(thing, 3);
    startRelay();
    await eventually('both groups have all three', () => of(first, thing).length === 3 && of(second, thing).length === 3);
    expect(of(first, thing)).toEqual([1, 2, 3]);
    expect(of(second, thing)).toEqual([1, 2, 3]);
    expect(await outbox.rows.countDocuments({ aggregateId: thing, sent: false })).toBe(0);
  });

  it('an event that was rolled back is never told', async () => {
    const thing = newId('thing');
    const seen = await listen();
    startRelay();
    await expect(
      mongo.client.withSession((session) =>
        session.withTransaction(async () => {
          await outbox.append(session, { type: 'thing.changed', aggregateId: thing, version: 1, data: {} });
          throw new Error('changed my mind');
        }),
      ),
    ).rejects.toThrow('changed my mind');
    const after = newId('thing');
    await append(after, 1);
    await eventually('the next event', () => of(seen, after).length === 1);
    expect(of(seen, thing)).toEqual([]);
  });

  it('a bus that is emptied between the look at its mark and the next event hides nothing', async () => {
    const thing = newId('thing');
    const seen = await listen();
    await append(thing, 1);
    const first = createOutboxRelay({
      db: mongo.db,
      rows: outbox.rows,
      bus,
      clock: systemClock,
      logger: silentLogger,
      everyMilliseconds: 20,
    });
    await eventually('the first one arrived', () => of(seen, thing).length === 1);
    await first.close();
    await append(thing, 2);
    let emptied = false;
    const emptiedAfterTheLook: DomainEventBus = {
      ...bus,
      mark: async (name) => {
        const mark = await bus.mark(name);
        if (!emptied) await redis.flushdb();
        emptied = true;
        return mark;
      },
    };
    const relay = createOutboxRelay({
      db: mongo.db,
      rows: outbox.rows,
      bus: emptiedAfterTheLook,
      clock: systemClock,
      logger: silentLogger,
      everyMilliseconds: 20,
    });
    onTestFinished(() => relay.close());
    await eventually('what was lost came again, and the new one', () => of(seen, thing).length === 3, 10_000);
    expect(of(seen, thing)).toEqual([1, 1, 2]);
  });
});

describe('numbers', () => {
  it('go on above the mark when the rows of before have expired, else a loss among them would not be seen', async () => {
    const [thing, far] = [newId('thing'), 5_000];
    const seen = await listen();
    await bus.publish(source(), far, eventOf(thing, 1), await bus.mark(source()));
    const id = await append(thing, 2);
    startRelay();
    await eventually('it arrived', () => of(seen, thing).length === 2);
    expect((await outbox.rows.findOne({ _id: id }))?.number).toBeGreaterThan(far);
  });

  it('are not taken back by a relay that slept while another one sent the event', async () => {
    const thing = newId('thing');
    await append(thing, 1);
    const second = await append(thing, 2);
    let meanwhile: number | null = null;
    const asleepAfterTheFirst: DomainEventBus = {
      ...bus,
      publish: async (name, number, event, believed) => {
        await bus.publish(name, number, event, believed);
        if (meanwhile !== null) return;
        meanwhile = number + 100;
        await outbox.rows.updateOne({ _id: second }, { $set: { number: meanwhile, sent: true, sentAt: new Date() } });
        await bus.publish(name, meanwhile, eventOf(thing, 2), number);
      },
    };
    startRelay(asleepAfterTheFirst);
    await append(thing, 3);
    await eventually('all are sent', async () => (await outbox.rows.countDocuments({ aggregateId: thing, sent: false })) === 0);
    expect((await outbox.rows.findOne({ _id: second }))?.number).toBe(meanwhile);
  });
});

describe('rows', () => {
  const DAY_MS = 86_400_000;

  it('expire seven days after they were sent, and never before they are sent and shown', async () => {
    const thing = newId('thing');
    const longAgo = new Date(Date.now() - 30 * DAY_MS);
    const [unsent, unshown, recent, done] = await Promise.all([1, 2, 3, 4].map((version) => append(thing, version, longAgo)));
    const sent = { sent: true, number: 1 };
    await outbox.rows.updateOne({ _id: recent ?? '' }, { $set: { ...sent, sentAt: new Date(Date.now() - 6 * DAY_MS) } });
    await outbox.rows.updateOne({ _id: unshown ?? '' }, { $set: { ...sent, sentAt: longAgo, shown: false } });
    await outbox.rows.updateOne({ _id: done ?? '' }, { $set: { ...sent, sentAt: new Date(Date.now() - 8 * DAY_MS) } });
    await eventually('the last one expired', async () => (await outbox.rows.findOne({ _id: done ?? '' })) === null, 75_000);
    const left = await outbox.rows.find({ aggregateId: thing }).toArray();
    expect(new Set(left.map(({ _id }) => _id))).toEqual(new Set([unsent, unshown, recent]));
  }, 80_000);

  it('sent longer ago than consumers remember are not sent again, whatever the bus has lost', async () => {
    const thing = newId('thing');
    await bus.publish(source(), 9_000, eventOf(thing, 1), await bus.mark(source()));
    const old = await append(thing, 2);
    await outbox.rows.updateOne(
      { _id: old },
      { $set: { sent: true, shown: false, number: 9_001, sentAt: new Date(Date.now() - 8 * DAY_MS) } },
    );
    const seen = await listen();
    startRelay();
    const fresh = newId('thing');
    await append(fresh, 1);
    await eventually('the next one', () => of(seen, fresh).length === 1);
    expect(of(seen, thing)).toEqual([1]);
  });
});
