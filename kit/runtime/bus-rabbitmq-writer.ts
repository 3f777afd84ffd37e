import type { Channel, Connection } from 'rabbitmq-client';
import { z } from 'zod';
import { closeRabbitMq } from './bus-rabbitmq-connection.ts';
import { deadLettersOf, declareSource, eventKey, exchangeOf, joinedKey, lockOf, markQueueOf } from './bus-rabbitmq-topology.ts';
import type { DomainEvent } from './bus.ts';
import { MarkMoved } from './bus.ts';
import { settledWithin, within } from './deadline.ts';
import { wait } from '../values/wait.ts';
import type { Logger } from './logger.ts';

const DEADLINE_MS = 4_000;
const LOCK_RETRY_MS = 20;
const LINGER_MS = 25;
const HELD_AT_MOST_MS = 500;
/** What a dead holder of the lock had in hand is back in the queue within this, twice. */
const BACK_WITHIN_MS = 100;
const TAKE_TRIES = 2;
const CLOSE_CHANNEL_MS = 500;

const hasCode = (error: unknown, code: string): boolean => error instanceof Error && 'code' in error && error.code === code;

const markSchema = z.object({ mark: z.int().nullable() });

/** The mark's message, taken out of its queue. Whoever dies with it leaves it there. */
type HeldMark = { readonly mark: number | null; readonly putBack: () => void; readonly remove: () => void };

/**
 * Everything that is written to the broker. AMQP has no step that publishes an event and changes the mark, so a lock makes it one for all who look: only
 * its holder reads or writes the mark, on the connection that the lock lives and dies with. A holder that dies after the event and before the mark leaves
 * the mark lower, and the event is sent again.
 */
export function createRabbitMqWriter(deps: { open: (name: string) => Connection; logger: Logger }) {
  let connection: Connection | null = null;
  let current: Channel | null = null;
  let held: { readonly source: string; readonly channel: Channel; readonly since: number } | null = null;
  let release: NodeJS.Timeout | undefined;
  /** On `current`. */
  const declared = new Set<string>();
  let turns: Promise<unknown> = Promise.resolve();

  async function open(): Promise<Channel> {
    if (current?.active) return current;
    connection ??= deps.open('writer');
    const channel = await connection.acquire({ emitErrorsFromChannel: true });
    channel.on('error', (error: unknown) => deps.logger.warn({ err: error }, 'a channel to RabbitMQ failed'));
    await channel.confirmSelect();
    declared.clear();
    current = channel;
    return channel;
  }

  /** Whatever is under way ends with it, and so does our lock. */
  function abandon(): void {
    connection?.unsafeDestroy();
    connection = null;
    current = null;
    held = null;
  }

  /** One at a time: the lock keeps out other connections only. The deadline counts from the call. */
  function inTurn<Value>(work: (isLate: () => boolean) => Promise<Value>): Promise<Value> {
    const deadline = Date.now() + DEADLINE_MS;
    const isLate = (): boolean => Date.now() >= deadline;
    const turn = turns.then(() => {
      if (isLate()) throw new DOMException('RabbitMQ kept others waiting for too long.', 'TimeoutError');
      return work(isLate);
    });
    turns = turn.catch(() => undefined);
    return within(DEADLINE_MS, 'RabbitMQ', turn, abandon);
  }

  /** The channel on which the lock was taken: being refused it closes one. */
  async function lock(source: string, isLate: () => boolean): Promise<Channel> {
    for (;;) {
      const channel = await open();
      try {
        await channel.queueDeclare({ queue: lockOf(source), exclusive: true });
        return channel;
      } catch (error) {
        if (!hasCode(error, 'RESOURCE_LOCKED') || isLate()) throw error;
        await wait(LOCK_RETRY_MS);
      }
    }
  }

  async function unlock(): Promise<void> {
    if (!held) return;
    const { channel, source } = held;
    held = null;
    try {
      await channel.queueDelete({ queue: lockOf(source) });
    } catch {
      // Else it would be ours for as long as the connection lasts.
      abandon();
    }
  }

  async function takeLock(source: string, isLate: () => boolean): Promise<Channel> {
    if (held && (held.source !== source || Date.now() - held.since > HELD_AT_MOST_MS)) {
      await unlock();
      // Those who wait look this often.
      await wait(LOCK_RETRY_MS * 2);
    }
    if (held?.channel.active) return held.channel;
    const channel = await lock(source, isLate);
    held = { source, channel, since: Date.now() };
    return channel;
  }

  function whileLocked<Value>(source: string, work: (channel: Channel) => Promise<Value>): Promise<Value> {
    return inTurn(async (isLate) => {
      clearTimeout(release);
      try {
        const channel = await takeLock(source, isLate);
        // A quorum queue that another is just making answers with an error.
        if (!declared.has(source)) await declareSource(channel, source);
        declared.add(source);
        return await work(channel);
      } finally {
        // The next publication of a batch comes before that, and the lock costs as much as all the rest of it.
        release = setTimeout(() => void inTurn(unlock).catch(() => undefined), LINGER_MS);
      }
    });
  }

  async function takeMark(channel: Channel, source: string): Promise<HeldMark | null> {
    for (let tries = 0; ; tries += 1) {
      const message = await channel.basicGet({ queue: markQueueOf(source), noAck: false });
      if (message) {
        const { deliveryTag, body } = message;
        const read = markSchema.safeParse(body);
        return {
          mark: read.success ? read.data.mark : null,
          putBack: () => channel.active && channel.basicNack({ deliveryTag, requeue: true }),
          remove: () => channel.basicAck({ deliveryTag }),
        };
      }
      if (tries === TAKE_TRIES) return null;
      await wait(BACK_WITHIN_MS);
    }
  }

  /** Written before the one before is removed: dying in between leaves one of the two. */
  async function writeMark(channel: Channel, source: string, mark: number | null, before: HeldMark | null): Promise<void> {
    await channel.basicPublish({ routingKey: markQueueOf(source), durable: true }, { mark });
    before?.remove();
  }

  return {
    /** Makes what the source needs, where it is missing. */
    prepare: (source: string): Promise<void> => whileLocked(source, () => Promise.resolve()),
    publish: (source: string, number: number, event: DomainEvent, believed: number | null): Promise<void> =>
      whileLocked(source, async (channel) => {
        const found = await takeMark(channel, source);
        try {
          if ((found?.mark ?? null) !== believed) throw new MarkMoved('The bus was emptied, or another relay was faster.');
          const envelope = { exchange: exchangeOf(source), routingKey: eventKey(event.type), messageId: event.id, durable: true };
          await channel.basicPublish(envelope, event);
          await writeMark(channel, source, Math.max(number, believed ?? 0), found);
        } catch (error) {
          found?.putBack();
          throw error;
        }
      }),
    mark: (source: string): Promise<number | null> =>
      whileLocked(source, async (channel) => {
        const found = await takeMark(channel, source);
        found?.putBack();
        return found?.mark ?? null;
      }),
    /** The relay sends everything again. */
    forgetMark: (source: string): Promise<void> =>
      whileLocked(source, async (channel) => writeMark(channel, source, null, await takeMark(channel, source))),
    /** Whether the group gets what is published now. It gets one message of this, too. */
    hasJoined: (source: string, group: string): Promise<boolean> =>
      inTurn(async () => {
        const channel = await open();
        let returned = false;
        const onReturn = (): void => {
          returned = true;
        };
        channel.once('basic.return', onReturn);
        try {
          await channel.basicPublish({ exchange: exchangeOf(source), routingKey: joinedKey(group), mandatory: true, durable: true }, '');
          // The library tells of the return, which came before the confirmation, in a later turn of the loop.
          await new Promise((resolve) => setImmediate(resolve));
        } catch (error) {
          // No exchange, no binding.
          if (!hasCode(error, 'NOT_FOUND')) throw error;
          returned = true;
        } finally {
          channel.off('basic.return', onReturn);
        }
        return !returned;
      }),
    bury: (source: string, letter: { event: DomainEvent; group: string; error: string }): Promise<void> =>
      whileLocked(source, async (channel) => {
        const { event, ...headers } = letter;
        await channel.basicPublish({ routingKey: deadLettersOf(source), messageId: event.id, durable: true, headers }, event);
      }),
    close: async (): Promise<void> => {
      await settledWithin(DEADLINE_MS, turns);
      clearTimeout(release);
      if (!connection) return;
      if (current) await settledWithin(CLOSE_CHANNEL_MS, current.close());
      await closeRabbitMq(connection);
    },
  };
}
export type RabbitMqWriter = ReturnType<typeof createRabbitMqWriter>;
