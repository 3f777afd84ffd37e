import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { lockDirectory } from '../../local/mongo/lock.ts';

const base = String(process.argv[2]);

function tryToLock(dataDir: string): boolean {
  try {
    lockDirectory(dataDir);
    return true;
  } catch {
    return false;
  }
}

process.on('message', (round) => {
  const signal = join(base, `go-${String(round)}`);
  while (!existsSync(signal));
  process.send?.(tryToLock(join(base, String(round))));
});
process.send?.('ready');
