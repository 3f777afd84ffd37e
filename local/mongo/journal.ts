import { closeSync, constants, fdatasync, fsyncSync, openSync, readFileSync, truncateSync, write } from 'node:fs';
import { crc32 } from './crc32.ts';

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

/** Reads a journal and cuts what a crash left half-written, so that new records follow whole ones. */
export function recoverJournal(path: string): Buffer[] {
  const bytes = readFileSync(path);
  const { records, end } = readRecords(bytes);
  if (end < bytes.length) {
    truncateSync(path, end);
    syncPath(path);
  }
  return records;
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

/**
 * Group commit: while one write and fdatasync are under way, the records of everyone else gather, and the next round
 * takes them all. `onFailure` must end the process: after a failed fsync nobody knows what the disk holds.
 */
export function createJournal(path: string, startAt: number, onFailure: (error: Error) => void) {
  const openAppending = (file: string): number => openSync(file, constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND, 0o600);
  let fd = openAppending(path);
  let gathered: Buffer[] = [];
  let gatheredAt = startAt;
  let durableAt = startAt;
  let flushing = false;
  let size = 0;
  let next: { path: string; switched: () => void } | undefined;
  let waiters: Waiter[] = [];
  let idle: (() => void)[] = [];

  function flush(): void {
    if (gathered.length === 0) {
      flushing = false;
      switchFile();
      for (const resolve of idle) resolve();
      idle = [];
      return;
    }
    flushing = true;
    const bytes = gathered.length === 1 && gathered[0] ? gathered[0] : Buffer.concat(gathered);
    const at = gatheredAt;
    gathered = [];
    writeAll(bytes, 0, () => {
      fdatasync(fd, (error) => {
        if (error) {
          onFailure(error);
          return;
        }
        durableAt = at;
        const ready = waiters.filter((waiter) => waiter.at <= at);
        waiters = waiters.filter((waiter) => waiter.at > at);
        for (const { resolve } of ready) resolve();
        switchFile();
        // The clients just answered send their next writes at once: let those arrive before the next round begins.
        setImmediate(flush);
      });
    });
  }

  function writeAll(bytes: Buffer, offset: number, done: () => void): void {
    write(fd, bytes, offset, bytes.length - offset, null, (error, written) => {
      if (error) onFailure(error);
      else if (offset + written < bytes.length) writeAll(bytes, offset + written, done);
      else done();
    });
  }

  /** Between two rounds nothing is half-written, so the file can change. */
  function switchFile(): void {
    if (!next) return;
    closeSync(fd);
    fd = openAppending(next.path);
    size = 0;
    const { switched } = next;
    next = undefined;
    switched();
  }

  return {
    append(record: Buffer, at: number): void {
      const frame = frameRecord(record);
      gathered.push(frame);
      gatheredAt = at;
      size += frame.length;
      if (flushing) return;
      flushing = true;
      // Everything committed in this turn of the event loop shares the first round.
      setImmediate(flush);
    },
    whenDurable(at: number): Promise<void> {
      if (at <= durableAt) return Promise.resolve();
      return new Promise((resolve) => waiters.push({ at, resolve }));
    },
    get durableAt(): number {
      return durableAt;
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
