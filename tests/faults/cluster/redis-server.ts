import { cpSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { Redis } from 'ioredis';
import type { PrivateRedis } from '../../../local/redis.ts';
import { startPrivateRedis } from '../../../local/redis.ts';

/** As `npm start` runs it, with its append-only file, on a port that it keeps. */
export async function startRedisServer(settings: { dataDir: string; port: number }) {
  let server: PrivateRedis = await startPrivateRedis(settings);
  const copyDir = `${settings.dataDir}-copy`;

  async function kill(): Promise<void> {
    if (server.process.exitCode !== null || server.process.signalCode !== null) return;
    server.process.kill('SIGKILL');
    await once(server.process, 'exit');
  }
  const start = async (): Promise<void> => {
    server = await startPrivateRedis(settings);
  };

  return {
    url: server.url,
    kill,
    start,
    freeze: (): void => void server.process.kill('SIGSTOP'),
    thaw: (): void => void server.process.kill('SIGCONT'),
    async flush(): Promise<void> {
      const client = new Redis(server.url);
      try {
        await client.flushall();
      } finally {
        client.disconnect();
      }
    },
    /** What a snapshot of the machine's disk would hold now. */
    async keepCopy(): Promise<void> {
      const client = new Redis(server.url);
      try {
        // appendfsync everysec: the file must hold what was acknowledged by now, or the copy would be older than it says.
        await client.config('SET', 'appendfsync', 'always');
        await client.set('fault-tests:copied', Date.now());
        await client.config('SET', 'appendfsync', 'everysec');
      } finally {
        client.disconnect();
      }
      rmSync(copyDir, { recursive: true, force: true });
      cpSync(settings.dataDir, copyDir, { recursive: true });
    },
    /** Dies, and comes back with the copy. */
    async restoreCopy(): Promise<void> {
      await kill();
      rmSync(settings.dataDir, { recursive: true, force: true });
      cpSync(copyDir, settings.dataDir, { recursive: true });
      await start();
    },
    async close(): Promise<void> {
      server.process.kill('SIGCONT');
      await server.close();
    },
  };
}
