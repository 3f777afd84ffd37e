import { createCursors, type Cursors } from './commands/cursors.ts';
import { createJournal, createMemoryLog } from './journal.ts';
import { lockDirectory } from './lock.ts';
import { createSessions, type Sessions } from './session.ts';
import { createSnapshots, journalPath, recoverDirectory } from './snapshot.ts';
import { createEngine, type DurableLog, type Engine } from './store/engine.ts';
import { expireDocuments } from './ttl.ts';

const SWEEP_MS = 1000;
const SNAPSHOT_BYTES = 64 * 1024 * 1024;

export interface Storage {
  engine: Engine;
  sessions: Sessions;
  cursors: Cursors;
  /** How often the journal was made durable since the start. */
  syncs: () => number;
  /** Writes everything anew, which otherwise happens when the journal has grown. */
  writeSnapshot(): Promise<void>;
  close(): Promise<void>;
}

/** Opens the data directory, or memory, with what was in it. */
export function openStorage(dataDir: string | null, log: (line: string) => void, snapshotBytes = SNAPSHOT_BYTES): Storage {
  const unlock = dataDir === null ? () => {} : lockDirectory(dataDir);
  try {
    return openLocked(dataDir, log, unlock, snapshotBytes);
  } catch (error) {
    unlock();
    throw error;
  }
}

function openLocked(dataDir: string | null, log: (line: string) => void, unlock: () => void, snapshotBytes: number): Storage {
  const { now } = Date;
  const engine = createEngine();
  const sessions = createSessions(engine, now);
  const cursors = createCursors(now);
  const disk = dataDir === null ? noDisk() : openDirectory(dataDir, { engine, sessions }, log, snapshotBytes);
  engine.use(disk.log);
  const sweeper = setInterval(() => {
    sessions.sweep();
    cursors.sweep();
    expireDocuments(engine, now());
    engine.collectGarbage();
    disk.sweep();
  }, SWEEP_MS);
  sweeper.unref();
  return {
    engine,
    sessions,
    cursors,
    syncs: disk.syncs,
    writeSnapshot: disk.writeSnapshot,
    async close(): Promise<void> {
      clearInterval(sweeper);
      sessions.endAll();
      engine.seal();
      await disk.idle();
      await disk.log.close();
      unlock();
    },
  };
}

interface Disk {
  log: DurableLog;
  /** Called from time to time. */
  sweep: () => void;
  idle: () => Promise<void>;
  syncs: () => number;
  writeSnapshot: () => Promise<void>;
}

function noDisk(): Disk {
  return { log: createMemoryLog(), sweep: () => {}, idle: () => Promise.resolve(), syncs: () => 0, writeSnapshot: () => Promise.resolve() };
}

function openDirectory(
  dataDir: string,
  { engine, sessions }: { engine: Engine; sessions: Sessions },
  log: (line: string) => void,
  snapshotBytes: number,
): Disk {
  const start = recoverDirectory(dataDir, engine, sessions, log);
  const fail = (error: Error): void => {
    log(`the journal cannot be written (${error.message}); nothing more can be promised, so the store ends`);
    process.exit(1);
  };
  const journal = createJournal(journalPath(dataDir, start.generation), engine.now, fail, engine.countWriting);
  const snapshots = createSnapshots(dataDir, { engine, sessions, journal }, { ...start, dueBytes: snapshotBytes });
  const sweep = (): void => {
    snapshots.whenDue().catch((error: unknown) => log(`no snapshot could be written, the journals are kept: ${String(error)}`));
  };
  return { log: journal, sweep, idle: () => snapshots.idle(), syncs: () => journal.syncs, writeSnapshot: () => snapshots.writeNow() };
}
