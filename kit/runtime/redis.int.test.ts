import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PrivateRedis } from '../../local/redis.ts';
import { startPrivateRedis } from '../../local/redis.ts';
import { closeAfterTest, eventually } from '../../tests/harness/fresh.ts';
import { isConnectionFailure } from './connection-failure.ts';
import { silentLogger } from './logger.ts';
import { connectRedis } from './redis.ts';

let server: PrivateRedis;
beforeAll(async () => {
  server = await startPrivateRedis({ dataDir: null });
});
afterAll(() => server.close());

describe('a connection to Redis', () => {
  it('to a server that stands still costs a request one deadline, not one for each command, and works again by itself', async () => {
    const redis = await connectRedis({ url: server.url, name: 'test', logger: silentLogger });
    closeAfterTest({ close: () => redis.disconnect() });
    await redis.set('key', 'value');
    server.process.kill('SIGSTOP');
    const begun = performance.now();
    for (let commands = 0; commands < 4; commands += 1) await expect(redis.get('key')).rejects.toSatisfy(isConnectionFailure);
    const took = performance.now() - begun;
    server.process.kill('SIGCONT');
    expect(took).toBeLessThan(700);
    expect(await eventually('it answers again', () => redis.get('key').catch(() => null))).toBe('value');
  });

  it('takes an answer that came while this process had no time to read it', async () => {
    const redis = await connectRedis({ url: server.url, name: 'test', logger: silentLogger });
    closeAfterTest({ close: () => redis.disconnect() });
    await redis.set('key', 'value');
    const answers = Promise.all([redis.get('key'), redis.get('key')]);
    // The commands are written before the next turn of the event loop, and the answers are here long before this is over.
    setImmediate(() => {
      const busyUntil = performance.now() + 600;
      while (performance.now() < busyUntil);
    });
    expect(await answers).toEqual(['value', 'value']);
    expect(redis.status).toBe('ready');
  });
});
