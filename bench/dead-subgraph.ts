import { startRole } from './router/ipc.ts';
import { atMost, conclude, machine, percentile, row } from './router/report.ts';
import { startRouterUnderTest } from './router/router-under-test.ts';

/** How long a client waits for what cannot be had: `npm run bench:dead-subgraph`, about half a minute. */
const DEADLINE_MS = 3_000;
/** What the rest of such an answer may take, beside the deadline. */
const MARGIN_MS = 500;
/** A subgraph dies under a router that has been at work; one just started still compiles itself, and is three times as slow. */
const SERVED_BEFORE = 2_000;
/** What the rest of such an answer costs by itself. */
const REST = '{ events(count: 2) { title } }';
/** Each under another alias: equal fetches of nobody in particular would be sent as one, and the breaker counts calls. */
const queryOf = (index: number): string => `{ events(count: 2) { title a${index}: available } }`;

type Answer = { readonly data: { events: Record<string, string | null>[] }; readonly errors?: unknown[] };

async function measure(name: string, orders: string): Promise<void> {
  const world = await startRouterUnderTest({ seats: 2, urls: { orders } });
  async function askRest(): Promise<number> {
    const started = performance.now();
    const response = await fetch(`${world.origin}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: REST }),
    });
    await response.arrayBuffer();
    return performance.now() - started;
  }

  async function ask(index: number): Promise<number> {
    const started = performance.now();
    const response = await fetch(`${world.origin}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: queryOf(index) }),
    });
    const { data, errors } = (await response.json()) as Answer;
    if (data.events.some((event) => event['title'] === null || event[`a${index}`] !== null) || errors?.length !== 2)
      throw new Error(`not the rest of the answer with two errors: ${JSON.stringify({ data, errors })}`);
    return performance.now() - started;
  }
  try {
    for (let query = 0; query < SERVED_BEFORE; query += 1) await askRest();
    const waits = await Promise.all(Array.from({ length: 25 }, (_, index) => ask(index)));
    const slowest = percentile(waits, 1);
    row(`${name}: slowest answer until the breaker opens`, `${slowest.toFixed(0)} ms`, atMost(slowest, DEADLINE_MS + MARGIN_MS, ' ms'));
    const open: number[] = [];
    const rest: number[] = [];
    for (let query = 0; query < 1_000; query += 1) {
      open.push(await ask(query % 25));
      rest.push(await askRest());
    }
    const [p50, p99] = [percentile(open, 0.5), percentile(open, 0.99)];
    row('  with the breaker open', `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`, atMost(p99, 10, ' ms'));
    const more = p99 - percentile(rest, 0.99);
    row('  p99 beyond that of the same query without the dead subgraph', `${more.toFixed(1)} ms`, atMost(more, 10, ' ms'));
  } finally {
    await world.stop();
  }
}

machine();
const hole = await startRole('black-hole', {});
await measure('a subgraph whose port is closed', 'http://127.0.0.1:9/graphql');
await measure('a subgraph that never answers', `${await hole.ask<string>('origin')}/graphql`);
await hole.stop();
conclude();
