import { Connection } from 'rabbitmq-client';
import { settledWithin } from './deadline.ts';
import { StartError } from './env.ts';
import type { Logger } from './logger.ts';
import { withoutCredentials } from './mongo.ts';

const CONNECT_WITHIN_MS = 5_000;
const CLOSE_WITHIN_MS = 1_000;

/** Connects, and connects again, by itself. Nothing waits for it longer than a few seconds. */
export function openRabbitMq(settings: { url: string; name: string; logger: Logger }): Connection {
  const connection = new Connection({
    url: settings.url,
    connectionName: settings.name,
    // A publication is several short questions: Nagle's algorithm and delayed acknowledgements would make it last 50 ms.
    noDelay: true,
    connectionTimeout: 2_000,
    acquireTimeout: 3_000,
    // A broker that stands still is left after 10 s; it leaves us, and what we hold there, after as long.
    heartbeat: 5,
    retryLow: 100,
    retryHigh: 1_000,
  });
  connection.on('error', (error: unknown) => settings.logger.warn({ err: error, connection: settings.name }, 'RabbitMQ connection failed'));
  return connection;
}

/** For a start: it says in words what is wrong. */
export async function connectedRabbitMq(connection: Connection, url: string): Promise<void> {
  try {
    await connection.onConnect(CONNECT_WITHIN_MS);
  } catch (error) {
    connection.unsafeDestroy();
    const reason = error instanceof Error && error.cause instanceof Error ? ` (${error.cause.message})` : '';
    throw new StartError(`AMQP_URL: RabbitMQ cannot be reached at ${withoutCredentials(url)}${reason}. Is it running?`, { cause: error });
  }
}

/** Its channels must be closed; one that cannot be is cut off with the connection. */
export async function closeRabbitMq(connection: Connection): Promise<void> {
  if (!(await settledWithin(CLOSE_WITHIN_MS, connection.close()))) connection.unsafeDestroy();
}
