import { performance } from 'node:perf_hooks';

export const row = (name: string, value: string): void => void process.stdout.write(`${name.padEnd(74)}${value}\n`);
export const percentile = (values: readonly number[], share: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * share))] ?? 0;
export const milliseconds = (value: number): string => `${value.toFixed(1)} ms`;

/** Calls `work` from `clients` loops for a while; how many a second, and how long each took. */
export async function rate(
  clients: number,
  seconds: number,
  work: (client: number, round: number) => Promise<boolean>,
): Promise<{ perSecond: number; p50: number; p99: number }> {
  const times: number[] = [];
  const begun = performance.now();
  await Promise.all(
    Array.from({ length: clients }, async (_, client) => {
      for (let round = 0; performance.now() - begun < seconds * 1_000; round += 1) {
        const started = performance.now();
        if (!(await work(client, round))) return;
        times.push(performance.now() - started);
      }
    }),
  );
  return { perSecond: (times.length * 1_000) / (performance.now() - begun), p50: percentile(times, 0.5), p99: percentile(times, 0.99) };
}
