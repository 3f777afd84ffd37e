import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasCode } from './errors.ts';

/**
 * Two stores on one directory would write over each other. The lock names its owner by pid and start time, so that a
 * lock left behind by kill -9 is known for dead, even when the pid has been given to another process since.
 */
export function lockDirectory(dataDir: string): () => void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const path = join(dataDir, 'lock');
  const own = JSON.stringify({ pid: process.pid, startedAt: startTime(process.pid) });
  const candidate = join(dataDir, `lock.${process.pid}`);
  writeFileSync(candidate, own, { mode: 0o600 });
  try {
    for (let attempt = 0; attempt < 10; attempt += 1) {
      if (tryLink(candidate, path)) return () => release(path, own);
      const present = readLock(path);
      if (present !== undefined && isAlive(present)) {
        throw new Error(`the data directory ${dataDir} is in use by another store (pid ${String(parseOwner(present)?.pid)})`);
      }
      if (present !== undefined) removeStale(path, present);
    }
    throw new Error(`the lock of the data directory ${dataDir} could not be taken`);
  } finally {
    rmSync(candidate, { force: true });
  }
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

/** Takes the stale lock away, unless another process has replaced it meanwhile: then what was taken is put back. */
function removeStale(path: string, stale: string): void {
  const aside = `${path}.stale.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return;
    throw error;
  }
  if (readLock(aside) !== stale) tryLink(aside, path);
  rmSync(aside, { force: true });
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
