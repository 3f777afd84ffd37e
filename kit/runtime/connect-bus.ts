import type { DomainEventBus, Redelivery } from './bus.ts';
import { connectRabbitMqBus } from './bus-rabbitmq.ts';
import { createRedisStreamsBus } from './bus-redis.ts';
import type { Logger } from './logger.ts';
import { connectRedis } from './redis.ts';

/** RabbitMQ where AMQP_URL is set, else Redis Streams. All processes must agree: what is told on one bus is not heard on the other. */
export async function connectBus(settings: {
  amqpUrl: string | undefined;
  redisUrl: string;
  name: string;
  logger: Logger;
  redelivery?: Redelivery;
}): Promise<DomainEventBus> {
  const { amqpUrl, redisUrl: url, name, logger } = settings;
  const redelivery = settings.redelivery ? { redelivery: settings.redelivery } : {};
  if (amqpUrl !== undefined) return connectRabbitMqBus({ url: amqpUrl, name, logger, ...redelivery });
  const redis = await connectRedis({ url, name: `${name}:bus`, logger });
  const bus = createRedisStreamsBus({
    redis,
    connect: (reader) => connectRedis({ url, name: `${name}:${reader}`, logger, blocking: true }),
    logger,
    ...redelivery,
  });
  return {
    ...bus,
    close: async () => {
      await bus.close();
      redis.disconnect();
    },
  };
}
