import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { z } from 'zod';
import { freePort, startPrivateRedis } from '../../local/redis.ts';
import { describeBus } from './testing/bus-contract.ts';
import type { BusUnderTest } from './testing/bus-rig.ts';

/** A server with an append-only file, as `npm start` has it. */
async function startServer(): Promise<BusUnderTest> {
  const home = mkdtempSync(join(tmpdir(), 'seatgraph-bus-'));
  const dataDir = join(home, 'kept');
  const port = await freePort();
  let server = await startPrivateRedis({ dataDir, port });
  const direct = new Redis(server.url);
  // It is killed in the tests.
  direct.on('error', () => undefined);

  async function kill(): Promise<void> {
    const ended = new Promise((resolve) => server.process.once('exit', resolve));
    server.process.kill('SIGKILL');
    await ended;
  }
  async function start(): Promise<void> {
    server = await startPrivateRedis({ dataDir, port });
  }

  return {
    address: { redisUrl: server.url },
    kill,
    start,
    // Appended to its file before it answers; the file belongs to the system, which is not killed.
    settled: async () => undefined,
    empty: async () => {
      await direct.flushall();
    },
    keepCopy: async () => {
      const copy = join(home, 'copy');
      // Ends with everything on disk.
      await server.close();
      cpSync(dataDir, copy, { recursive: true });
      await start();
      return async () => {
        await kill();
        rmSync(dataDir, { recursive: true });
        cpSync(copy, dataDir, { recursive: true });
        await start();
      };
    },
    putUnreadable: async (source) => {
      await direct.xadd(`bus:{${source}}`, '*', 'event', '{ not JSON');
    },
    deadLetters: async (source) => {
      const entries = z.array(z.tuple([z.string(), z.array(z.string())])).parse(await direct.xrange(`bus-dead:{${source}}`, '-', '+'));
      return entries.map(([, fields]) => {
        const letter = z
          .object({ event: z.string(), group: z.string(), error: z.string() })
          .parse(Object.fromEntries(fields.flatMap((field, index) => (index % 2 === 0 ? [[field, fields[index + 1]]] : []))));
        return { id: z.object({ id: z.string() }).parse(JSON.parse(letter.event)).id, group: letter.group, error: letter.error };
      });
    },
    close: async () => {
      direct.disconnect();
      await server.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

describeBus('Redis Streams', startServer);
