import { systemClock } from '../../values/clock.ts';
import { newId } from '../../values/ids.ts';
import { closeAfterTest, freshMongo } from '../../../tests/harness/fresh.ts';
import type { DomainEvent, DomainEventBus, Subscription } from '../bus.ts';
import { MarkMoved } from '../bus.ts';
import { connectBus } from '../connect-bus.ts';
import { createInbox } from '../inbox.ts';
import type { Logger } from '../logger.ts';
import { silentLogger } from '../logger.ts';
import { createOutbox, createOutboxRelay } from '../outbox.ts';

/** A bus and the server behind it, which the tests kill, empty and set back. */
export type BusUnderTest = {
  readonly address: { readonly amqpUrl?: string; readonly redisUrl: string };
  readonly kill: () => Promise<void>;
  /** After `kill`, with what the server has kept. */
  readonly start: () => Promise<void>;
  /** Once it has ended, what was made so far outlives a kill. */
  readonly settled: () => Promise<void>;
  /** All of it gone, while the bus is in use. */
  readonly empty: () => Promise<void>;
  /** Puts aside what the server has kept; what it answers brings that back, and loses what came since. */
  readonly keepCopy: () => Promise<() => Promise<void>>;
  readonly putUnreadable: (source: string) => Promise<void>;
  readonly deadLetters: (source: string) => Promise<{ id: string; group: string; error: string }[]>;
  readonly close: () => Promise<void>;
};

/** How often an event is delivered here before it is a dead letter. */
export const DELIVERIES = 4;

export const aggregatesOf = (events: readonly DomainEvent[]): string[] => events.map((event) => event.aggregateId);

export const newEvent = (aggregateId: string, version = 1): DomainEvent => ({
  id: newId('evt'),
  type: 'thing.changed',
  aggregateId,
  version,
  occurredAt: new Date(),
  data: { version },
});

/** Connects as another process would; closed with the test. */
export async function connectTo(server: BusUnderTest, logger: Logger = silentLogger): Promise<DomainEventBus> {
  const { amqpUrl, redisUrl } = server.address;
  const redelivery = { afterMilliseconds: 150, deliveries: DELIVERIES };
  const bus = await connectBus({ amqpUrl, redisUrl, name: 'contract', logger, redelivery });
  closeAfterTest(bus);
  return bus;
}

/** Publishes one after the other, as the relay does. */
export function teller(bus: DomainEventBus, source: string) {
  let number = 0;
  return async (aggregateId: string, version = 1): Promise<DomainEvent> => {
    const event = newEvent(aggregateId, version);
    for (;;) {
      const believed = await bus.mark(source);
      number = Math.max(number, believed ?? 0) + 1;
      try {
        await bus.publish(source, number, event, believed);
        return event;
      } catch (error) {
        if (!(error instanceof MarkMoved)) throw error;
      }
    }
  };
}

/** What a group receives, in order. */
export async function listen(
  bus: DomainEventBus,
  to: { source: string; group?: string; member?: string; onEvent?: (event: DomainEvent) => Promise<void> },
): Promise<{ seen: DomainEvent[]; subscription: Subscription }> {
  const seen: DomainEvent[] = [];
  const subscription = await bus.subscribe({
    sources: [to.source],
    group: to.group ?? newId('group'),
    member: to.member ?? newId('member'),
    onEvent: async (event) => {
      await to.onEvent?.(event);
      seen.push(event);
    },
  });
  return { seen, subscription };
}

/** Outbox, relay, and a consumer that acts once: all that a subgraph has. */
export async function story(bus: DomainEventBus) {
  const mongo = await freshMongo('bus');
  closeAfterTest(mongo);
  const outbox = createOutbox({ db: mongo.db, clock: systemClock });
  const inbox = createInbox({ client: mongo.client, db: mongo.db, clock: systemClock });
  await outbox.ensureIndexes();
  const source = mongo.db.databaseName;
  const acted = mongo.db.collection<{ _id: string; times: number }>('acted');
  const relayWith = (through: DomainEventBus) => {
    const relay = createOutboxRelay({
      db: mongo.db,
      rows: outbox.rows,
      bus: through,
      clock: systemClock,
      logger: silentLogger,
      everyMilliseconds: 50,
    });
    closeAfterTest(relay);
    return relay;
  };
  relayWith(bus);
  let deliveries = 0;
  const follow = (group = newId('group')) =>
    listen(bus, {
      source,
      group,
      onEvent: async (event) => {
        deliveries += 1;
        await inbox.once(group, event, async (session) => {
          await acted.updateOne({ _id: `${group} ${event.aggregateId}` }, { $inc: { times: 1 } }, { upsert: true, session });
        });
      },
    });
  return {
    source,
    follow,
    tell: (aggregateId: string): Promise<string> =>
      mongo.client.withSession((session) =>
        session.withTransaction(() => outbox.append(session, { type: 'thing.changed', aggregateId, version: 1, data: {} })),
      ),
    deliveries: () => deliveries,
    /** How often a group acted on each. */
    times: async (): Promise<Record<string, number>> =>
      Object.fromEntries((await acted.find().toArray()).map(({ _id, times }) => [_id.split(' ')[1] ?? '', times])),
    unsent: () => outbox.rows.countDocuments({ sent: false }),
  };
}
