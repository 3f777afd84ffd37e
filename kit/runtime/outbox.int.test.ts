import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { eventually, freshMongo, freshRedisUrl } from '../../tests/harness/fresh.ts';
import { systemClock } from '../values/clock.ts';
import { newId } from '../values/ids.ts';
import { createRedisStreamsBus } from './bus-redis.ts';
import type { DomainEvent, DomainEventBus } from './bus.ts';
import { createInbox } from './inbox.ts';
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

function startRelay(): void {
  const relay = createOutboxRelay({
    db: mongo.db,
    rows: outbox.rows,
    bus,
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

const append = (aggregateId: string, version: number): Promise<string> =>
  mongo.client.withSession((session) =>
    session.withTransaction(() => outbox.append(session, { type: 'thing.changed', aggregateId, version, data: { version } })),
  );

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

  it('a flushed bus is filled again, and consumers that act once act once', async () => {
    const thing = newId('thing');
    const inbox = createInbox({ client: mongo.client, db: mongo.db, clock: systemClock });
    const acted = mongo.db.collection<{ _id: string; times: number }>('acted');
    let deliveries = 0;
    const subscription = await bus.subscribe({
      sources: [source()],
      group: newId('group'),
      member: 'one',
      onEvent: async (event) => {
        if (event.aggregateId !== thing) return;
        deliveries += 1;
        await inbox.once('test', event, async (session) => {
          await acted.updateOne({ _id: event.id }, { $inc: { times: 1 } }, { upsert: true, session });
        });
      },
    });
    onTestFinished(() => subscription.close());
    startRelay();
    await append(thing, 1);
    await append(thing, 2);
    await eventually('both arrived', () => deliveries === 2);
    await redis.flushdb();
    await append(thing, 3);
    await eventually('all three came after the flush', () => deliveries >= 5, 15_000);
    expect((await acted.find().toArray()).map(({ times }) => times)).toEqual([1, 1, 1]);
    expect(await bus.mark(source())).toBe((await outbox.rows.find().sort({ number: -1 }).limit(1).next())?.number);
  });
});
