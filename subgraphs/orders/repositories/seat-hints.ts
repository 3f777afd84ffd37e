import { EventEmitter } from 'node:events';
import { z } from 'zod';
import { StartError } from '../../../kit/runtime/env.ts';
import type { Logger } from '../../../kit/runtime/logger.ts';
import type { RedisClient } from '../../../kit/runtime/redis.ts';
import { eventOfSeatKey } from './seat-keys.ts';

/** K keyspace channels, g generic (expired needs x besides), x expired, t streams, z sorted sets. */
const NEEDED_FLAGS = ['K', 'g', 'x', 't', 'z'];

/** Redis spells "all classes" as A. */
function missingFlags(current: string): readonly string[] {
  const all = current.includes('A');
  return NEEDED_FLAGS.filter((flag) => !current.includes(flag) && !(all && flag !== 'K'));
}

async function configValue(redis: RedisClient, name: string): Promise<string> {
  const reply: unknown = await redis.config('GET', name);
  return z.tuple([z.string(), z.string()]).safeParse(reply).data?.[1] ?? '';
}

/**
 * Keyspace notifications. They are hints: lost while disconnected, absent after FLUSHALL, switched off by a server's restart without the option.
 * Whoever listens also looks by itself now and then.
 */
export async function createSeatHints(deps: { redis: RedisClient; subscriber: RedisClient; logger: Logger }) {
  const { redis, subscriber, logger } = deps;
  const emitter = new EventEmitter<{ change: [eventId: string]; expired: [eventId: string]; ready: [] }>();
  emitter.setMaxListeners(20);

  async function ensureNotifications(): Promise<void> {
    const current = await configValue(redis, 'notify-keyspace-events');
    const missing = missingFlags(current);
    if (missing.length === 0) return;
    await redis.config('SET', 'notify-keyspace-events', `${current}${missing.join('')}`);
    logger.warn(
      { missing },
      'notify-keyspace-events was not set in Redis; it is set now, until that server restarts. Set it in its configuration.',
    );
  }

  const policy = await configValue(redis, 'maxmemory-policy').catch(() => 'noeviction');
  if (policy !== '' && policy !== 'noeviction')
    throw new StartError(`REDIS_URL: maxmemory-policy is "${policy}"; holds would vanish under memory pressure. Set it to noeviction.`);
  try {
    await ensureNotifications();
  } catch (error) {
    throw new StartError(
      `REDIS_URL: keyspace notifications are off and may not be switched on. Start Redis with --notify-keyspace-events ${NEEDED_FLAGS.join('')}.`,
      { cause: error },
    );
  }

  const database = redis.options.db ?? 0;
  const patterns = [`__keyspace@${database}__:seat-changes:*`, `__keyspace@${database}__:hold:*`];
  const prefix = `__keyspace@${database}__:`;

  subscriber.on('pmessage', (_pattern: string, channel: string, operation: string) => {
    const key = channel.slice(prefix.length);
    const eventId = eventOfSeatKey(key);
    if (eventId === null) return;
    if (operation === 'xadd') emitter.emit('change', eventId);
    else if (operation === 'expired') emitter.emit('expired', eventId);
  });
  const onReady = (): void => {
    ensureNotifications()
      .catch((error: unknown) =>
        logger.error({ err: error }, 'keyspace notifications cannot be switched on; the seat map falls back to reading once a second'),
      )
      .finally(() => emitter.emit('ready'));
  };
  redis.on('ready', onReady);
  await subscriber.psubscribe(...patterns);

  return {
    onChange: (listener: (eventId: string) => void): void => void emitter.on('change', listener),
    onExpired: (listener: (eventId: string) => void): void => void emitter.on('expired', listener),
    /** Redis is back: whatever it forgot meanwhile, look now. */
    onReady: (listener: () => void): void => void emitter.on('ready', listener),
    close: (): void => {
      redis.off('ready', onReady);
      emitter.removeAllListeners();
    },
  };
}
export type SeatHints = Awaited<ReturnType<typeof createSeatHints>>;
