import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { Redis } from 'ioredis';

/** Keyspace events that the seat map lives on: K keyspace, g generic, x expired, t streams, z sorted sets. */
export const NOTIFY_KEYSPACE_EVENTS = 'Kgxtz';

export type PrivateRedis = {
  readonly url: string;
  readonly pid: number;
  readonly process: ChildProcess;
  readonly close: () => Promise<void>;
};

export async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server listens on no port.');
  server.close();
  await once(server, 'close');
  return address.port;
}

/**
 * A redis-server of our own on a loopback port. With `dataDir` it keeps an append-only file there, else nothing is written.
 * Refuses to evict: a hold that vanishes under memory pressure would be a seat lost to its buyer.
 */
export async function startPrivateRedis(options: { dataDir: string | null; port?: number; databases?: number }): Promise<PrivateRedis> {
  const port = options.port ?? (await freePort());
  const persistence =
    options.dataDir === null
      ? ['--save', '', '--appendonly', 'no']
      : ['--dir', options.dataDir, '--appendonly', 'yes', '--appendfsync', 'everysec', '--save', ''];
  if (options.dataDir !== null) mkdirSync(options.dataDir, { recursive: true, mode: 0o700 });
  const listening = ['--port', String(port), '--bind', '127.0.0.1', '--daemonize', 'no', '--protected-mode', 'yes'];
  const keeping = ['--databases', String(options.databases ?? 16), '--maxmemory-policy', 'noeviction'];
  const notifying = ['--notify-keyspace-events', NOTIFY_KEYSPACE_EVENTS, '--hz', '50', '--loglevel', 'warning'];
  const child = spawn(
    'redis-server',
    [...listening, ...keeping, ...notifying, ...persistence],
    // A group of its own: Ctrl-C in the terminal must reach us first, and Redis only after its clients are closed.
    { stdio: ['ignore', 'ignore', 'pipe'], detached: true },
  );
  const failed = new Promise<never>((_resolve, reject) => {
    child.once('error', (error) =>
      reject(
        new Error('redis-server could not be started. Install it (Debian: apt-get install redis-server) or set REDIS_URL.', {
          cause: error,
        }),
      ),
    );
    child.once('exit', (code) => reject(new Error(`redis-server ended at once (exit code ${String(code)}).`)));
  });
  failed.catch(() => undefined);
  const url = `redis://127.0.0.1:${port}`;
  await Promise.race([failed, answers(url)]);

  return {
    url,
    pid: child.pid ?? 0,
    process: child,
    close: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      const forced = setTimeout(() => child.kill('SIGKILL'), 3_000);
      await once(child, 'exit');
      clearTimeout(forced);
    },
  };
}

const READY_DEADLINE_MS = 10_000;

/** Answers PING, and has finished loading its append-only file. */
async function answers(url: string): Promise<void> {
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => 20, maxRetriesPerRequest: null });
  // Connection refusals are expected until it listens.
  redis.on('error', () => undefined);
  try {
    void redis.connect().catch(() => undefined);
    const deadline = new Promise<never>((_resolve, reject) => {
      setTimeout(() => reject(new Error('redis-server did not answer within 10 s.')), READY_DEADLINE_MS).unref();
    });
    await Promise.race([redis.ping(), deadline]);
  } finally {
    redis.disconnect();
  }
}
