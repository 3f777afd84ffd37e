import { Connection } from 'rabbitmq-client';
import { z } from 'zod';
import { startRabbitMq } from '../../tests/harness/rabbitmq.ts';
import { deadLettersOf, exchangeOf } from './bus-rabbitmq-topology.ts';
import { describeBus } from './testing/bus-contract.ts';
import type { BusUnderTest } from './testing/bus-rig.ts';

const letterSchema = z.object({
  body: z.object({ id: z.string() }),
  headers: z.object({ group: z.string(), error: z.string() }),
});

async function startServer(): Promise<BusUnderTest> {
  const broker = await startRabbitMq();

  /** A connection for one thing only: the broker is killed in between. */
  async function directly<Value>(work: (connection: Connection) => Promise<Value>): Promise<Value> {
    const connection = new Connection({ url: broker.url, retryLow: 100, retryHigh: 500 });
    connection.on('error', () => undefined);
    try {
      return await work(connection);
    } finally {
      await connection.close();
    }
  }

  return {
    address: { amqpUrl: broker.url, redisUrl: '' },
    kill: broker.kill,
    start: broker.start,
    settled: broker.settled,
    empty: async () => {
      await broker.kill();
      broker.empty();
      await broker.start();
    },
    keepCopy: async () => {
      await broker.kill();
      const restore = broker.keepCopy();
      await broker.start();
      return async () => {
        await broker.kill();
        restore();
        await broker.start();
      };
    },
    putUnreadable: (source) =>
      directly(async (connection) => {
        const publisher = connection.createPublisher({ confirm: true });
        await publisher.send({ exchange: exchangeOf(source), routingKey: 'event.broken', durable: true }, Buffer.from('{ not JSON'));
        await publisher.close();
      }),
    deadLetters: (source) =>
      directly(async (connection) => {
        const letters = [];
        const channel = await connection.acquire();
        for (
          let message = await channel.basicGet(deadLettersOf(source));
          message;
          message = await channel.basicGet(deadLettersOf(source))
        ) {
          const { body, headers } = letterSchema.parse(message);
          letters.push({ id: body.id, ...headers });
        }
        // Closed without an acknowledgement: they stay where they are.
        await channel.close();
        return letters;
      }),
    close: broker.close,
  };
}

describeBus('RabbitMQ', startServer);
