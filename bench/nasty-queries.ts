import { atMost, conclude, delay, machine, percentile, row } from './router/report.ts';
import { startRouterUnderTest } from './router/router-under-test.ts';

/** Small queries that stand for enormous work, and what they do to somebody else: `npm run bench:nasty-queries`, about half a minute. */
const SECONDS = 2;
const EVERY_MS = 5;

const fragments = Array.from({ length: 20 }, (_, level) => `fragment F${level} on Query { ...F${level + 1} ...F${level + 1} }`).join(' ');
const NASTY: Readonly<Record<string, string>> = {
  '2^20 nested fragments': `{ ...F0 } ${fragments} fragment F20 on Query { ping }`,
  '10,000 aliases': `{ ${Array.from({ length: 10_000 }, (_, index) => `a${index}:ping`).join(' ')} }`,
  'depth 10,000': `{ ${'a{'.repeat(10_000)} b ${'}'.repeat(10_000)} }`,
  '10,000 errors': `{ ${Array.from({ length: 10_000 }, (_, index) => `x${index}`).join(' ')} }`,
  '1,900 tokens of errors': `{ ${Array.from({ length: 1_900 }, (_, index) => `x${index}`).join(' ')} }`,
  '20,000 brackets': `{ event(id: ${'['.repeat(20_000)} }`,
  '90 kB of one string': `{ event(id: "${'x'.repeat(90_000)}") { nope } }`,
};

async function main(): Promise<void> {
  machine();
  const world = await startRouterUnderTest({ seats: 2 });
  const ask = async (query: string): Promise<{ status: number; milliseconds: number }> => {
    const started = performance.now();
    const response = await fetch(`${world.origin}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });
    await response.arrayBuffer();
    return { status: response.status, milliseconds: performance.now() - started };
  };

  /** Somebody else's query, again and again until told to stop. */
  async function bystander(until: () => boolean): Promise<number> {
    const times: number[] = [];
    while (!until()) {
      times.push((await ask('{ event(id: "e1") { title available organizer { displayName } } }')).milliseconds);
      await delay(EVERY_MS);
    }
    return percentile(times, 0.99);
  }
  const after = (milliseconds: number): (() => boolean) => {
    const end = performance.now() + milliseconds;
    return () => performance.now() > end;
  };

  try {
    await bystander(after(1_500));
    for (const [name, query] of Object.entries(NASTY)) {
      const quiet = await bystander(after(SECONDS * 1_000));
      const refusals: number[] = [];
      let done = false;
      const attack = (async () => {
        const end = after(SECONDS * 1_000);
        while (!end()) {
          const { status, milliseconds } = await ask(query);
          if (status !== 400 && status !== 413) throw new Error(`${name} was answered with ${status}`);
          refusals.push(milliseconds);
          await delay(EVERY_MS);
        }
        done = true;
      })();
      const [disturbed] = await Promise.all([bystander(() => done), attack]);
      const [slowest, ratio] = [percentile(refusals, 1), disturbed / quiet];
      row(`${name}: slowest of ${refusals.length} refusals`, `${slowest.toFixed(1)} ms`, atMost(slowest, 100, ' ms'));
      row(
        "  another client's p99, quiet and meanwhile",
        `${quiet.toFixed(1)} ms, ${disturbed.toFixed(1)} ms: ${ratio.toFixed(2)} times`,
        atMost(ratio, 3, ' times'),
      );
    }
  } finally {
    await world.stop();
  }
}

await main();
conclude();
