import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { createInterface } from 'node:readline';

export interface MeasuredStore {
  uri: string;
  /** From the start of the process until it said that it answers. */
  readyMs: number;
  /** CPU time so far, in microseconds. */
  cpu: () => number;
  residentMegabytes: () => number;
  stop: () => Promise<void>;
}

/** Linux counts a process's time in hundredths of a second. */
const TICK_MICROSECONDS = 10_000;

/** `program`: how node is told to run the store, from source or compiled. */
export async function startMeasured(program: readonly string[], dataDir: string): Promise<MeasuredStore> {
  const begun = performance.now();
  const child = spawn(process.execPath, [...program, '--data', dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  const proc = (file: string): string => readFileSync(`/proc/${child.pid}/${file}`, 'utf8');
  return {
    uri: String(line),
    readyMs: performance.now() - begun,
    cpu: () => {
      const stat = proc('stat');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return (Number(fields[11]) + Number(fields[12])) * TICK_MICROSECONDS;
    },
    residentMegabytes: () => Number(/VmRSS:\s+(\d+) kB/.exec(proc('status'))?.[1]) / 1024,
    stop: async () => {
      const exit = once(child, 'exit');
      child.kill('SIGTERM');
      await exit;
    },
  };
}
