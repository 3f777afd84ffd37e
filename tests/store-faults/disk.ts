import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes, randomInt } from 'node:crypto';
import { once } from 'node:events';
import { appendFileSync, readFileSync, statSync, truncateSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export type Disk = 'honest' | 'slow' | 'full' | 'early-sync' | 'early-write';

const program = fileURLToPath(new URL('store-process.ts', import.meta.url));

export interface RunningStore {
  uri: string;
  kill(): Promise<void>;
}

export async function startProcess(dataDir: string, safe: string, disk: Disk, snapshotBytes: number): Promise<RunningStore> {
  const flags = ['--data', dataDir, '--safe', safe, '--disk', disk, '--snapshot-bytes', String(snapshotBytes)];
  const child: ChildProcess = spawn(process.execPath, ['--import', 'tsx', program, ...flags], { stdio: ['ignore', 'pipe', 'inherit'] });
  if (!child.stdout) throw new Error('the store has no output');
  const ended = once(child, 'exit').then((): never => {
    throw new Error('the store ended before it answered');
  });
  const [line] = await Promise.race([once(createInterface({ input: child.stdout }), 'line'), ended]);
  // From here on its end is what the test is about.
  ended.catch(() => {});
  return {
    uri: String(line),
    async kill(): Promise<void> {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exit = once(child, 'exit');
      child.kill('SIGKILL');
      await exit;
    },
  };
}

/** Behind the last fsync a power loss may leave anything: the file ends at any byte, and what follows is noise. */
export function losePower(safe: string): { cut: number; noise: number } {
  const note = readFileSync(safe, 'utf8').trim();
  if (note === '') return { cut: 0, noise: 0 };
  const { path, length } = JSON.parse(note) as { path: string; length: number };
  const stat = statSync(path, { throwIfNoEntry: false });
  // A snapshot has replaced that journal: its own end was made safe before.
  if (!stat) return { cut: 0, noise: 0 };
  const kept = randomInt(length, stat.size + 1);
  truncateSync(path, kept);
  const noise =
    randomInt(3) === 0 ? Buffer.alloc(0) : randomInt(2) === 0 ? Buffer.alloc(randomInt(1, 4096)) : randomBytes(randomInt(1, 4096));
  appendFileSync(path, noise);
  return { cut: stat.size - kept, noise: noise.length };
}
