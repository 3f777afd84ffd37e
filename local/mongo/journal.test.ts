import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serialize } from 'bson';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createJournal, frameRecord, JOURNAL_MARK, readRecords, recoverJournal as recover } from './journal.ts';

const recoverJournal = (path: string): Buffer[] => recover(path, () => {});
const record = (n: number): Buffer => Buffer.from(serialize({ n, text: 'x'.repeat(n) }));
const fail = (error: Error): never => {
  throw error;
};
let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'journal-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe('the journal', () => {
  it('gives back what was appended, in order, in the file that was current', async () => {
    const path = join(directory, 'journal-1');
    const journal = createJournal(path, 1, fail);
    for (let n = 1; n <= 50; n += 1) journal.append(record(n), n + 1);
    const switched = journal.switchTo(join(directory, 'journal-2'));
    journal.append(record(51), 52);
    await journal.whenDurable(52);
    await switched;
    expect(journal.durableAt).toBe(52);
    await journal.close();
    expect(recoverJournal(path)).toEqual(Array.from({ length: 50 }, (_, i) => record(i + 1)));
    expect(recoverJournal(join(directory, 'journal-2'))).toEqual([record(51)]);
  });

  it('says durable only when the bytes are in the file', async () => {
    const path = join(directory, 'journal-1');
    const journal = createJournal(path, 1, fail);
    journal.append(record(9), 2);
    expect(journal.durableAt).toBe(1);
    await journal.whenDurable(2);
    expect(statSync(path).size).toBe(JOURNAL_MARK.length + frameRecord(record(9)).length);
    await journal.close();
  });

  it('cuts a torn tail wherever it was torn, and goes on after the last whole record', async () => {
    const whole = Buffer.concat([JOURNAL_MARK, frameRecord(record(1)), frameRecord(record(2))]);
    const torn = frameRecord(record(30));
    for (let kept = 0; kept < torn.length; kept += 1) {
      const path = join(directory, `torn-${kept}`);
      appendFileSync(path, Buffer.concat([whole, torn.subarray(0, kept)]));
      expect(recoverJournal(path)).toHaveLength(2);
      expect(statSync(path).size).toBe(whole.length);
    }
    const path = join(directory, 'torn-5');
    const journal = createJournal(path, 1, fail);
    journal.append(record(3), 2);
    await journal.close();
    expect(recoverJournal(path)).toEqual([record(1), record(2), record(3)]);
  });

  it('lets a crowd gather: as many as came last time, and their share of the transactions, go in one round', async () => {
    let writing = 0;
    const journal = createJournal(join(directory, 'crowd'), 1, fail, () => writing);
    let at = 1;
    const append = (): number => {
      at += 1;
      journal.append(record(at), at);
      return at;
    };
    for (let n = 0; n < 4; n += 1) append();
    await journal.whenDurable(at);
    expect(journal.syncs).toBe(1);
    writing = 12;
    // A turn of the event loop each: without the gathering they would be rounds of their own.
    for (let n = 0; n < 4; n += 1) {
      append();
      await new Promise((resolve) => setImmediate(resolve));
    }
    await journal.whenDurable(at);
    expect(journal.syncs).toBe(2);
    // Nobody waits for transactions that do not come.
    await journal.whenDurable(append());
    expect(journal.syncs).toBe(3);
    await journal.close();
  });

  it('stops at a record whose bytes have changed', () => {
    const path = join(directory, 'damaged');
    const bytes = Buffer.concat([frameRecord(record(1)), frameRecord(record(2))]);
    bytes[bytes.length - 3] = (bytes[bytes.length - 3] ?? 0) ^ 1;
    appendFileSync(path, bytes);
    expect(readRecords(readFileSync(path)).records).toEqual([record(1)]);
    truncateSync(path, 0);
    expect(recoverJournal(path)).toEqual([]);
  });

  it('tells its owner when the disk refuses', async () => {
    const failure = await new Promise<Error>((resolve) => {
      const journal = createJournal(join(directory, 'journal-1'), 1, resolve);
      void journal.switchTo('/dev/full');
    });
    expect(failure.message).toContain('ENOSPC');
  });
});
