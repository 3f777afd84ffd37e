import type { Channel } from 'rabbitmq-client';
import { DEAD_LETTERS_KEPT } from './bus.ts';

export const exchangeOf = (source: string): string => `bus.${source}`;
export const groupQueueOf = (source: string, group: string): string => `bus.${source}.${group}`;
export const deadLettersOf = (source: string): string => `bus-dead.${source}`;
export const markQueueOf = (source: string): string => `bus-mark.${source}`;
/** Exclusive to the connection that declared it, and gone with it: whoever has it may change the source's mark. */
export const lockOf = (source: string): string => `bus-lock.${source}`;

export const eventKey = (type: string): string => `event.${type}`;
export const EVERY_EVENT = 'event.#';
/** Bound last, when a group misses nothing any more: what is sent there comes back while the group is not (or no longer) joined. */
export const joinedKey = (group: string): string => `joined.${group}`;

/** Consumers that die with it are counted by the broker alone; those that refuse it are counted by us, and far earlier. */
const CRASHES_AT_MOST = 100;
/** RabbitMQ 4 drops what was put back 20 times, unless told otherwise; the mark is put back whenever it is read. */
const ALWAYS = 2 ** 31 - 1;

const quorum = { 'x-queue-type': 'quorum' } as const;

export async function declareSource(channel: Channel, source: string): Promise<void> {
  await channel.exchangeDeclare({ exchange: exchangeOf(source), type: 'topic', durable: true });
  // One message: a second pushes the first out.
  const one = { ...quorum, 'x-max-length': 1, 'x-overflow': 'drop-head', 'x-delivery-limit': ALWAYS } as const;
  await channel.queueDeclare({ queue: markQueueOf(source), durable: true, arguments: one });
  const bounded = { ...quorum, 'x-max-length': DEAD_LETTERS_KEPT, 'x-overflow': 'drop-head', 'x-delivery-limit': ALWAYS } as const;
  await channel.queueDeclare({ queue: deadLettersOf(source), durable: true, arguments: bounded });
}

/** Keeps what is not consumed for as long as nobody comes; one member at a time is served, in order. */
export async function declareGroup(channel: Channel, source: string, group: string): Promise<void> {
  await channel.queueDeclare({
    queue: groupQueueOf(source, group),
    durable: true,
    arguments: {
      ...quorum,
      'x-single-active-consumer': true,
      'x-delivery-limit': CRASHES_AT_MOST,
      'x-dead-letter-exchange': '',
      'x-dead-letter-routing-key': deadLettersOf(source),
      // Not lost on the way to the dead letters; needs the other overflow mode, although nothing here overflows.
      'x-dead-letter-strategy': 'at-least-once',
      'x-overflow': 'reject-publish',
    },
  });
}
