import type { AsyncMessage, Channel, Connection } from 'rabbitmq-client';
import type { RabbitMqWriter } from './bus-rabbitmq-writer.ts';
import { EVERY_EVENT, declareGroup, exchangeOf, groupQueueOf, joinedKey } from './bus-rabbitmq-topology.ts';
import type { DomainEvent, DomainEventBus, Redelivery } from './bus.ts';
import { CLOSE_WAIT_MS, readDomainEvent } from './bus.ts';
import { isConnectionFailure } from './connection-failure.ts';
import { settledWithin } from './deadline.ts';
import { wait } from '../values/wait.ts';
import type { Logger } from './logger.ts';

/** In hand at once, waiting to be delivered again among them: so many refused events hold up the others until they are dead letters. */
const PREFETCH = 250;
/** Somebody may have deleted the exchange, and with it our binding. */
const LOOK_EVERY_MS = 10_000;
const RETRY_MS = 200;

/** One member of a group: a channel per source, one event at a time. */
export function createRabbitMqGroupReader(
  deps: { connection: Connection; writer: RabbitMqWriter; logger: Logger; redelivery: Redelivery },
  options: Parameters<DomainEventBus['subscribe']>[0],
) {
  const { writer, logger, redelivery } = deps;
  const { group } = options;
  let closed = false;
  let stop: () => void = () => undefined;
  const stopped = new Promise<void>((resolve) => {
    stop = resolve;
  });
  let lastDelivery: Promise<void> = Promise.resolve();
  const timers = new Set<NodeJS.Timeout>();

  function later(work: () => void): void {
    const timer = setTimeout(() => {
      timers.delete(timer);
      work();
    }, redelivery.afterMilliseconds);
    timers.add(timer);
  }

  async function refuse(channel: Channel, source: string, message: AsyncMessage, event: DomainEvent, error: unknown): Promise<void> {
    const deliveries = Number(message.headers?.['x-delivery-count'] ?? 0) + 1;
    const about = { err: error, event: event.id, type: event.type, group, deliveries };
    const { deliveryTag } = message;
    const again = (): void => {
      if (channel.active) channel.basicNack({ deliveryTag, requeue: true });
    };
    if (isConnectionFailure(error)) {
      logger.warn(about, 'a domain event could not be consumed; it will come again');
      // Not by way of the broker, which would count it.
      return later(() => receive(channel, source, message));
    }
    if (deliveries < redelivery.deliveries) {
      logger.warn(about, 'a domain event could not be consumed; it will come again');
      return later(again);
    }
    try {
      await writer.bury(source, { event, group, error: error instanceof Error ? error.name : typeof error });
    } catch (buryError) {
      logger.warn({ ...about, err: buryError }, 'a domain event could not be put to the dead letters; it will come again');
      return later(again);
    }
    if (channel.active) channel.basicAck({ deliveryTag });
    logger.error(about, 'a domain event could not be consumed; it went to the dead letters');
  }

  async function deliver(channel: Channel, source: string, message: AsyncMessage): Promise<void> {
    // Without its channel nothing can be acknowledged: it comes again, there or at another member.
    if (closed || !channel.active) return;
    if (message.routingKey !== joinedKey(group)) {
      const event = readDomainEvent(Buffer.isBuffer(message.body) ? message.body.toString() : message.body);
      if (event) {
        try {
          await options.onEvent(event);
        } catch (error) {
          return refuse(channel, source, message, event, error);
        }
      } else logger.error({ message: message.messageId, source, group }, 'an unreadable entry on the bus was skipped');
    }
    if (channel.active) channel.basicAck({ deliveryTag: message.deliveryTag });
  }

  /** One after the other, in the order in which they came. */
  function receive(channel: Channel, source: string, message: AsyncMessage): void {
    lastDelivery = lastDelivery
      .then(() => deliver(channel, source, message))
      .catch((error: unknown) => logger.warn({ err: error, group }, 'a message could not be acknowledged; it will come again'));
  }

  /**
   * A group that was not there has missed what was published before, which the mark says is on the bus: so the mark goes, and everything is sent again.
   * In this order: dying on any line leaves the group not joined, and it is done again.
   */
  async function join(channel: Channel, source: string): Promise<void> {
    await writer.prepare(source);
    await declareGroup(channel, source, group);
    if (await writer.hasJoined(source, group)) return;
    const to = { queue: groupQueueOf(source, group), exchange: exchangeOf(source) };
    await channel.queueBind({ ...to, routingKey: EVERY_EVENT });
    await writer.forgetMark(source);
    await channel.queueBind({ ...to, routingKey: joinedKey(group) });
    logger.info({ source, group }, 'a consumer group joined the bus; everything is sent again');
  }

  /** False where the group must be made again. Asked only while nothing waits, so that the questions do not pile up in the queue. */
  async function isStillJoined(channel: Channel, source: string): Promise<boolean> {
    const { messageCount } = await channel.queueDeclare({ queue: groupQueueOf(source, group), passive: true });
    if (messageCount > 0) return true;
    // The writer's connection may be away; that says nothing about the group.
    return writer.hasJoined(source, group).catch(() => true);
  }

  /** For as long as the channel lasts. */
  async function consume(source: string, onJoined: () => void): Promise<void> {
    const channel = await deps.connection.acquire({ emitErrorsFromChannel: true });
    try {
      channel.on('error', (error: unknown) => logger.warn({ err: error, source, group }, 'a channel to RabbitMQ failed'));
      const ended = new Promise<void>((resolve) => {
        channel.once('close', () => resolve());
        channel.once('basic.cancel', () => resolve());
      });
      await join(channel, source);
      await channel.basicQos({ prefetchCount: PREFETCH });
      await channel.basicConsume({ queue: groupQueueOf(source, group) }, (message) => receive(channel, source, message));
      onJoined();
      const over = Promise.race([ended, stopped]);
      while (!(await settledWithin(LOOK_EVERY_MS, over))) if (!(await isStillJoined(channel, source))) return;
    } finally {
      await settledWithin(1_000, channel.close());
    }
  }

  async function stay(source: string, onJoined: () => void): Promise<void> {
    while (!closed) {
      try {
        await consume(source, onJoined);
      } catch (error) {
        if (!closed) logger.warn({ err: error, source, group }, 'the bus cannot be read; trying again');
      }
      if (!closed) await wait(RETRY_MS);
    }
  }

  let staying: Promise<unknown> = Promise.resolve();
  return {
    /** Resolves once the group is there for each source. */
    start: async (): Promise<void> => {
      const joined: Promise<void>[] = [];
      const stays = options.sources.map((source) => {
        let onJoined: () => void = () => undefined;
        joined.push(
          new Promise((resolve) => {
            onJoined = resolve;
          }),
        );
        return stay(source, onJoined);
      });
      staying = Promise.all(stays);
      await Promise.all(joined);
    },
    close: async (): Promise<void> => {
      if (closed) return;
      closed = true;
      for (const timer of timers) clearTimeout(timer);
      if (!(await settledWithin(CLOSE_WAIT_MS, lastDelivery))) logger.warn({ group }, 'closed while a consumer was still at work');
      stop();
      await settledWithin(CLOSE_WAIT_MS, staying);
    },
  };
}
