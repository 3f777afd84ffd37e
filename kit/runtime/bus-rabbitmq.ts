import { closeRabbitMq, connectedRabbitMq, openRabbitMq } from './bus-rabbitmq-connection.ts';
import { createRabbitMqGroupReader } from './bus-rabbitmq-group.ts';
import { createRabbitMqWriter } from './bus-rabbitmq-writer.ts';
import type { DomainEventBus, Redelivery, Subscription } from './bus.ts';
import { REDELIVERY } from './bus.ts';
import { within } from './deadline.ts';
import type { Logger } from './logger.ts';

const JOIN_WITHIN_MS = 15_000;

/** Connected when it resolves; afterwards it connects again by itself. Reading and writing are apart: the broker stops those who write when it runs full. */
export async function connectRabbitMqBus(settings: {
  url: string;
  /** Shown in the broker's list of connections. */
  name: string;
  logger: Logger;
  redelivery?: Redelivery;
}): Promise<DomainEventBus> {
  const { url, logger } = settings;
  const open = (what: string) => openRabbitMq({ url, name: `${settings.name}:${what}`, logger });
  const connection = open('reader');
  await connectedRabbitMq(connection, url);
  const writer = createRabbitMqWriter({ open, logger });
  const subscriptions = new Set<Subscription>();

  return {
    publish: writer.publish,
    mark: writer.mark,
    subscribe: async (options) => {
      const reader = createRabbitMqGroupReader({ connection, writer, logger, redelivery: settings.redelivery ?? REDELIVERY }, options);
      const subscription: Subscription = {
        close: async () => {
          subscriptions.delete(subscription);
          await reader.close();
        },
      };
      subscriptions.add(subscription);
      await within(JOIN_WITHIN_MS, `joining ${options.group}`, reader.start(), () => void subscription.close());
      return subscription;
    },
    close: async () => {
      await Promise.all([...subscriptions].map((subscription) => subscription.close()));
      await writer.close();
      await closeRabbitMq(connection);
    },
  };
}
