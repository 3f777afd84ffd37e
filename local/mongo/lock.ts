import { createHash, randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasCode } from './errors.ts';

/*
 * Two stores on one directory would write over each other. The lock names its owner by pid and start time, so that a
 * lock left behind by kill -9 is known for dead, even when the pid has been given to another process since.
 *
 * Nobody takes a dead lock away: by then it could be another's. Every lock has one place for its successor, and of
 * those who try to link their own lock there one succeeds. It owns the directory if a walk from the first lock through
 * the dead ones still leads to it, and then takes the first one's place. Contents never repeat, so no place does.
 */
export function lockDirectory(dataDir: string): () => void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const own = JSON.stringify({ pid: process.pid, startedAt: startTime(process.pid), lock: randomUUID() });
  const candidate = join(dataDir, `lock.${process.pid}`);
  writeFileSync(candidate, own, { mode: 0o600 });
  const first = join(dataDir, 'lock');
  try {
    for (let attempt = 0; attempt < 10; attempt += 1) {
      const place = freePlace(dataDir);
      if (!tryLink(candidate, place)) continue;
      if (placeOf(own, dataDir) !== place) {
        // Someone else has become the first lock since the walk.
        rmSync(place, { force: true });
        continue;
      }
      if (place !== first) renameSync(place, first);
      for (const name of readdirSync(dataDir)) if (name.startsWith(SUCCESSOR)) rmSync(join(dataDir, name), { force: true });
      return () => release(first, own);
    }
    throw new Error(`the lock of the data directory ${dataDir} could not be taken`);
  } finally {
    rmSync(candidate, { force: true });
  }
}

const SUCCESSOR = 'lock.after-';

/** The places of a lock and its successors, with what lies there; the last one is empty. */
function* walk(dataDir: string): Generator<{ place: string; lock: string | undefined }> {
  let place = join(dataDir, 'lock');
  for (;;) {
    const lock = readLock(place);
    yield { place, lock };
    if (lock === undefined) return;
    place = join(dataDir, SUCCESSOR + createHash('sha256').update(lock).digest('hex').slice(0, 32));
  }
}

function freePlace(dataDir: string): string {
  for (const { place, lock } of walk(dataDir)) {
    if (lock === undefined) return place;
    if (isAlive(lock)) throw new Error(`the data directory ${dataDir} is in use by another store (pid ${String(parseOwner(lock)?.pid)})`);
  }
  return '';
}

function placeOf(own: string, dataDir: string): string | undefined {
  for (const { place, lock } of walk(dataDir)) if (lock === own) return place;
  return undefined;
}

/** A hard link is made or refused in one step, with the content already in place. */
function tryLink(candidate: string, path: string): boolean {
  try {
    linkSync(candidate, path);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw error;
  }
}

function readLock(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function parseOwner(lock: string): { pid: number; startedAt: string } | undefined {
  try {
    const owner: unknown = JSON.parse(lock);
    if (typeof owner === 'object' && owner !== null && 'pid' in owner && typeof owner.pid === 'number') {
      return { pid: owner.pid, startedAt: 'startedAt' in owner ? String(owner.startedAt) : '' };
    }
  } catch {
    // Not ours, or torn by a power loss: no process can be holding it.
  }
  return undefined;
}

function isAlive(lock: string): boolean {
  const owner = parseOwner(lock);
  if (!owner) return false;
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    if (hasCode(error, 'ESRCH')) return false;
  }
  return startTime(owner.pid) === owner.startedAt;
}

/** Field 22 of /proc/<pid>/stat with the boot's id; empty where there is no /proc, and then the pid alone decides. */
function startTime(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return `${fields[19] ?? ''}@${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}`;
  } catch {
    return '';
  }
}

function release(path: string, own: string): void {
  if (readLock(path) === own) rmSync(path, { force: true });
}
