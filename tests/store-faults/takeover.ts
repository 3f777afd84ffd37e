import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CONTENDERS = 4;

/** Several processes find the lock of a dead one at the same time, again and again: exactly one may have the directory. */
export async function contend(rounds: number): Promise<{ rounds: number; wrong: number }> {
  const base = mkdtempSync(join(tmpdir(), 'store-takeover-'));
  for (let round = 0; round < rounds; round += 1) {
    mkdirSync(join(base, String(round)));
    writeFileSync(join(base, String(round), 'lock'), JSON.stringify({ pid: 2 ** 30, startedAt: 'never', lock: String(round) }));
  }
  const program = fileURLToPath(new URL('takeover-process.ts', import.meta.url));
  const contenders = Array.from({ length: CONTENDERS }, () => fork(program, [base], { execArgv: ['--import', 'tsx'] }));
  let wrong = 0;
  try {
    await Promise.all(contenders.map((contender) => once(contender, 'message')));
    for (let round = 0; round < rounds; round += 1) {
      // They spin on this file, so that they come as close to each other as two processes can.
      const answers = Promise.all(contenders.map((contender) => once(contender, 'message')));
      for (const contender of contenders) contender.send(round);
      writeFileSync(join(base, `go-${round}`), '');
      if ((await answers).filter(([won]) => won === true).length !== 1) wrong += 1;
    }
  } finally {
    await Promise.all(contenders.map(end));
    rmSync(base, { recursive: true, force: true });
  }
  return { rounds, wrong };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}
