import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { Redis } from 'ioredis';
import { createGraphqlClient } from '../local/graphql-client.ts';
import type { GraphqlClient } from '../local/graphql-client.ts';
import { freePort, startPrivateRedis } from '../local/redis.ts';
import { startStoreProcess } from '../local/store-process.ts';
import type { Person, Seed } from '../tests/harness/seed.ts';
import { createSeed } from '../tests/harness/seed.ts';
import { milliseconds, percentile, row } from './product/figures.ts';
import { ADMIN, startProduct } from './product/start-product.ts';
import { watch } from './product/watch.ts';

/**
 * What the inventory is trusted for, at its limits, on this machine, clients and servers sharing its cores: `npm run bench:inventory [-- --only PART]`. Through the public door
 * of a product started as a user starts it; only the cold feed is asked inside a process of its own.
 */
const SESSIONS = 1_000;
const SEATS = 200;
const BUYERS = 16;
const MAPS = 200;
const OTHER_KEYS = 400_000;
const HOLD_SECONDS = 5;
const ENDS = 40;
const LARGE = { rows: 200, seatsPerRow: 50 };

const PASSWORD = 'a seat by the aisle';

type HeldSeats = { __typename: string; hold?: { id: string; expiresAt: string }; conflicts?: unknown[] };
const HOLD = `mutation ($input: HoldSeatsInput!) { holdSeats(input: $input) { __typename ... on HoldSeatsPayload { hold { id expiresAt } } ... on SeatsUnavailable { conflicts { reason } } } }`;

async function inGroups<Item, Result>(items: readonly Item[], size: number, work: (item: Item) => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  for (let from = 0; from < items.length; from += size) results.push(...(await Promise.all(items.slice(from, from + size).map(work))));
  return results;
}

/** One seat, everyone at once. */
async function contention(endpoint: string, seed: Seed, organizer: Person): Promise<void> {
  const accounts = await inGroups(Array.from({ length: 20 }), 4, () => seed.person());
  const sessions = await inGroups(
    Array.from({ length: SESSIONS }, (_, at) => at),
    16,
    async (at) => {
      const client = createGraphqlClient(endpoint);
      await client.data('mutation ($input: LogInInput!) { logIn(input: $input) { __typename } }', {
        input: { email: accounts[at % accounts.length]?.email, password: PASSWORD },
      });
      return client;
    },
  );
  const eventId = await seed.event(organizer, { title: 'One seat' });
  const times: number[] = [];
  let [held, refused, failed] = [0, 0, 0];
  await Promise.all(
    sessions.map(async (session: GraphqlClient) => {
      const begun = performance.now();
      const response = await fetch(endpoint, {
        method: 'POST',
        headers: { 'content-type': 'application/json', cookie: session.cookies() },
        body: JSON.stringify({ query: HOLD, variables: { input: { eventId, seatIds: ['A-1'] } } }),
      });
      const answer = (await response.json()) as { data?: { holdSeats?: HeldSeats }; errors?: unknown };
      times.push(performance.now() - begun);
      if (!response.ok || answer.errors) failed += 1;
      else if (answer.data?.holdSeats?.hold) held += 1;
      else refused += 1;
    }),
  );
  row(
    `${SESSIONS} sessions hold one seat at once`,
    `${held} hold, ${refused} refused, ${failed} failed; all answered within ${(percentile(times, 1) / 1_000).toFixed(2)} s (goal: 1, ${SESSIONS - 1}, 0, 5 s)`,
  );
}

/** How many whole purchases a second, each of its own seat. */
async function purchases(seed: Seed, people: readonly Person[], seats: readonly { eventId: string; seatId: string }[]): Promise<number> {
  const left = [...seats];
  const begun = performance.now();
  await Promise.all(
    people.map(async (person) => {
      for (let seat = left.pop(); seat; seat = left.pop()) {
        const holdId = await seed.held(person, seat.eventId, [seat.seatId]);
        const intent = await seed.pay(person, holdId);
        const result = await seed.purchase(person, { eventId: seat.eventId, holdId, paymentIntentId: intent.id });
        if (result.__typename !== 'PurchasePayload') throw new Error(`A purchase was answered with ${result.__typename}.`);
      }
    }),
  );
  return seats.length / ((performance.now() - begun) / 1_000);
}

const CONFIGURE = `mutation ($input: ConfigureSeatingInput!) { configureSeating(input: $input) { __typename } }`;
async function hallOf(seed: Seed, organizer: Person, rows: number, seatCount: number): Promise<string> {
  const eventId = await seed.event(organizer, { title: `${rows * seatCount} seats` });
  await organizer.data(CONFIGURE, {
    input: {
      eventId,
      currency: 'EUR',
      sections: [{ name: '', price: 2_500, rows: Array.from({ length: rows }, (_, at) => ({ label: `R${at + 1}`, seatCount })) }],
    },
  });
  return eventId;
}

async function eventWideLock(seed: Seed, organizer: Person, people: readonly Person[]): Promise<void> {
  const together: number[] = [];
  const apart: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    const one = await hallOf(seed, organizer, 10, SEATS / 10);
    const many = await inGroups(Array.from({ length: SEATS }), 10, () => seed.event(organizer, { title: 'One of many' }));
    const inOne = Array.from({ length: SEATS }, (_, at) => ({ eventId: one, seatId: `R${(at % 10) + 1}-${Math.floor(at / 10) + 1}` }));
    const inMany = many.map((eventId) => ({ eventId, seatId: 'A-1' }));
    // Each first in turn: the machine's mood must not decide.
    if (round % 2 === 0) together.push(await purchases(seed, people, inOne));
    apart.push(await purchases(seed, people, inMany));
    if (round % 2 === 1) together.push(await purchases(seed, people, inOne));
  }
  const [one, many] = [percentile(together, 0.5), percentile(apart, 0.5)];
  row(
    `whole purchases a second, ${SEATS} seats of one event / of ${SEATS} events, ${BUYERS} buyers`,
    `${one.toFixed(1)} / ${many.toFixed(1)}, ratio ${(one / many).toFixed(2)} (goal: 25 and 0.8)`,
  );
}

async function salesOnOpenMaps(endpoint: string, seed: Seed, organizer: Person, people: readonly Person[]): Promise<void> {
  const eventId = await seed.event(organizer, { title: 'Watched' });
  const delays = await watch(endpoint, eventId, MAPS, async (expect) => {
    for (let round = 0; round < 30; round += 1) {
      const person = people[round % people.length];
      if (!person) return;
      const seatId = `${'ABCDE'[Math.floor(round / 10)] ?? 'A'}-${(round % 10) + 1}`;
      const holdId = await seed.held(person, eventId, [seatId]);
      const intent = await seed.pay(person, holdId);
      const seen = expect(seatId, 'RESERVED');
      await seed.purchase(person, { eventId, holdId, paymentIntentId: intent.id });
      seen.answered(performance.now());
      await seen.done;
    }
  });
  row(
    `a sale's answer to the DELTA at each of ${MAPS} open maps`,
    `p50 ${milliseconds(percentile(delays, 0.5))}, p99 ${milliseconds(percentile(delays, 0.99))}, max ${milliseconds(percentile(delays, 1))} (goal: p99 250 ms)`,
  );
}

async function endsOnOpenMaps(endpoint: string, seed: Seed, organizer: Person, people: readonly Person[], redisUrl: string): Promise<void> {
  const redis = new Redis(redisUrl);
  for (let from = 0; from < OTHER_KEYS; from += 10_000) {
    const pipeline = redis.pipeline();
    for (let at = from; at < from + 10_000; at += 1)
      pipeline.set(`bench:other:${at}`, '1', 'PX', 60_000 + Math.floor(Math.random() * 3_600_000));
    await pipeline.exec();
  }
  const eventId = await seed.event(organizer, { title: 'Holds end' });
  const delays = await watch(endpoint, eventId, 20, async (expect) => {
    for (let round = 0; round < ENDS; round += 10) {
      await Promise.all(
        Array.from({ length: 10 }, async (_, at) => {
          const seatId = `${'ABCDE'[round / 10] ?? 'A'}-${at + 1}`;
          const seen = expect(seatId, 'AVAILABLE');
          await new Promise((resolve) => setTimeout(resolve, at * 90));
          const { holdSeats } = await (people[at % people.length] ?? organizer).data<{ holdSeats: HeldSeats }>(HOLD, {
            input: { eventId, seatIds: [seatId] },
          });
          const endsIn = Date.parse(holdSeats.hold?.expiresAt ?? '') - Date.now();
          seen.answered(performance.now() + endsIn);
          await seen.done;
        }),
      );
    }
  });
  await redis.flushdb();
  redis.disconnect();
  row(
    `a hold's end to every open map, ${OTHER_KEYS} other expiring keys in the server`,
    `p50 ${milliseconds(percentile(delays, 0.5))}, max ${milliseconds(percentile(delays, 1))} (goal: p50 150 ms, max 2 s)`,
  );
}

async function largeMap(seed: Seed, organizer: Person, redisUrl: string, mongoUrl: string): Promise<void> {
  const eventId = await hallOf(seed, organizer, LARGE.rows, LARGE.seatsPerRow);
  const QUERY =
    'query ($id: ID!) { event(id: $id) { seatMap { version seats { seatId section row number status price { amount currency decimals } features } } } }';
  const times: number[] = [];
  for (let round = 0; round < 20; round += 1) {
    const begun = performance.now();
    const { event } = await organizer.data<{ event: { seatMap: { seats: unknown[] } } }>(QUERY, { id: eventId });
    times.push(performance.now() - begun);
    if (event.seatMap.seats.length !== LARGE.rows * LARGE.seatsPerRow) throw new Error(`${event.seatMap.seats.length} seats`);
  }
  row(
    `SeatMap.seats with all fields of ${LARGE.rows * LARGE.seatsPerRow} seats, through the router`,
    `p50 ${milliseconds(percentile(times, 0.5))}, max ${milliseconds(percentile(times, 1))} (goal: 150 ms)`,
  );
  const cold: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    const child = spawn(process.execPath, ['--import', 'tsx', 'bench/product/cold-feed.ts', mongoUrl, `${redisUrl}/1`, eventId], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    await once(child, 'exit');
    cold.push(Number(said));
  }
  row(
    `states of ${LARGE.rows * LARGE.seatsPerRow} seats from the feed of a cold process`,
    `p50 ${milliseconds(percentile(cold, 0.5))}, max ${milliseconds(percentile(cold, 1))} (goal: 50 ms)`,
  );
}

const PARTS = ['purchases', 'sales', 'large map', 'contention', 'ends'] as const;
const { values } = parseArgs({ options: { only: { type: 'string', default: '' } } });
const wanted = (part: (typeof PARTS)[number]): boolean => part.includes(values.only);

async function main(): Promise<void> {
  if (!PARTS.some(wanted)) throw new Error(`--only is a part of: ${PARTS.join(', ')}`);
  row('machine', `${cpus().length} cores, Node ${process.versions.node}, clients and servers together`);
  const dataDir = mkdtempSync(join(tmpdir(), 'seatgraph-bench-'));
  const redis = await startPrivateRedis({ dataDir: join(dataDir, 'redis') });
  const store = await startStoreProcess({ dataDir: join(dataDir, 'store') });
  const withProduct = async (settings: Record<string, string>, work: (endpoint: string, seed: Seed) => Promise<void>): Promise<void> => {
    const port = await freePort();
    const endpoint = `http://127.0.0.1:${port}/graphql`;
    const product = await startProduct(join(dataDir, 'product'), port, {
      REDIS_URL: redis.url,
      MONGO_URL: store.uri,
      SOCKETS_PER_ADDRESS: '10000',
      ...settings,
    });
    try {
      await product.announced();
      await work(endpoint, createSeed({ endpoint, admin: ADMIN }));
    } finally {
      await product.stop();
    }
  };
  const buyersOf = (seed: Seed): Promise<Person[]> => inGroups(Array.from({ length: BUYERS }), 4, () => seed.person());
  try {
    await withProduct({}, async (endpoint, seed) => {
      const organizer = await seed.organizer();
      const people = await buyersOf(seed);
      if (wanted('purchases')) await eventWideLock(seed, organizer, people);
      if (wanted('sales')) await salesOnOpenMaps(endpoint, seed, organizer, people);
      if (wanted('large map')) await largeMap(seed, organizer, redis.url, store.uri);
      if (wanted('contention')) await contention(endpoint, seed, organizer);
    });
    if (!wanted('ends')) return;
    await withProduct({ HOLD_TTL_SECONDS: String(HOLD_SECONDS) }, async (endpoint, seed) =>
      endsOnOpenMaps(endpoint, seed, await seed.organizer(), await buyersOf(seed), redis.url),
    );
  } finally {
    await store.close();
    await redis.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

await main();
