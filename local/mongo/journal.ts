import {
  closeSync,
  constants,
  fdatasync,
  fstatSync,
  fsyncSync,
  openSync,
  readFileSync,
  truncateSync,
  write,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { crc32 } from './crc32.ts';
import { createGathering } from './gathering.ts';

const HEADER = 8;
/** Records as they lie in the file: length, crc32 of the body, body (all little-endian). */
export function frameRecord(body: Buffer): Buffer {
  const frame = Buffer.allocUnsafe(HEADER + body.length);
  frame.writeUInt32LE(body.length, 0);
  frame.writeUInt32LE(crc32(body), 4);
  body.copy(frame, HEADER);
  return frame;
}

/** The whole records at the beginning of the file, and where they end: what follows was torn by a crash. */
export function readRecords(bytes: Buffer): { records: Buffer[]; end: number } {
  const records: Buffer[] = [];
  let at = 0;
  while (at + HEADER <= bytes.length) {
    const length = bytes.readUInt32LE(at);
    const end = at + HEADER + length;
    if (length < 5 || end > bytes.length) break;
    const body = bytes.subarray(at + HEADER, end);
    if (crc32(body) !== bytes.readUInt32LE(at + 4)) break;
    records.push(body);
    at = end;
  }
  return { records, end: at };
}

/** Every journal begins with this, on disk before anything else is: what begins otherwise was never ours. */
export const JOURNAL_MARK = Buffer.from('embedded store journal 1\n');

/**
 * Reads a journal and cuts what a crash left half-written, so that new records follow whole ones. Whole records behind a
 * broken one may be a power loss that kept a later page, or a disk that lost an earlier one: they are set aside.
 */
export function recoverJournal(path: string, log: (line: string) => void): Buffer[] {
  const bytes = readFileSync(path);
  const mark = bytes.subarray(0, JOURNAL_MARK.length);
  if (!JOURNAL_MARK.subarray(0, mark.length).equals(mark))
    throw new Error(`${path} is not a journal of this store: nothing has been changed`);
  const { records, end: behindMark } = readRecords(bytes.subarray(mark.length));
  const end = mark.length + behindMark;
  if (end < bytes.length) {
    if (holdsRecord(bytes, end + 1)) {
      const aside = `${path}.damaged-${end}`;
      writeFileSync(aside, bytes.subarray(end), { mode: 0o600 });
      syncPath(aside);
      log(`${path} is damaged at byte ${end}: what follows, whole records among it, has been set aside in ${aside}`);
    }
    truncateSync(path, end);
    syncPath(path);
  }
  return records;
}

/** Whether a whole record begins anywhere from there on. A length that fits is rare, so few sums are made. */
function holdsRecord(bytes: Buffer, from: number): boolean {
  for (let at = from; at + HEADER < bytes.length; at += 1) {
    const length = bytes.readUInt32LE(at);
    const end = at + HEADER + length;
    // A record begins with its own length, as every BSON document does.
    if (length >= 5 && end <= bytes.length && bytes.readUInt32LE(at + HEADER) === length)
      if (crc32(bytes.subarray(at + HEADER, end)) === bytes.readUInt32LE(at + 4)) return true;
  }
  return false;
}

/** A rename or a new file is durable only when its directory is. */
export function syncPath(path: string): void {
  const fd = openSync(path, constants.O_RDONLY);
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

interface Waiter {
  at: number;
  resolve: () => void;
}

/** Records in the order of their commits, and between them the places where a new file begins. */
type Queued = { frame: Buffer; at: number } | { switchTo: string; switched: () => void };

function openForAppending(path: string): number {
  const fd = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND, 0o600);
  const { size } = fstatSync(fd);
  if (size < JOURNAL_MARK.length) {
    writeSync(fd, JOURNAL_MARK, size);
    fsyncSync(fd);
  }
  syncPath(dirname(path));
  return fd;
}

/**
 * Group commit: while one write and fdatasync are under way, the records of everyone else gather, and the next round
 * takes them all. `onFailure` must end the process: after a failed fsync nobody knows what the disk holds.
 */
export function createJournal(
  path: string,
  startAt: number,
  onFailure: (error: Error) => void,
  /** How many transactions may join. */
  countWriting: () => number = () => 0,
) {
  let fd = openForAppending(path);
  let queue: Queued[] = [];
  let durableAt = startAt;
  let flushing = false;
  let syncs = 0;
  let size = fstatSync(fd).size;
  let waiters: Waiter[] = [];
  const gathering = createGathering(countWriting, flush);
  let idle: (() => void)[] = [];

  function flush(): void {
    const { frames, at } = takeRound();
    if (frames.length === 0) {
      flushing = false;
      for (const resolve of idle) resolve();
      idle = [];
      return;
    }
    writeAll(frames.length === 1 && frames[0] ? frames[0] : Buffer.concat(frames), 0, () => {
      fdatasync(fd, (error) => {
        if (error) {
          onFailure(error);
          return;
        }
        durableAt = at;
        syncs += 1;
        const ready = waiters.filter((waiter) => waiter.at <= at);
        waiters = waiters.filter((waiter) => waiter.at > at);
        for (const { resolve } of ready) resolve();
        // The clients just answered send their next writes at once: let those arrive before the next round begins.
        gathering.begin(frames.length, queue.length);
      });
    });
  }

  /** What is queued up to the next change of file. A change at the front happens now: nothing is half-written. */
  function takeRound(): { frames: Buffer[]; at: number } {
    const frames: Buffer[] = [];
    let at = durableAt;
    let taken = 0;
    for (const item of queue) {
      if ('frame' in item) {
        frames.push(item.frame);
        at = item.at;
      } else if (frames.length > 0) break;
      else {
        closeSync(fd);
        try {
          fd = openForAppending(item.switchTo);
        } catch (error) {
          onFailure(error instanceof Error ? error : new Error(String(error)));
          return { frames: [], at };
        }
        item.switched();
      }
      taken += 1;
    }
    queue = queue.slice(taken);
    return { frames, at };
  }

  function writeAll(bytes: Buffer, offset: number, done: () => void): void {
    write(fd, bytes, offset, bytes.length - offset, null, (error, written) => {
      if (error) onFailure(error);
      else if (offset + written < bytes.length) writeAll(bytes, offset + written, done);
      else done();
    });
  }

  function enqueue(item: Queued): void {
    queue.push(item);
    gathering.joined(queue.length);
    if (flushing) return;
    flushing = true;
    // Everything committed in this turn of the event loop shares the first round.
    setImmediate(flush);
  }

  return {
    append(record: Buffer, at: number): void {
      const frame = frameRecord(record);
      size += frame.length;
      enqueue({ frame, at });
    },
    whenDurable(at: number): Promise<void> {
      if (at <= durableAt) return Promise.resolve();
      return new Promise((resolve) => waiters.push({ at, resolve }));
    },
    /** Later records go to a new file. Resolves when all earlier ones are durable in the old one. */
    switchTo(next: string): Promise<void> {
      size = 0;
      return new Promise((resolve) => enqueue({ switchTo: next, switched: resolve }));
    },
    get durableAt(): number {
      return durableAt;
    },
    /** How often the disk was waited for: many commits share one. */
    get syncs(): number {
      return syncs;
    },
    get size(): number {
      return size;
    },
    async close(): Promise<void> {
      if (flushing) await new Promise<void>((resolve) => idle.push(resolve));
      closeSync(fd);
    },
  };
}
export type Journal = ReturnType<typeof createJournal>;

/** For tests and throw-away stores: durable as soon as it is said. */
export function createMemoryLog() {
  let durableAt = 1;
  return {
    append(_record: Buffer, at: number): void {
      durableAt = at;
    },
    whenDurable: (): Promise<void> => Promise.resolve(),
    get durableAt(): number {
      return durableAt;
    },
    close: (): Promise<void> => Promise.resolve(),
  };
}
