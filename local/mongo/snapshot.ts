import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { frameRecord, readRecords, recoverJournal, syncPath, type Journal } from './journal.ts';
import { createRecovery } from './recovery.ts';
import type { Sessions } from './session.ts';
import { encodeRecord } from './record.ts';
import type { Engine } from './store/engine.ts';
import type { Op } from './store/mvcc.ts';

/*
 * snapshot-N holds everything committed before journal-N begins; a snapshot exists under its name only when it is
 * complete. What is older than the newest snapshot is a leftover.
 */

/** A full disk is not asked again at once. */
const RETRY_MS = 30_000;
const CHUNK_BYTES = 1024 * 1024;

function numbersOf(dataDir: string, kind: 'journal' | 'snapshot'): number[] {
  return readdirSync(dataDir)
    .map((name) => new RegExp(`^${kind}-(\\d+)$`).exec(name)?.[1])
    .filter((digits) => digits !== undefined)
    .map(Number)
    .toSorted((a, b) => a - b);
}

/** Brings back what the directory holds and says which journal goes on. */
export function recoverDirectory(
  dataDir: string,
  engine: Engine,
  sessions: Sessions,
  log: (line: string) => void,
): { generation: number; snapshotBytes: number; earlierBytes: number } {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const base = numbersOf(dataDir, 'snapshot').at(-1) ?? 1;
  let snapshotBytes = 0;
  const recovery = createRecovery(engine, sessions);
  const snapshot = join(dataDir, `snapshot-${base}`);
  if (existsSync(snapshot)) {
    const bytes = readFileSync(snapshot);
    const { records, end } = readRecords(bytes);
    if (end !== bytes.length) throw new Error(`${snapshot} is damaged at byte ${end}: restore the data directory from a backup`);
    for (const record of records) recovery.apply(record);
    snapshotBytes = bytes.length;
  }
  const journals = numbersOf(dataDir, 'journal').filter((number) => number >= base);
  for (const number of journals) for (const record of recoverJournal(join(dataDir, `journal-${number}`), log)) recovery.apply(record);
  recovery.finish();
  removeLeftovers(dataDir, base);
  let earlierBytes = 0;
  for (const number of journals.slice(0, -1)) earlierBytes += statSync(join(dataDir, `journal-${number}`)).size;
  return { generation: journals.at(-1) ?? base, snapshotBytes, earlierBytes };
}

function removeLeftovers(dataDir: string, base: number): void {
  for (const name of readdirSync(dataDir)) {
    const number = /^(?:journal|snapshot)-(\d+)$/.exec(name)?.[1];
    if (name.endsWith('.unfinished') || (number !== undefined && Number(number) < base)) rmSync(join(dataDir, name));
  }
}

export const journalPath = (dataDir: string, generation: number): string => join(dataDir, `journal-${generation}`);

/** Writes a snapshot whenever the journal has outgrown the last one, so that starts stay short and the disk bounded. */
export function createSnapshots(
  dataDir: string,
  deps: { engine: Engine; sessions: Sessions; journal: Journal },
  start: { generation: number; snapshotBytes: number; earlierBytes: number; dueBytes: number },
) {
  const { engine, sessions, journal } = deps;
  let { generation, snapshotBytes } = start;
  /** In journals before the present one: a snapshot that was interrupted or failed left them. */
  let { earlierBytes } = start;
  let notBefore = 0;
  let writing: Promise<void> | undefined;

  async function write(): Promise<void> {
    const next = generation + 1;
    // In one turn of the event loop: what is committed now is in the snapshot, what comes later in the new journal.
    const ops = [...committedState(engine)];
    const retries = [...sessions.retryEntries()];
    earlierBytes += journal.size;
    const switched = journal.switchTo(journalPath(dataDir, next));
    generation = next;
    await switched;
    const path = join(dataDir, `snapshot-${next}`);
    const file = await open(`${path}.unfinished`, 'w', 0o600);
    try {
      let bytes = 0;
      // Not `write`: it may take a part, and says so only in its result.
      const append = async (frame: Buffer): Promise<void> => {
        await file.appendFile(frame);
        bytes += frame.length;
      };
      for (const chunk of inChunks(ops)) await append(frameRecord(encodeRecord(chunk, [])));
      await append(frameRecord(encodeRecord([], retries)));
      await file.sync();
      snapshotBytes = bytes;
    } finally {
      await file.close();
    }
    renameSync(`${path}.unfinished`, path);
    syncPath(dataDir);
    removeLeftovers(dataDir, next);
    earlierBytes = 0;
    notBefore = 0;
  }

  return {
    /** Starts a snapshot when one is due. Failing to write one loses nothing: the journals are still there. */
    async whenDue(): Promise<void> {
      if (writing || Date.now() < notBefore || earlierBytes + journal.size < Math.max(start.dueBytes, 2 * snapshotBytes)) return;
      notBefore = Date.now() + RETRY_MS;
      await this.writeNow();
    },
    /** Resolves when no snapshot is being written. */
    async idle(): Promise<void> {
      await writing?.catch(() => {});
    },
    async writeNow(): Promise<void> {
      writing ??= write().finally(() => {
        writing = undefined;
      });
      await writing;
    },
  };
}

function* committedState(engine: Engine): Generator<Op> {
  for (const { namespace, options, exists, indexes, records } of engine.collections.values()) {
    if (!exists) continue;
    yield { kind: 'create', namespace, options };
    for (const { name, spec } of indexes) if (name !== '_id_') yield { kind: 'createIndex', namespace, spec };
    for (const record of records.values()) {
      let version = record.head;
      while (version?.owner) version = version.previous;
      if (version?.bytes) yield { kind: 'put', namespace, bytes: version.bytes };
    }
  }
}

function* inChunks(ops: readonly Op[]): Generator<Op[]> {
  let chunk: Op[] = [];
  let bytes = 0;
  for (const op of ops) {
    chunk.push(op);
    bytes += op.kind === 'put' ? op.bytes.length : 100;
    if (bytes >= CHUNK_BYTES) {
      yield chunk;
      chunk = [];
      bytes = 0;
    }
  }
  if (chunk.length > 0) yield chunk;
}
