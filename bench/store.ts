import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MongoClient } from 'mongodb';
import { fill, measureBlocking } from './store/blocking.ts';
import { startMeasured, type MeasuredStore } from './store/store-process.ts';
import { measurePurchases, measureReads, type Cost } from './store/throughput.ts';

/**
 * The embedded store beside the driver's own cost: `npm run bench:store`. Both run on this machine's cores, so absolute
 * figures are its figures; the ratios say how much of the work is the store's.
 */

const SECONDS = 5;
const root = fileURLToPath(new URL('..', import.meta.url));
const compiled = join(root, 'node_modules', '.cache', 'bench-store');
const SOURCE = ['--import', 'tsx', join(root, 'local/mongo/main.ts')];
const COMPILED = [join(compiled, 'local/mongo/main.js')];

let misses = 0;
function row(name: string, value: string, goal?: { holds: boolean; text: string }): void {
  if (goal && !goal.holds) misses += 1;
  process.stdout.write(`${name.padEnd(58)}${value.padEnd(34)}${goal ? `${goal.holds ? 'ok  ' : 'MISS'} ${goal.text}` : ''}\n`);
}
const atMost = (value: number, limit: number, unit: string) => ({ holds: value <= limit, text: `at most ${limit}${unit}` });
const atLeast = (value: number, limit: number) => ({ holds: value >= limit, text: `at least ${limit}` });

function report(name: string, cost: Cost, ratio: number): void {
  row(name, `${cost.perSecond.toFixed(0)}/s, p50 ${cost.p50Ms.toFixed(1)} ms, p99 ${cost.p99Ms.toFixed(1)} ms`);
  const share = cost.store / cost.driver;
  row(
    '  CPU each',
    `store ${cost.store.toFixed(0)} µs, driver ${cost.driver.toFixed(0)} µs: ${share.toFixed(2)}`,
    atMost(Number(share.toFixed(2)), ratio, ''),
  );
}

/** The best of five: what the store needs, not what else the machine did. */
async function readyMs(program: readonly string[], dataDir: string): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < 5; i += 1) {
    const store = await startMeasured(program, dataDir);
    times.push(store.readyMs);
    await store.stop();
  }
  return Math.min(...times);
}

async function withStore<T>(dataDir: string, run: (store: MeasuredStore, client: MongoClient) => Promise<T>): Promise<T> {
  const store = await startMeasured(COMPILED, dataDir);
  const client = await new MongoClient(store.uri, { maxPoolSize: 64 }).connect();
  try {
    return await run(store, client);
  } finally {
    await client.close();
    await store.stop();
  }
}

async function main(): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'bench-store-'));
  const [empty, full] = [join(directory, 'empty'), join(directory, 'full')];
  try {
    execFileSync(
      process.execPath,
      [
        join(root, 'node_modules/typescript/bin/tsc'),
        '--project',
        join(root, 'tsconfig.build.json'),
        '--outDir',
        compiled,
        '--sourceMap',
        'false',
      ],
      { stdio: 'inherit' },
    );
    row(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`, '');
    const idle = await startMeasured(COMPILED, empty);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    const memory = idle.residentMegabytes();
    await idle.stop();
    row('memory of an idle store', `${memory.toFixed(0)} MB`, atMost(Math.round(memory), 80, ' MB'));
    for (const [how, program] of [
      ['compiled', COMPILED],
      ['from source', SOURCE],
    ] as const) {
      const ms = await readyMs(program, empty);
      row(`ready, empty, ${how}`, `${ms.toFixed(0)} ms`, atMost(Math.round(ms), 400, ' ms'));
    }
    await withStore(full, async (store, client) => {
      await fill(client);
      report('findOne by _id, 64 clients', await measureReads(client, store, SECONDS), 0.6);
      for (const { name, longestMs } of await measureBlocking(client, store.uri))
        row(`others wait during: ${name}`, `${longestMs.toFixed(0)} ms`, atMost(Math.round(longestMs), 50, ' ms'));
    });
    for (const [how, program] of [
      ['compiled', COMPILED],
      ['from source', SOURCE],
    ] as const) {
      const ms = await readyMs(program, full);
      row(`ready, 100,000 documents and three indexes, ${how}`, `${ms.toFixed(0)} ms`, atMost(Math.round(ms), 1500, ' ms'));
    }
    await withStore(empty, async (store, client) => {
      const cost = await measurePurchases(client, store, SECONDS);
      report('purchases (transactions), 64 clients, durable', cost, 0.7);
      row('  transactions per fsync', cost.perSync.toFixed(1), atLeast(cost.perSync, 8));
    });
  } finally {
    rmSync(directory, { recursive: true, force: true });
    rmSync(compiled, { recursive: true, force: true });
  }
  process.stdout.write(misses === 0 ? 'every goal is reached\n' : `${misses} goals are missed\n`);
  process.exitCode = misses === 0 ? 0 : 1;
}

await main();
