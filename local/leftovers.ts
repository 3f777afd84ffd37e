import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { z } from 'zod';

const recordSchema = z.array(z.object({ pid: z.int(), command: z.string() }));

/** The command line of a running process; null when there is none, or none that we may see. */
function commandOf(pid: number): string | null {
  try {
    if (existsSync('/proc')) return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch {
    return null;
  }
}

/** Empty where it was cut off: whoever wrote it was killed in the middle, and must not keep the next start from starting. */
function parseRecord(text: string): z.output<typeof recordSchema> {
  try {
    return recordSchema.parse(JSON.parse(text));
  } catch {
    return [];
  }
}

/**
 * Processes that cannot notice by themselves that we were killed (redis-server) are written down, and ended by the next start.
 * A pid may have been given to someone else since, so its command line must still be the same.
 */
export function createLeftovers(path: string) {
  return {
    async end(): Promise<void> {
      if (!existsSync(path)) return;
      for (const { pid, command } of parseRecord(readFileSync(path, 'utf8'))) {
        if (command === '' || commandOf(pid) !== command) continue;
        process.kill(pid, 'SIGTERM');
        for (let tries = 0; tries < 100 && commandOf(pid) === command; tries += 1) await new Promise((resolve) => setTimeout(resolve, 50));
        if (commandOf(pid) === command) process.kill(pid, 'SIGKILL');
      }
      rmSync(path, { force: true });
    },
    write(pids: readonly number[]): void {
      writeFileSync(path, JSON.stringify(pids.map((pid) => ({ pid, command: commandOf(pid) ?? '' }))), { mode: 0o600 });
    },
    forget(): void {
      rmSync(path, { force: true });
    },
  };
}
