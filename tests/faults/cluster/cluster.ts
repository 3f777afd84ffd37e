import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKeys } from '../../../local/keys.ts';

import { processSettings } from '../../../local/settings.ts';
import { lastingPort } from './ports.ts';
import { createProcess } from './process-under-test.ts';
import { startRedisServer } from './redis-server.ts';
import { startStoreServer } from './store-server.ts';
import { createTcpProxy } from './tcp-proxy.ts';

export type Cluster = Awaited<ReturnType<typeof startCluster>>;
export type Side = Cluster['sides'][number];

const PRODUCT_ENTRY = 'subgraphs/orders/main';

/**
 * The product as separate processes: store, Redis, auth, events, and on each of two sides a router before an orders process of its own. Everything that
 * orders talks to, and the router's way to it, goes through a proxy of that side. `settings` are environment variables of all of them.
 */
export async function startCluster(settings: Record<string, string> = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'faults-'));
  const log = createWriteStream(join(directory, 'log'));
  const onLine = (line: string): void => void log.write(`${line}\n`);
  const [storePort, redisPort, authPort, eventsPort] = [await lastingPort(), await lastingPort(), await lastingPort(), await lastingPort()];
  const [store, redis, keys] = await Promise.all([
    startStoreServer({ dataDir: join(directory, 'store'), port: storePort }),
    startRedisServer({ dataDir: join(directory, 'redis'), port: redisPort }),
    createKeys(),
  ]);
  const admin = { email: 'admin@seatgraph.example', password: keys.adminPassword };
  const operator = {
    LOG_LEVEL: 'info',
    PATH: '',
    RATE_LIMIT_SCALE: '10000',
    ACCESS_TOKEN_TTL_SECONDS: '7200',
    RECONCILE_GRACE_SECONDS: '2',
    HOLD_TTL_SECONDS: '30',
    ...settings,
  };
  const environmentsOf = (ports: { orders: number; router: number }, mongoUrl: string, redisUrl: string) =>
    processSettings({ operator, keys, mongoUrl, redisUrl, admin, ports: { auth: authPort, events: eventsPort, ...ports } });

  async function createSide(number: number) {
    const [ordersPort, routerPort] = [await lastingPort(), await lastingPort()];
    const [toStore, toRedis, toEvents, toOrders] = await Promise.all(
      [storePort, redisPort, eventsPort, ordersPort].map(async (target) => createTcpProxy({ target, port: await lastingPort() })),
    );
    if (!toStore || !toRedis || !toEvents || !toOrders) throw new Error('four proxies were made');
    const direct = environmentsOf({ orders: ordersPort, router: routerPort }, store.uri, redis.url);
    // A replica set's member names its own address; a direct connection stays on the proxy's.
    const proxied = environmentsOf(
      { orders: ordersPort, router: routerPort },
      `mongodb://127.0.0.1:${toStore.port}/?directConnection=true`,
      `redis://127.0.0.1:${toRedis.port}`,
    );
    const orders = createProcess({
      name: `orders-${number}`,
      entry: PRODUCT_ENTRY,
      environment: { ...proxied.orders, EVENTS_URL: `http://127.0.0.1:${toEvents.port}/graphql` },
      readyLine: 'orders is ready',
      onLine,
    });
    const router = createProcess({
      name: `router-${number}`,
      entry: 'router/main',
      environment: { ...direct.router, ORDERS_URL: `http://127.0.0.1:${toOrders.port}/graphql` },
      readyLine: 'router is ready',
      onLine,
    });
    return { orders, router, endpoint: `http://127.0.0.1:${routerPort}/graphql`, proxies: { toStore, toRedis, toEvents, toOrders } };
  }

  const shared = environmentsOf({ orders: 0, router: 0 }, store.uri, redis.url);
  const auth = createProcess({
    name: 'auth',
    entry: 'subgraphs/auth/main',
    environment: shared.auth,
    readyLine: 'auth is ready',
    onLine,
  });
  const events = createProcess({
    name: 'events',
    entry: 'subgraphs/events/main',
    environment: shared.events,
    readyLine: 'events is ready',
    onLine,
  });
  const sides = [await createSide(1), await createSide(2)] as const;
  const processes = [auth, events, ...sides.flatMap((side) => [side.orders, side.router])];

  async function close(): Promise<void> {
    await Promise.all(processes.map((process) => process.stop()));
    await Promise.all(sides.flatMap((side) => Object.values(side.proxies).map((proxy) => proxy.close())));
    await Promise.all([store.close(), redis.close()]);
    log.end();
  }

  try {
    await Promise.all(processes.map((process) => process.start()));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    sides,
    auth,
    events,
    store,
    redis,
    admin,
    logFile: join(directory, 'log'),
    /** Every process up, every connection passing. */
    async heal(): Promise<void> {
      redis.thaw();
      for (const side of sides) await Promise.all(Object.values(side.proxies).map((proxy) => proxy.set({ kind: 'pass' })));
      for (const process of processes) process.thaw();
      await Promise.all(processes.filter((process) => !process.isUp()).map((process) => process.start()));
    },
    close,
    removeFiles: (): void => rmSync(directory, { recursive: true, force: true }),
  };
}
