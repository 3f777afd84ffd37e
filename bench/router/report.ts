import { cpus, loadavg } from 'node:os';

let misses = 0;

type Goal = { readonly holds: boolean; readonly text: string };

export function row(name: string, value: string, goal?: Goal): void {
  if (goal && !goal.holds) misses += 1;
  process.stdout.write(`${name.padEnd(66)}${value.padEnd(40)}${goal ? `${goal.holds ? 'ok  ' : 'MISS'} ${goal.text}` : ''}\n`);
}

export const atMost = (value: number, limit: number, unit = ''): Goal => ({ holds: value <= limit, text: `at most ${limit}${unit}` });
export const atLeast = (value: number, limit: number): Goal => ({ holds: value >= limit, text: `at least ${limit}` });

/** Others at work on the same cores disturb every figure; whoever reads them should know. */
export function machine(): void {
  const load = loadavg()[0] ?? 0;
  const warning = load > 0.7 ? ': something else is running, absolute figures are disturbed' : '';
  row('machine', `${cpus().length} cores, Node ${process.versions.node}, load before ${load.toFixed(2)}${warning}`);
}

/** The exit code of a bench: 1 if a goal was missed. */
export function conclude(): void {
  process.stdout.write(misses === 0 ? 'all goals are met\n' : `${misses} goals are missed\n`);
  process.exitCode = misses === 0 ? 0 : 1;
}

export function percentile(values: Float64Array | readonly number[], share: number): number {
  const sorted = Float64Array.from(values).toSorted();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
}

export const delay = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));
