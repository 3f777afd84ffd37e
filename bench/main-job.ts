import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { freePort } from '../local/redis.ts';
import type { GraphqlClient } from '../local/graphql-client.ts';
import type { Person } from '../tests/harness/seed.ts';
import { createSeed } from '../tests/harness/seed.ts';

/**
 * The main job on this machine, clients and servers sharing its cores: `npm run bench:main-job`.
 * Everything goes through the public door of a product started as a user starts it.
 */
const SECONDS = 5;
const WATCHERS = 100;

const row = (name: string, value: string): void => void process.stdout.write(`${name.padEnd(66)}${value}\n`);
const percentile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0;
const milliseconds = (value: number): string => `${value.toFixed(1)} ms`;

async function ready(endpoint: string): Promise<void> {
  for (;;) {
    try {
      const response = await fetch(endpoint, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"query":"{ events { edges { node { availability { total } } } } }"}',
      });
      const { data } = (await response.json()) as { data?: { events?: { edges: { node: { availability: unknown } }[] } } };
      if (data?.events?.edges.every(({ node }) => node.availability !== null)) return;
    } catch {
      // Not listening yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

async function start(dataDir: string, port: number) {
  const begun = performance.now();
  const child = spawn('npm', ['start'], {
    env: {
      // oxlint-disable-next-line node/no-process-env -- the command is run as its user would
      ...process.env,
      DATA_DIR: dataDir,
      PORT: String(port),
      RATE_LIMIT_SCALE: '100000',
      ADMIN_EMAIL: 'admin@bench.example',
      ADMIN_PASSWORD: 'a seat by the aisle',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  await ready(`http://127.0.0.1:${port}/graphql`);
  const seconds = (performance.now() - begun) / 1_000;
  return {
    seconds,
    announced: async () => {
      while (!said.includes('is ready')) await new Promise((resolve) => setTimeout(resolve, 20));
    },
    stop: async () => {
      const stopping = performance.now();
      process.kill(-(child.pid ?? 0), 'SIGINT');
      await once(child, 'exit');
      return (performance.now() - stopping) / 1_000;
    },
  };
}

/** Calls `work` from `clients` loops for a while; how many a second, and how long each took. */
async function rate(
  clients: number,
  work: (client: number, round: number) => Promise<boolean>,
): Promise<{ perSecond: number; p50: number; p99: number }> {
  const times: number[] = [];
  const begun = performance.now();
  await Promise.all(
    Array.from({ length: clients }, async (_, client) => {
      for (let round = 0; performance.now() - begun < SECONDS * 1_000; round += 1) {
        const started = performance.now();
        if (!(await work(client, round))) return;
        times.push(performance.now() - started);
      }
    }),
  );
  return { perSecond: (times.length * 1_000) / (performance.now() - begun), p50: percentile(times, 0.5), p99: percentile(times, 0.99) };
}

const LIST = `{ events(first: 10) { edges { node { id title organizer { displayName } availability { available total } priceRange { min { amount currency } } } } } }`;
const ROWS = ['A', 'B', 'C', 'D', 'E'];
const seatOf = (index: number): string => `${ROWS[Math.floor(index / 10) % 5] ?? 'A'}-${(index % 10) + 1}`;

async function main(): Promise<void> {
  row('machine', `${cpus().length} cores, Node ${process.versions.node}, clients and servers together`);
  const dataDir = mkdtempSync(join(tmpdir(), 'seatgraph-bench-'));
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}/graphql`;
  const first = await start(dataDir, port);
  await first.announced();
  row('npm start to the first answer, first run (demo data is made)', `${first.seconds.toFixed(2)} s`);
  row('Ctrl-C to the end of everything', `${(await first.stop()).toFixed(2)} s`);
  const server = await start(dataDir, port);
  await server.announced();
  row('npm start to the first answer, later runs', `${server.seconds.toFixed(2)} s`);

  try {
    const seed = createSeed({ endpoint, admin: { email: 'admin@bench.example', password: 'a seat by the aisle' } });
    const people: Person[] = [];
    for (let index = 0; index < 16; index += 4) people.push(...(await Promise.all(Array.from({ length: 4 }, () => seed.person()))));
    const organizer = await seed.organizer();
    const personOf = (index: number): Person => people[index % people.length] ?? organizer;

    const list = await rate(16, async (client) => (await personOf(client).request(LIST)).errors === undefined);
    row(
      'list of 10 events over three subgraphs, 16 clients',
      `${list.perSecond.toFixed(0)}/s, p50 ${milliseconds(list.p50)}, p99 ${milliseconds(list.p99)}`,
    );

    const events = await Promise.all(Array.from({ length: 16 }, (_, index) => seed.event(organizer, { title: `Bench ${index}` })));
    const eventOf = (client: number): string => events[client % events.length] ?? '';
    const release = (who: GraphqlClient, holdId: string) =>
      who.data('mutation ($holdId: ID!) { releaseHold(holdId: $holdId) { released } }', { holdId });
    const holds: number[] = [];
    await rate(16, async (client, round) => {
      const begun = performance.now();
      const holdId = await seed.held(personOf(client), eventOf(client), [seatOf(round)]);
      holds.push(performance.now() - begun);
      await release(personOf(client), holdId);
      return true;
    });
    row(
      'holds (each followed by its release), 16 clients',
      `${(holds.length / SECONDS).toFixed(0)}/s, p50 ${milliseconds(percentile(holds, 0.5))}, p99 ${milliseconds(percentile(holds, 0.99))}`,
    );

    const purchases: number[] = [];
    const bought = await rate(16, async (client, round) => {
      if (round >= 50) return false;
      const holdId = await seed.held(personOf(client), eventOf(client), [seatOf(round)]);
      const intent = await seed.pay(personOf(client), holdId);
      const begun = performance.now();
      const result = await seed.purchase(personOf(client), { eventId: eventOf(client), holdId, paymentIntentId: intent.id });
      if (result.__typename !== 'PurchasePayload') throw new Error(`A purchase was answered with ${result.__typename}.`);
      purchases.push(performance.now() - begun);
      return true;
    });
    row(
      'whole purchases (hold, intent, confirm, purchase), 16 clients',
      `${bought.perSecond.toFixed(1)}/s, p50 ${milliseconds(bought.p50)}, p99 ${milliseconds(bought.p99)}`,
    );
    row('of these the purchase alone', `p50 ${milliseconds(percentile(purchases, 0.5))}, p99 ${milliseconds(percentile(purchases, 0.99))}`);

    const watched = await seed.event(organizer, { title: 'Watched' });
    const delays = await watch(endpoint, watched, async (expect) => {
      for (let round = 0; round < 50; round += 1) {
        const person = personOf(round);
        const seen = expect(seatOf(round));
        await seed.held(person, watched, [seatOf(round)]);
        seen.answered(performance.now());
        await seen.done;
      }
    });
    row(
      `hold's answer to the DELTA at each of ${WATCHERS} watchers`,
      `p50 ${milliseconds(percentile(delays, 0.5))}, p99 ${milliseconds(percentile(delays, 0.99))}, max ${milliseconds(percentile(delays, 1))}`,
    );
  } finally {
    await server.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

type Expectation = { readonly answered: (at: number) => void; readonly done: Promise<void> };

/** Opens the watchers, runs the story, and answers the delay of every DELTA at every watcher; before the answer counts as zero. */
async function watch(
  endpoint: string,
  eventId: string,
  story: (expect: (seatId: string) => Expectation) => Promise<void>,
): Promise<number[]> {
  const { origin } = new URL(endpoint);
  class OriginSocket extends WebSocket {
    constructor(address: string | URL, protocols?: string | string[]) {
      super(address, protocols, { origin });
    }
  }
  const arrivals = new Map<string, number[]>();
  const waiting = new Map<string, () => void>();
  const clients = Array.from({ length: WATCHERS }, () =>
    createClient({ url: endpoint.replace(/^http/, 'ws'), webSocketImpl: OriginSocket, retryAttempts: 0 }),
  );
  await Promise.all(
    clients.map(
      (client) =>
        new Promise<void>((resolve, reject) => {
          client.subscribe<{ seatMapChanged: { kind: string; seats: { seatId: string; status: string }[] } }>(
            {
              query:
                'subscription ($eventId: ID!) { seatMapChanged(eventId: $eventId) { kind version previousVersion seats { seatId status } } }',
              variables: { eventId },
            },
            {
              next: ({ data, errors }) => {
                if (errors || !data) return reject(new Error(JSON.stringify(errors)));
                if (data.seatMapChanged.kind === 'SNAPSHOT') return resolve();
                const at = performance.now();
                for (const { seatId } of data.seatMapChanged.seats) {
                  const times = arrivals.get(seatId) ?? [];
                  times.push(at);
                  arrivals.set(seatId, times);
                  if (times.length === WATCHERS) waiting.get(seatId)?.();
                }
              },
              error: reject,
              complete: () => undefined,
            },
          );
        }),
    ),
  );
  const delays: number[] = [];
  await story((seatId) => {
    const arrived = new Promise<void>((resolve) => waiting.set(seatId, resolve));
    let answered: (at: number) => void = () => undefined;
    const answer = new Promise<number>((resolve) => {
      answered = resolve;
    });
    return {
      answered: (at) => answered(at),
      done: (async () => {
        const [answeredAt] = await Promise.all([answer, arrived]);
        for (const at of arrivals.get(seatId) ?? []) delays.push(Math.max(0, at - answeredAt));
      })(),
    };
  });
  for (const client of clients) await client.dispose();
  return delays;
}

await main();
