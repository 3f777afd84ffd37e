import { once } from 'node:events';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { connect as connectSocket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serialize } from 'bson';
import { MongoClient, type Document } from 'mongodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { exchange, messageFrame, rawCommand } from './raw-client.ts';
import { startStore, type Store } from './server.ts';

let store: Store;
let client: MongoClient;
beforeAll(async () => {
  store = await startStore({ dataDir: null });
  client = await new MongoClient(store.uri).connect();
});
afterAll(async () => {
  await client.close();
  await store.close();
});

/** A frame whose parts can be wrong on purpose. */
function frame(opCode: number, payload: Buffer, length = 16 + payload.length): Buffer {
  const header = Buffer.alloc(16);
  header.writeInt32LE(length, 0);
  header.writeInt32LE(1, 4);
  header.writeInt32LE(opCode, 12);
  return Buffer.concat([header, payload]);
}
const OP_MSG = 2013;
const noFlags = Buffer.alloc(4);
const body = (document: Uint8Array): Buffer => Buffer.concat([noFlags, Buffer.from([0]), document]);
const ping = Buffer.from(serialize({ ping: 1, $db: 'admin' }));

function changed(document: Buffer, at: number, value: number): Buffer {
  const copy = Buffer.from(document);
  copy[at] = value;
  return copy;
}

describe('a frame that is not the protocol', () => {
  const cases: [what: string, bytes: Buffer][] = [
    ['a length below the header', frame(OP_MSG, body(ping), 15)],
    ['a negative length', frame(OP_MSG, body(ping), -1)],
    ['a length above the limit', frame(OP_MSG, body(ping), 48_000_001)],
    ['an unknown operation', frame(9999, body(ping))],
    ['no body', frame(OP_MSG, noFlags)],
    ['less than flags', frame(OP_MSG, Buffer.alloc(2))],
    ['an unknown required flag', frame(OP_MSG, Buffer.concat([Buffer.from([8, 0, 0, 0]), body(ping).subarray(4)]))],
    ['an unknown section', frame(OP_MSG, Buffer.concat([noFlags, Buffer.from([7]), ping]))],
    ['a section longer than the frame', frame(OP_MSG, body(changed(ping, 1, 200)))],
    ['a section cut off', frame(OP_MSG, Buffer.concat([noFlags, Buffer.from([0, 9])]))],
    ['a sequence without a name', frame(OP_MSG, Buffer.concat([body(ping), Buffer.from([1, 6, 0, 0, 0, 65, 66])]))],
    ['a legacy query of data', frame(2004, Buffer.concat([noFlags, Buffer.from('a.b\0'), Buffer.alloc(8), ping]))],
    ['a legacy query without end of its name', frame(2004, Buffer.from('aaaaaaaaaaaa'))],
  ];
  it.each(cases)('closes that connection and no other: %s', async (_what, bytes) => {
    expect(await exchange(store.port, [bytes], 1)).toEqual([]);
    expect(await client.db('admin').command({ ping: 1 })).toMatchObject({ ok: 1 });
  });

  it('is answered with an error where the frame is whole and its document is not', async () => {
    const wrong = [changed(ping, 4, 0x77), changed(ping, ping.length - 1, 1), Buffer.from([5, 0, 0, 0, 0])];
    for (const document of wrong) {
      const [reply] = await exchange(store.port, [frame(OP_MSG, body(document))], 1);
      expect(reply).toMatchObject({ ok: 0 });
    }
    // Everything cut at any byte: an answer or a closed connection, and the store goes on.
    const insert = Buffer.from(serialize({ insert: 'cut', documents: [{ _id: 1, a: ['x', { b: new Date() }] }], $db: 'd' }));
    for (let at = 4; at < insert.length; at += 1) {
      const damaged = changed(insert, at, (insert[at] ?? 0) ^ 0xff);
      await exchange(store.port, [frame(OP_MSG, body(damaged))], 1);
    }
    expect(await rawCommand(store.port, { ping: 1, $db: 'admin' })).toMatchObject({ ok: 1 });
  });

  it('may stop in the middle for ever without harming others', async () => {
    const half = connectSocket(store.port, '127.0.0.1');
    await once(half, 'connect');
    half.write(messageFrame({ ping: 1, $db: 'admin' }).subarray(0, 20));
    expect(await client.db('admin').command({ ping: 1 })).toMatchObject({ ok: 1 });
    half.destroy();
  });
});

describe('too much', () => {
  it('a document of 17 megabytes is refused, alone and among others, and so is one that grows beyond the limit', async () => {
    const docs = client.db('big').collection<{ _id: number; text?: string; more?: string }>('docs');
    const text = 'x'.repeat(17_000_000);
    await expect(docs.insertOne({ _id: 1, text })).rejects.toMatchObject({ code: 10334 });
    // The driver would not send it among others.
    const among = { insert: 'docs', documents: [{ _id: 2 }, { _id: 3, text }, { _id: 4 }], ordered: false, $db: 'big' };
    expect(await rawCommand(store.port, among)).toMatchObject({ n: 2, writeErrors: [{ index: 1, code: 10334 }] });
    await docs.insertOne({ _id: 5, text: 'x'.repeat(9_000_000) });
    await expect(docs.updateOne({ _id: 5 }, { $set: { more: 'x'.repeat(9_000_000) } })).rejects.toMatchObject({ code: 10334 });
    expect(await docs.distinct('_id')).toEqual([2, 4, 5]);
    expect(await docs.findOne({ _id: 5 }, { projection: { text: 0 } })).toEqual({ _id: 5 });
  });

  it('ten thousand open cursors are served, and closing them frees them', async () => {
    const docs = client.db('cursors').collection<{ _id: number }>('docs');
    await docs.insertMany(Array.from({ length: 10 }, (_, i) => ({ _id: i })));
    const ids: unknown[] = [];
    for (let i = 0; i < 100; i += 1) {
      const opened = await Promise.all(
        Array.from({ length: 100 }, () => client.db('cursors').command({ find: 'docs', batchSize: 2 }, { promoteLongs: false })),
      );
      ids.push(...opened.map((reply): unknown => (reply as { cursor: { id: unknown } }).cursor.id));
    }
    expect(new Set(ids.map(String)).size).toBe(10_000);
    const last = ids.at(-1);
    expect(await client.db('cursors').command({ getMore: last, collection: 'docs', batchSize: 3 })).toMatchObject({
      cursor: { nextBatch: [{ _id: 2 }, { _id: 3 }, { _id: 4 }] },
    });
    expect(await docs.countDocuments()).toBe(10);
    const killed = await client.db('cursors').command({ killCursors: 'docs', cursors: ids });
    expect(killed['cursorsKilled']).toHaveLength(10_000);
    await expect(client.db('cursors').command({ getMore: last, collection: 'docs' })).rejects.toMatchObject({ code: 43 });
  });

  it('a document nested thousands deep is refused', async () => {
    let deep: Document = {};
    for (let i = 0; i < 2_000; i += 1) deep = { a: deep };
    await expect(client.db('deep').collection('docs').insertOne(deep)).rejects.toMatchObject({ code: 15 });
    expect(await client.db('admin').command({ ping: 1 })).toMatchObject({ ok: 1 });
  });
});

describe('a wrong type', () => {
  it.each<[Document, number]>([
    [{ find: 1 }, 73],
    [{ find: 'c', filter: 1 }, 14],
    [{ find: 'c', sort: 1 }, 14],
    [{ find: 'c', limit: 'x' }, 14],
    [{ find: 'c', limit: -1 }, 2],
    [{ find: 'c', filter: { a: { $in: 1 } } }, 2],
    [{ find: 'c', filter: { $or: {} } }, 2],
    [{ find: 'c', filter: { a: { $sneaky: 1 } } }, 2],
    [{ find: 'c', projection: 1 }, 14],
    [{ insert: 'c', documents: [] }, 16],
    [{ insert: 'c', documents: 1 }, 14],
    [{ update: 'c', updates: [{ q: 1, u: {} }] }, 14],
    [{ update: 'c', updates: {} }, 14],
    [{ delete: 'c', deletes: [{ q: {}, limit: 2 }] }, 9],
    [{ aggregate: 'c', pipeline: {}, cursor: {} }, 14],
    [{ aggregate: 'c', pipeline: [{ $match: 1 }], cursor: {} }, 2],
    [{ getMore: 1, collection: 'c' }, 14],
    [{ createIndexes: 'c', indexes: [] }, 2],
    [{ createIndexes: 'c', indexes: [{ key: {}, name: 'x' }] }, 67],
  ])('is refused by its code: %j', async (command, code) => {
    await client
      .db('types')
      .collection('c')
      .updateOne({}, { $set: { a: 1 } }, { upsert: true });
    const reply = await client
      .db('types')
      .command(command)
      .catch((error: unknown) => error);
    expect((reply as Document)['code'] ?? ((reply as Document)['writeErrors'] as Document[])[0]?.['code']).toBe(code);
  });
});

describe('a data directory', () => {
  let directory = '';
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'bad-input-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  async function withDocuments(count: number): Promise<void> {
    const kept = await startStore({ dataDir: directory });
    const writer = await new MongoClient(kept.uri).connect();
    for (let i = 0; i < count; i += 1) await writer.db('d').collection<{ _id: number }>('docs').insertOne({ _id: i });
    await writer.close();
    await kept.close();
  }
  async function idsIn(): Promise<number[]> {
    const kept = await startStore({ dataDir: directory });
    const reader = await new MongoClient(kept.uri).connect();
    const ids = await reader.db('d').collection<{ _id: number }>('docs').distinct('_id');
    await reader.close();
    await kept.close();
    return ids;
  }
  const journal = (): string => join(directory, 'journal-1');

  it('is refused to a second store, which changes nothing', async () => {
    const first = await startStore({ dataDir: directory });
    await expect(startStore({ dataDir: directory })).rejects.toThrow(`in use by another store (pid ${process.pid})`);
    await first.close();
    expect(readdirSync(directory)).toEqual(['journal-1']);
  });

  it('with a truncated journal gives what is whole', async () => {
    await withDocuments(5);
    truncateSync(journal(), readFileSync(journal()).length - 3);
    expect(await idsIn()).toEqual([0, 1, 2, 3]);
  });

  it('with a foreign journal is refused and left as it is', async () => {
    for (const foreign of [Buffer.from('this is somebody else’s file, and a long one at that'), Buffer.alloc(100, 0xff)]) {
      writeFileSync(journal(), foreign);
      await expect(startStore({ dataDir: directory })).rejects.toThrow(/is not a journal of this store/);
      expect(readFileSync(journal())).toEqual(foreign);
    }
  });

  it('with a journal damaged in the middle starts with what is before, and keeps what is behind', async () => {
    await withDocuments(5);
    const bytes = readFileSync(journal());
    // In the third of six records: the second document's.
    const damaged = Buffer.from(bytes);
    const third = Math.floor(bytes.length / 2);
    damaged[third] = (damaged[third] ?? 0) ^ 1;
    writeFileSync(journal(), damaged);
    const ids = await idsIn();
    expect(ids).toEqual([0, 1, 2, 3, 4].slice(0, ids.length));
    expect(ids.length).toBeLessThan(5);
    const [aside] = readdirSync(directory).filter((name) => name.includes('damaged'));
    expect(damaged.toString('latin1').endsWith(readFileSync(join(directory, String(aside)), 'latin1'))).toBe(true);
  });

  it('with noise behind the last record goes on after it', async () => {
    await withDocuments(2);
    appendFileSync(journal(), Buffer.alloc(300, 7));
    expect(await idsIn()).toEqual([0, 1]);
  });

  it('with a damaged snapshot is refused', async () => {
    await withDocuments(2);
    writeFileSync(join(directory, 'snapshot-2'), Buffer.from('garbage'));
    await expect(startStore({ dataDir: directory })).rejects.toThrow(/snapshot-2 is damaged at byte 0/);
  });
});
