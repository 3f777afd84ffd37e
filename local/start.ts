import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { StartError } from '../kit/runtime/env.ts';
import { createLifecycle } from '../kit/runtime/lifecycle.ts';
import { createLogger } from '../kit/runtime/logger.ts';
import { addDemo, demoAccounts } from './demo.ts';
import { keptKeys } from './keys.ts';
import { createLeftovers } from './leftovers.ts';
import { freePort, startPrivateRedis } from './redis.ts';
import { runAsProcesses, runInOneProcess, separateProcesses } from './run-processes.ts';
import { processSettings } from './settings.ts';
import { startStoreProcess } from './store-process.ts';

/** `npm start`: the whole product on this machine, with whatever is not configured brought along. */

// oxlint-disable-next-line node/no-process-env -- the entry point
const operator = process.env;
const startedAt = Date.now();
const logger = createLogger({ name: 'start', level: operator['LOG_LEVEL'] ?? 'warn' });
const lifecycle = createLifecycle(logger);

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const CLOSE_DEADLINE_MS = 4_500;

let stopping: Promise<void> | null = null;
function stop(code: number): Promise<void> {
  stopping ??= (async () => {
    const forced = setTimeout(() => process.exit(code), CLOSE_DEADLINE_MS);
    await lifecycle.close();
    clearTimeout(forced);
    process.exit(code);
  })();
  return stopping;
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (stopping === null) say('\nStopping …');
    void stop(0);
  });
}
// Whoever ran `npm start` is gone, perhaps by SIGKILL.
process.on('disconnect', () => void stop(1));
process.on('unhandledRejection', (error) => {
  logger.fatal({ err: error }, 'unhandled rejection');
  void stop(1);
});

function portOf(value: string | undefined): number {
  const port = Number(value ?? '8080');
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new StartError(`PORT: "${value ?? ''}" is not a port.`);
  return port;
}

async function main(): Promise<void> {
  const dataDir = resolve(operator['DATA_DIR'] ?? '.data');
  const leftovers = createLeftovers(`${dataDir}/processes.json`);
  const fresh = process.argv.includes('--fresh');
  if (fresh) {
    // Taking the store's lock for a moment shows that nobody is running on this data: it would be pulled from under them.
    if (existsSync(`${dataDir}/store`)) await (await startStoreProcess({ dataDir: `${dataDir}/store` })).close();
    await leftovers.end();
    rmSync(dataDir, { recursive: true, force: true });
  }
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const routerPort = portOf(operator['PORT']) || (await freePort());

  // The store locks its directory, so a second start on the same data ends here, before it touches anything of the first.
  const store = operator['MONGO_URL'] ? null : await startStoreProcess({ dataDir: `${dataDir}/store` });
  if (store) lifecycle.onClose('document store', store.close);
  await leftovers.end();
  const redis = operator['REDIS_URL'] ? null : await startPrivateRedis({ dataDir: `${dataDir}/redis` });
  if (redis) {
    lifecycle.onClose('redis-server', redis.close);
    lifecycle.onClose('record of processes', leftovers.forget);
    leftovers.write([redis.pid]);
  }

  const keys = await keptKeys(`${dataDir}/keys`);
  const accounts = demoAccounts(operator, keys);
  const settings = processSettings({
    operator,
    keys,
    mongoUrl: store?.uri ?? operator['MONGO_URL'] ?? '',
    redisUrl: redis?.url ?? operator['REDIS_URL'] ?? '',
    ports: { auth: await freePort(), events: await freePort(), orders: await freePort(), router: routerPort },
    admin: accounts.admin,
  });
  const separate = separateProcesses(operator['PROCESSES']);
  if (separate) {
    await runAsProcesses(settings, lifecycle, (name) => {
      say(`The ${name} process has ended; stopping everything.`);
      void stop(1);
    });
  } else await runInOneProcess(settings, lifecycle);

  const origin = `http://127.0.0.1:${routerPort}`;
  const marker = `${dataDir}/demo-added`;
  if (!existsSync(marker)) {
    say('Adding demo accounts and events …');
    await addDemo({ endpoint: `${origin}/graphql`, accounts });
    writeFileSync(marker, new Date().toISOString());
  }

  const row = (name: string, value: string): void => say(`  ${name.padEnd(12)}${value}`);
  say(`\nSeatgraph is ready (${((Date.now() - startedAt) / 1_000).toFixed(1)} s, ${separate ? 'four processes' : 'one process'}).\n`);
  row('Playground', `http://localhost:${routerPort}/graphql`);
  row('Health', `${origin}/health`);
  row('Documents', store ? `embedded store in ${dataDir}/store` : 'MONGO_URL');
  row('Redis', redis ? `private redis-server in ${dataDir}/redis` : 'REDIS_URL');
  say('\n  Account     E-mail                        Password');
  for (const [name, { email, password }] of Object.entries(accounts)) row(name, `${email.padEnd(30)}${password}`);
  say('\n  Ctrl-C ends it; the data stays. `npm start -- --fresh` begins anew.\n');
}

main().catch(async (error: unknown) => {
  logger.debug({ err: error }, 'could not start');
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  await stop(1);
});
