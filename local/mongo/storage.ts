import { createCursors, type Cursors } from './commands/cursors.ts';
import { createJournal, createMemoryLog, recoverJournal } from './journal.ts';
import { createSessions, type Sessions } from './session.ts';
import { createEngine, type Engine } from './store/engine.ts';
import { lockDirectory } from './lock.ts';
import { applyRecord } from './recovery.ts';
import { expireDocuments } from './ttl.ts';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

const SWEEP_MS = 1000;

export interface Storage {
  engine: Engine;
  sessions: Sessions;
  cursors: Cursors;
  close(): Promise<void>;
}

/** Opens the data directory, or memory, with what was in it. */
export function openStorage(dataDir: string | null, log: (line: string) => void): Storage {
  const now = Date.now;
  const unlock = dataDir === null ? () => {} : lockDirectory(dataDir);
  try {
    return open();
  } catch (error) {
    unlock();
    throw error;
  }

  function open(): Storage {
    const memory = createMemoryLog();
    let durable: ReturnType<typeof createJournal> | typeof memory = memory;
    const engine = createEngine({
      append: (record, at) => durable.append(record, at),
      whenDurable: (at) => durable.whenDurable(at),
      get durableAt() {
        return durable.durableAt;
      },
      close: () => durable.close(),
    });
    const sessions = createSessions(engine, now);
    const cursors = createCursors(now);
    if (dataDir !== null) {
      mkdirSync(dataDir, { recursive: true, mode: 0o700 });
      const path = join(dataDir, 'journal');
      if (existsSync(path)) for (const record of recoverJournal(path)) applyRecord(engine, sessions, record);
      durable = createJournal(path, engine.now, (error) => {
        log(`the journal cannot be written (${error.message}); nothing more can be promised, so the store ends`);
        process.exit(1);
      });
    }
    const sweeper = setInterval(() => {
      sessions.sweep();
      cursors.sweep();
      expireDocuments(engine, now());
      engine.collectGarbage();
    }, SWEEP_MS);
    sweeper.unref();
    return {
      engine,
      sessions,
      cursors,
      async close(): Promise<void> {
        clearInterval(sweeper);
        sessions.endAll();
        engine.seal();
        await engine.close();
        unlock();
      },
    };
  }
}
