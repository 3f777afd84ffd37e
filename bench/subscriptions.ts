import type { RoleProcess } from './router/ipc.ts';
import { startRole } from './router/ipc.ts';
import { atLeast, atMost, conclude, delay, machine, percentile, row } from './router/report.ts';
import type { Memory } from './router/roles.ts';
import { startRouterUnderTest } from './router/router-under-test.ts';
import type { Watchers } from './router/watchers.ts';
import { openAllAtOnce, openWatchers } from './router/watchers.ts';

/**
 * Many clients on one event: `npm run bench:subscriptions`, about a minute; with `saturation`, that part alone. Clients, router and subgraphs are processes that share this machine's cores;
 * the ratios compare servers that the same clients watch, one after the other in the same run.
 */
const CLIENTS = 2_000;
const CHANGES_PER_SECOND = 20;
const SECONDS = 5;
const SATURATED_CLIENTS = 500;
/** Changes that may be on their way at once: enough that nobody waits for the next one, and no client counts as slow. */
const WINDOW = 64;
const ROUNDS = 3;
const SEATS = 500;

async function steadily(subgraphs: RoleProcess, watchers: Watchers): Promise<number[]> {
  const ages: number[] = [];
  watchers.onAge((age) => void ages.push(age));
  const started = performance.now();
  for (let change = 0; change < SECONDS * CHANGES_PER_SECOND; change += 1) {
    await delay(Math.max(0, started + (change * 1_000) / CHANGES_PER_SECOND - performance.now()));
    void subgraphs.ask('change', 1);
  }
  const expected = CLIENTS * SECONDS * CHANGES_PER_SECOND;
  const deadline = performance.now() + 10_000;
  while (ages.length < expected && performance.now() < deadline) await delay(20);
  watchers.onAge(null);
  if (ages.length !== expected) throw new Error(`${ages.length} of ${expected} events arrived`);
  return ages;
}

/** Deliveries a second, with as many changes as the first client keeps up with. */
async function saturated(source: RoleProcess, watchers: Watchers): Promise<number> {
  const [before, beforeFirst] = [watchers.received(), watchers.receivedByFirst()];
  const started = performance.now();
  let sent = 0;
  while (performance.now() - started < SECONDS * 1_000) {
    const missing = WINDOW - (sent - (watchers.receivedByFirst() - beforeFirst));
    if (missing >= WINDOW / 2) {
      sent += missing;
      void source.ask('change', missing);
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  return ((watchers.received() - before) * 1_000) / (performance.now() - started);
}

async function measureRouter(): Promise<void> {
  const world = await startRouterUnderTest({ seats: SEATS });
  const url = `${world.origin.replace('http', 'ws')}/graphql`;
  try {
    const warm = await openWatchers(url, 50);
    await saturated(world.subgraphs, warm);
    warm.terminate();
    await delay(500);
    const before = await world.router.ask<Memory>('memory');
    const watchers = await openWatchers(url, CLIENTS);
    await delay(500);
    const after = await world.router.ask<Memory>('memory');
    const perClient = (read: (memory: Memory) => number): number => (read(after) - read(before)) / CLIENTS / 1_000;
    const kilobytes = Math.max(
      perClient(({ rss }) => rss),
      perClient(({ heap }) => heap),
    );
    row(`memory of the router per subscriber (${CLIENTS})`, `${kilobytes.toFixed(1)} kB`, atMost(kilobytes, 60, ' kB'));

    const fetchesBefore = await world.router.ask<number>('fetches', 'events');
    const ages = await steadily(world.subgraphs, watchers);
    const p99 = percentile(ages, 0.99);
    row(
      `${CLIENTS} clients at ${CHANGES_PER_SECOND} changes/s, change to client`,
      `p50 ${percentile(ages, 0.5).toFixed(0)} ms, p99 ${p99.toFixed(0)} ms, max ${percentile(ages, 1).toFixed(0)} ms`,
      atMost(p99, 150, ' ms'),
    );
    const fetches = ((await world.router.ask<number>('fetches', 'events')) - fetchesBefore) / (SECONDS * CHANGES_PER_SECOND);
    row('fetches from other subgraphs per event', fetches.toFixed(2), atMost(fetches, 1));
    const upstreams = await world.subgraphs.ask<number>('open');
    row('upstream subscriptions', String(upstreams), atMost(upstreams, 1));

    const opened = await world.subgraphs.ask<number>('opened');
    watchers.terminate();
    const started = performance.now();
    const back = await openAllAtOnce(url, CLIENTS);
    const seconds = (performance.now() - started) / 1_000;
    row(`${CLIENTS} clients cut off and back at once, each with ${SEATS} seats`, `${seconds.toFixed(1)} s`, atMost(seconds, 10, ' s'));
    const snapshots = (await world.subgraphs.ask<number>('opened')) - opened;
    row('upstream snapshots for all of them', String(snapshots), atMost(snapshots, 1));
    for (const watcher of back) watcher.terminate();
  } finally {
    await world.stop();
  }
}

async function measureSaturation(): Promise<void> {
  const world = await startRouterUnderTest({ seats: 50 });
  const [bare, executing] = await Promise.all([startRole('bare', {}), startRole('executing', {})]);
  const rates = { router: [] as number[], bare: [] as number[], executing: [] as number[] };
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [name, source, url] of [
        ['bare', bare, await bare.ask<string>('url')],
        ['router', world.subgraphs, `${world.origin.replace('http', 'ws')}/graphql`],
        ['executing', executing, await executing.ask<string>('url')],
      ] as const) {
        const watching = openWatchers(url, SATURATED_CLIENTS);
        // The bare server says nothing by itself, and a watcher counts as there once it was told something.
        const nudge = name === 'bare' ? setInterval(() => void bare.ask('change', 1), 50) : undefined;
        const watchers = await watching;
        clearInterval(nudge);
        rates[name].push(await saturated(source, watchers));
        watchers.terminate();
        await delay(300);
      }
    }
  } finally {
    await Promise.all([world.stop(), bare.stop(), executing.stop()]);
  }
  const median = (values: readonly number[]): number => percentile(values, 0.5);
  const say = (values: readonly number[]): string =>
    `${median(values).toFixed(0)}/s (${values.map((value) => value.toFixed(0)).join(', ')})`;
  row(`saturation, ${SATURATED_CLIENTS} clients: a bare ws server`, say(rates.bare));
  row('  graphql-ws executing for each client', say(rates.executing));
  const [ofBare, ofExecuting] = [median(rates.router) / median(rates.bare), median(rates.router) / median(rates.executing)];
  row('  the router', say(rates.router));
  row('  the router, of the bare server', ofBare.toFixed(2), atLeast(ofBare, 0.8));
  row('  the router, of graphql-ws', ofExecuting.toFixed(2), atLeast(ofExecuting, 4));
}

machine();
const [only] = process.argv.slice(2);
if (only !== 'saturation') await measureRouter();
await measureSaturation();
conclude();
