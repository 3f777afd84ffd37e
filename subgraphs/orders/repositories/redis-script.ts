import { createHash } from 'node:crypto';
import type { RedisClient } from '../../../kit/runtime/redis.ts';

export type RedisScript = (redis: RedisClient, keys: readonly string[], args: readonly (string | number)[]) => Promise<unknown>;

/** Runs by its digest; a server that does not know it (a restart, a failover) gets the text. */
export function createScript(lua: string): RedisScript {
  const digest = createHash('sha1').update(lua).digest('hex');
  return async (redis, keys, args) => {
    try {
      return await redis.evalsha(digest, keys.length, ...keys, ...args);
    } catch (error) {
      if (error instanceof Error && error.message.startsWith('NOSCRIPT')) return redis.eval(lua, keys.length, ...keys, ...args);
      throw error;
    }
  };
}
