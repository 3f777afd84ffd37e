import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Viewer } from '../../kit/graphql/identity.ts';
import { createIdentitySigner } from '../../kit/graphql/identity.ts';
import { createLifecycle } from '../../kit/runtime/lifecycle.ts';
import type { Logger } from '../../kit/runtime/logger.ts';
import { createLogger } from '../../kit/runtime/logger.ts';
import { createKeys } from '../../local/keys.ts';
import { startStore } from '../../local/mongo/server.ts';
import { freePort, startPrivateRedis } from '../../local/redis.ts';
import { processSettings } from '../../local/settings.ts';
import { sourceCommand } from '../../local/source-command.ts';
import { startRouter } from '../../router/start.ts';
import { startAuth } from '../../subgraphs/auth/start.ts';
import { startEvents } from '../../subgraphs/events/start.ts';
import { startOrders } from '../../subgraphs/orders/start.ts';

export type Stack = {
  readonly endpoint: string;
  /** Where mail is written. */
  readonly dataDir: string;
  readonly admin: { readonly email: string; readonly password: string };
  readonly mongoUrl: string;
  /** The subgraphs, as the router asks them: with `identityFor` in the identity header. */
  readonly subgraphUrls: Readonly<Record<'auth' | 'events' | 'orders', string>>;
  readonly identityFor: (subgraph: string, viewer: Viewer | null) => Promise<string>;
  readonly redisUrl: string;
  /** Another orders process, a real one, and a router in front of it; the address of that router. */
  readonly startSecondOrders: () => Promise<string>;
  readonly close: () => Promise<void>;
};

/**
 * Router and subgraphs on ports of their own, with a store and a redis-server of their own, over real HTTP and WebSockets.
 * Limits are wide: a hundred buyers come from one address here. `settings` are environment variables.
 */
export async function startStack(settings: Record<string, string> = {}): Promise<Stack> {
  const logger: Logger = createLogger({ name: 'stack', level: settings['LOG_LEVEL'] ?? 'fatal' });
  const lifecycle = createLifecycle(logger);
  const [store, redis, keys] = await Promise.all([startStore({ dataDir: null }), startPrivateRedis({ dataDir: null }), createKeys()]);
  lifecycle.onClose('store', () => store.close());
  lifecycle.onClose('redis', redis.close);
  const admin = { email: 'admin@seatgraph.example', password: keys.adminPassword };
  const ports = { auth: await freePort(), events: await freePort(), orders: await freePort(), router: await freePort() };
  const dataDir = mkdtempSync(join(tmpdir(), 'seatgraph-stack-'));
  lifecycle.onClose('data', () => rmSync(dataDir, { recursive: true, force: true }));
  const operator = { RATE_LIMIT_SCALE: '10000', LOG_LEVEL: 'fatal', PATH: '', DATA_DIR: dataDir, ...settings };
  const environments = processSettings({ operator, keys, mongoUrl: store.uri, redisUrl: redis.url, ports, admin });
  await Promise.all([
    startAuth(environments.auth, logger, lifecycle),
    startEvents(environments.events, logger, lifecycle),
    startOrders(environments.orders, logger, lifecycle),
  ]);
  const origin = await startRouter(environments.router, logger, lifecycle);

  async function startSecondOrders(): Promise<string> {
    const port = String(await freePort());
    const { command, args } = sourceCommand('subgraphs/orders/main');
    const child = spawn(command, args, {
      env: { ...environments.orders, PORT: port, LOG_LEVEL: 'info' },
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    lifecycle.onClose('second orders', async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    });
    if (!child.stdout) throw new Error('the second orders process says nothing');
    const lines = createInterface({ input: child.stdout });
    await new Promise<void>((resolve, reject) => {
      lines.on('line', (line) => {
        if (line.includes('orders is ready')) resolve();
      });
      child.once('exit', () => reject(new Error('the second orders process ended at once')));
    });
    const router = { ...environments.router, PORT: String(await freePort()), ORDERS_URL: `http://127.0.0.1:${port}/graphql` };
    return `${await startRouter(router, logger, lifecycle)}/graphql`;
  }

  const signer = await createIdentitySigner({ issuer: 'router', privateKey: keys.router });
  const urlOf = (name: 'auth' | 'events' | 'orders'): string => `http://127.0.0.1:${ports[name]}/graphql`;
  return {
    dataDir,
    subgraphUrls: { auth: urlOf('auth'), events: urlOf('events'), orders: urlOf('orders') },
    identityFor: (subgraph, viewer) => signer.sign(`subgraph:${subgraph}`, { viewer }),
    endpoint: `${origin}/graphql`,
    admin,
    mongoUrl: store.uri,
    redisUrl: redis.url,
    startSecondOrders,
    close: lifecycle.close,
  };
}
