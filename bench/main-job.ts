import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { freePort } from '../local/redis.ts';
import type { GraphqlClient } from '../local/graphql-client.ts';
import type { Person } from '../tests/harness/seed.ts';
import { createSeed } from '../tests/harness/seed.ts';
import { milliseconds, percentile, rate, row } from './product/figures.ts';
import { ADMIN, startProduct } from './product/start-product.ts';
import { watch } from './product/watch.ts';

/**
 * The main job on this machine, clients and servers sharing its cores: `npm run bench:main-job`.
 * Everything goes through the public door of a product started as a user starts it.
 */
const SECONDS = 5;
const WATCHERS = 100;

const LIST = `{ events(first: 10) { edges { node { id title organizer { displayName } availability { available total } priceRange { min { amount currency } } } } } }`;
const ROWS = ['A', 'B', 'C', 'D', 'E'];
const seatOf = (index: number): string => `${ROWS[Math.floor(index / 10) % 5] ?? 'A'}-${(index % 10) + 1}`;

async function main(): Promise<void> {
  row('machine', `${cpus().length} cores, Node ${process.versions.node}, clients and servers together`);
  const dataDir = mkdtempSync(join(tmpdir(), 'seatgraph-bench-'));
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}/graphql`;
  const first = await startProduct(dataDir, port);
  await first.announced();
  row('npm start to the first answer, first run (demo data is made)', `${first.seconds.toFixed(2)} s`);
  row('Ctrl-C to the end of everything', `${(await first.stop()).toFixed(2)} s`);
  const server = await startProduct(dataDir, port);
  await server.announced();
  row('npm start to the first answer, later runs', `${server.seconds.toFixed(2)} s`);

  try {
    const seed = createSeed({ endpoint, admin: ADMIN });
    const people: Person[] = [];
    for (let index = 0; index < 16; index += 4) people.push(...(await Promise.all(Array.from({ length: 4 }, () => seed.person()))));
    const organizer = await seed.organizer();
    const personOf = (index: number): Person => people[index % people.length] ?? organizer;

    const list = await rate(16, SECONDS, async (client) => (await personOf(client).request(LIST)).errors === undefined);
    row(
      'list of 10 events over three subgraphs, 16 clients',
      `${list.perSecond.toFixed(0)}/s, p50 ${milliseconds(list.p50)}, p99 ${milliseconds(list.p99)}`,
    );

    const events = await Promise.all(Array.from({ length: 16 }, (_, index) => seed.event(organizer, { title: `Bench ${index}` })));
    const eventOf = (client: number): string => events[client % events.length] ?? '';
    const release = (who: GraphqlClient, holdId: string) =>
      who.data('mutation ($holdId: ID!) { releaseHold(holdId: $holdId) { released } }', { holdId });
    const holds: number[] = [];
    await rate(16, SECONDS, async (client, round) => {
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
    const bought = await rate(16, SECONDS, async (client, round) => {
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
    const delays = await watch(endpoint, watched, WATCHERS, async (expect) => {
      for (let round = 0; round < 50; round += 1) {
        const person = personOf(round);
        const seen = expect(seatOf(round), 'HELD');
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

await main();
