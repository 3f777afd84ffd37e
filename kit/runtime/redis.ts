import { Redis } from 'ioredis';
import { StartError } from './env.ts';
import type { Logger } from './logger.ts';
import { withoutCredentials } from './mongo.ts';

export type RedisClient = Redis;

/** With Redis away an answer must still come within a second, also where the router and a subgraph wait for it in turn. */
const COMMAND_TIMEOUT_MS = 400;
/** Nobody waits for a connection that is being made: meanwhile every command fails at once. */
const HANDSHAKE_TIMEOUT_MS = 2_000;
/** A blocking read waits a second at most. One without an answer has lost its connection, perhaps without a word: nothing else would ever tell. */
const BLOCKING_TIMEOUT_MS = 3_000;

export type RedisSettings = {
  readonly url: string;
  /** Shown in Redis' own CLIENT LIST. */
  readonly name: string;
  readonly logger: Logger;
  /** For connections that block (XREAD BLOCK, a second at most) or subscribe. */
  readonly blocking?: boolean;
  readonly keyPrefix?: string;
};

/**
 * Connected when it resolves. Afterwards it reconnects by itself; while it is away commands fail at once instead of queueing:
 * a hold that is carried out seconds after its caller was told it failed would be worse than no hold.
 */
export async function connectRedis(settings: RedisSettings): Promise<Redis> {
  const redis = new Redis(settings.url, {
    connectionName: settings.name,
    lazyConnect: true,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    connectTimeout: HANDSHAKE_TIMEOUT_MS,
    retryStrategy: (times) => Math.min(50 * 2 ** times, 1_000),
    ...(settings.keyPrefix === undefined ? {} : { keyPrefix: settings.keyPrefix }),
  });
  refuseSilence(redis, settings.blocking ? BLOCKING_TIMEOUT_MS : COMMAND_TIMEOUT_MS);
  let connected = false;
  let lastLogged = 0;
  redis.on('error', (error) => {
    // The first connection's failure is told by the error below, in words.
    if (!connected) return;
    // One line a second at most: a reconnect loop would drown everything else.
    if (Date.now() - lastLogged < 1_000) return;
    lastLogged = Date.now();
    settings.logger.warn({ err: error, connection: settings.name }, 'Redis connection failed');
  });
  try {
    await redis.connect();
  } catch (error) {
    redis.disconnect();
    throw new StartError(`REDIS_URL: Redis cannot be reached (${withoutCredentials(settings.url)}). Is it running?`, { cause: error });
  }
  connected = true;
  return redis;
}

/**
 * A server that takes connections and answers nothing: the connection ends with the first command that waits in vain, and the next ones fail at once.
 * ioredis has options for that, but their timers also go off when it was this process that had no time to read: in a turn of the event loop timers come
 * before sockets. Hence one more turn, in which whatever has arrived is read.
 */
function refuseSilence(redis: Redis, timeoutMs: number): void {
  const send = redis.sendCommand.bind(redis);
  redis.sendCommand = (command, stream) => {
    const connection = redis.stream;
    const giveUp = (): void => {
      if (command.isSettled) return;
      const error = new Error('Command timed out');
      command.reject(error);
      // Perhaps it has been replaced since.
      if (redis.stream === connection) connection?.destroy(error);
    };
    const timer = setTimeout(() => setImmediate(giveUp), redis.status === 'ready' ? timeoutMs : HANDSHAKE_TIMEOUT_MS);
    const settled = (): void => clearTimeout(timer);
    command.promise.then(settled, settled);
    return send(command, stream);
  };
}

/** The same server, another logical database: holds live apart, because among many long-lived keys Redis expires late. */
export function withLogicalDatabase(url: string, database: number): string {
  const parsed = new URL(url);
  parsed.pathname = `/${database}`;
  return parsed.toString();
}
