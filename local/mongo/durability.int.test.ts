import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import fs, { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Long, MongoClient, UUID } from 'mongodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseDoc, serializeDoc } from './bson/value.ts';
import { JOURNAL_MARK } from './journal.ts';
import { rawCommand } from './raw-client.ts';
import { startStore } from './server.ts';
import { openStorage } from './storage.ts';

const main = fileURLToPath(new URL('main.ts', import.meta.url));
let directory = '';
const started: ChildProcess[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'store-'));
});
afterEach(async () => {
  for (const child of started.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  rmSync(directory, { recursive: true, force: true });
});

async function startProcess(...extra: string[]): Promise<{ child: ChildProcess; uri: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', main, '--data', directory, ...extra], { stdio: ['ignore', 'pipe', 'pipe'] });
  started.push(child);
  const complaints: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => complaints.push(line));
  const ended = once(child, 'exit').then((): never => {
    throw new Error(complaints.join('\n'));
  });
  const [uri] = await Promise.race([once(createInterface({ input: child.stdout }), 'line'), ended]);
  return { child, uri: String(uri) };
}

const connect = (uri: string) => new MongoClient(uri, { retryWrites: false, serverSelectionTimeoutMS: 300 }).connect();

describe('the store as a process', () => {
  it('loses no acknowledged write and keeps no half transaction when it is killed under load', async () => {
    const acknowledged: number[] = [];
    let next = 0;
    for (let round = 0; round < 3; round += 1) {
      const { child, uri } = await startProcess();
      const client = await connect(uri);
      const [left, right] = [
        client.db('d').collection<{ _id: number }>('left'),
        client.db('d').collection<{ _id: number; twin: number }>('right'),
      ];
      if (round === 0) await right.createIndex({ twin: 1 }, { unique: true });
      const goal = acknowledged.length + 150;
      const writers = Array.from({ length: 16 }, async () => {
        for (;;) {
          next += 1;
          const id = next;
          const session = client.startSession();
          try {
            session.startTransaction();
            await left.insertOne({ _id: id }, { session });
            await right.insertOne({ _id: id, twin: id }, { session });
            await session.commitTransaction();
            acknowledged.push(id);
            if (acknowledged.length === goal) child.kill('SIGKILL');
          } catch {
            // The process is gone; what was not acknowledged may be there or not.
            return;
          } finally {
            await session.endSession().catch(() => {});
          }
        }
      });
      await Promise.all([...writers, once(child, 'exit')]);
      await client.close();
    }
    const { uri } = await startProcess();
    const client = await connect(uri);
    const ids = async (name: string) =>
      new Set(
        await client
          .db('d')
          .collection<{ _id: number }>(name)
          .find()
          .map(({ _id }) => _id)
          .toArray(),
      );
    const [left, right] = [await ids('left'), await ids('right')];
    expect(acknowledged.filter((id) => !left.has(id) || !right.has(id))).toEqual([]);
    expect([...left].filter((id) => !right.has(id))).toEqual([]);
    expect(right.size).toBe(left.size);
    expect(await client.db('d').collection('right').indexes()).toHaveLength(2);
    await client.close();
  }, 30_000);

  it('refuses a directory that another store has, and takes over from a dead one', async () => {
    const { child } = await startProcess();
    await expect(startProcess()).rejects.toThrow(`in use by another store (pid ${String(child.pid)})`);
    child.kill('SIGKILL');
    await once(child, 'exit');
    await startProcess();
  });

  it('says so when the port is taken, and ends cleanly on SIGTERM', async () => {
    const { child, uri } = await startProcess();
    const { port } = new URL(uri);
    await expect(startStore({ dataDir: null, port: Number(port) })).rejects.toThrow(`port ${port}`);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });
});

describe('a data directory', () => {
  it('holds collections, indexes and documents across restarts', async () => {
    const first = await startStore({ dataDir: directory });
    const client = await connect(first.uri);
    const docs = client.db('d').collection<{ _id: number; a?: number }>('docs');
    await docs.createIndex({ a: 1 }, { unique: true });
    await docs.insertMany([
      { _id: 1, a: 1 },
      { _id: 2, a: 2 },
      { _id: 3, a: 3 },
    ]);
    await docs.updateOne({ _id: 2 }, { $set: { a: 20 } });
    await docs.deleteOne({ _id: 3 });
    await client.db('d').createCollection('empty');
    await client.db('d').collection('gone').insertOne({});
    await client.db('d').dropCollection('gone');
    await client.close();
    await first.close();

    const second = await startStore({ dataDir: directory });
    const again = await connect(second.uri);
    const found = again.db('d').collection<{ _id: number; a?: number }>('docs');
    expect(await found.find().toArray()).toEqual([
      { _id: 1, a: 1 },
      { _id: 2, a: 20 },
    ]);
    await expect(found.insertOne({ _id: 4, a: 20 })).rejects.toMatchObject({ code: 11000 });
    await found.insertOne({ _id: 4, a: 2 });
    expect((await again.db('d').listCollections().toArray()).map(({ name }) => name).toSorted()).toEqual(['docs', 'empty']);
    await again.close();
    await second.close();
  });

  it('remembers retryable writes: a retry after a restart is answered, not done twice', async () => {
    const session = { id: new UUID() };
    const increment = {
      update: 'docs',
      updates: [{ q: { _id: 1 }, u: { $inc: { n: 1 } }, upsert: true }],
      lsid: session,
      txnNumber: Long.fromNumber(7),
      $db: 'd',
    };
    const first = await startStore({ dataDir: directory });
    await rawCommand(first.port, increment);
    await first.close();

    const second = await startStore({ dataDir: directory });
    expect(await rawCommand(second.port, increment)).toMatchObject({ ok: 1, n: 1, upserted: [{ index: 0, _id: 1 }] });
    expect(await rawCommand(second.port, { find: 'docs', $db: 'd' })).toMatchObject({ cursor: { firstBatch: [{ _id: 1, n: 1 }] } });
    await second.close();
  });

  it('remembers that a transaction has committed, so that its commit can be repeated after a restart', async () => {
    const transaction = { lsid: { id: new UUID() }, txnNumber: Long.fromNumber(3), autocommit: false };
    const first = await startStore({ dataDir: directory });
    await rawCommand(first.port, { insert: 'docs', documents: [{ _id: 1 }], ...transaction, startTransaction: true, $db: 'd' });
    expect(await rawCommand(first.port, { commitTransaction: 1, ...transaction, $db: 'admin' })).toMatchObject({ ok: 1 });
    await first.close();

    const second = await startStore({ dataDir: directory });
    expect(await rawCommand(second.port, { commitTransaction: 1, ...transaction, $db: 'admin' })).toMatchObject({ ok: 1 });
    expect(await rawCommand(second.port, { abortTransaction: 1, ...transaction, $db: 'admin' })).toMatchObject({ ok: 0, code: 256 });
    const unknown = { ...transaction, txnNumber: Long.fromNumber(4) };
    expect(await rawCommand(second.port, { commitTransaction: 1, ...unknown, $db: 'admin' })).toMatchObject({ ok: 0, code: 251 });
    await second.close();
  });

  it('is written anew as a snapshot, and what is committed meanwhile is kept too', async () => {
    const storage = openStorage(directory, () => {});
    const { engine } = storage;
    const put = (id: number): void => {
      const transaction = engine.begin();
      const doc = { _id: id };
      engine.ensure('d.docs').insert(transaction, serializeDoc(doc), parseDoc(serializeDoc(doc)));
      engine.commit(transaction);
      engine.seal();
    };
    for (let id = 0; id < 500; id += 1) put(id);
    const open = engine.begin();
    engine.ensure('d.docs').insert(open, serializeDoc({ _id: -1 }), { _id: -1 });
    const written = storage.writeSnapshot();
    put(1000);
    await written;
    engine.commit(open);
    await storage.close();
    expect(readdirSync(directory).toSorted()).toEqual(['journal-2', 'snapshot-2']);

    const again = openStorage(directory, () => {});
    const ids = Array.from(again.engine.find('d.docs')?.records.values() ?? [], (record) => Number(record.head?.doc['_id']));
    await again.close();
    expect(ids.toSorted((a, b) => a - b)).toEqual([-1, ...Array.from({ length: 500 }, (_, i) => i), 1000]);
  });

  it('is whole after a snapshot on a disk that takes less at a time than it is given, as a full one does', async () => {
    const storage = openStorage(directory, () => {});
    const { engine } = storage;
    const transaction = engine.begin();
    for (let id = 0; id < 100; id += 1) engine.ensure('d.docs').insert(transaction, serializeDoc({ _id: id }), { _id: id });
    engine.commit(transaction);
    engine.seal();
    const file = await fs.promises.open(join(directory, 'any'), 'w');
    await file.close();
    const handles = Object.getPrototypeOf(file) as { write: (bytes: Buffer) => Promise<unknown> };
    const { write } = handles;
    try {
      handles.write = function (this: unknown, bytes) {
        return write.call(this, bytes.subarray(0, Math.ceil(bytes.length / 2)));
      };
      await storage.writeSnapshot();
    } finally {
      handles.write = write;
    }
    await storage.close();

    const again = openStorage(directory, () => {});
    expect(again.engine.find('d.docs')?.records.size).toBe(100);
    await again.close();
  });

  it('makes up for a snapshot that was interrupted, however little has been written since', async () => {
    const first = await startStore({ dataDir: directory });
    await rawCommand(first.port, { insert: 'docs', documents: [{ _id: 1, text: 'x'.repeat(20_000) }], $db: 'd' });
    await first.close();
    // What a store leaves that is killed between its new journal and the end of the snapshot.
    writeFileSync(join(directory, 'journal-2'), JOURNAL_MARK);
    const second = await startStore({ dataDir: directory, snapshotBytes: 10_000 });
    await expect.poll(() => readdirSync(directory).toSorted(), { timeout: 10_000 }).toEqual(['journal-3', 'lock', 'snapshot-3']);
    expect(await rawCommand(second.port, { count: 'docs', $db: 'd' })).toMatchObject({ n: 1 });
    await second.close();
  });

  it('answers nobody from a definition that is not on disk yet', async () => {
    const store = await startStore({ dataDir: directory });
    const { fdatasync } = fs;
    const held: (() => void)[] = [];
    const release = (): void => {
      fs.fdatasync = fdatasync;
      syncBuiltinESMExports();
      for (const sync of held.splice(0)) sync();
    };
    try {
      await rawCommand(store.port, { insert: 'docs', documents: [{ _id: 1, a: 1 }], $db: 'd' });
      const definitions: object[] = [
        { createIndexes: 'docs', indexes: [{ key: { a: 1 }, name: 'a_1' }] },
        { dropIndexes: 'docs', index: 'a_1' },
        { drop: 'docs' },
        { create: 'docs' },
      ];
      const questions: object[] = [{ find: 'docs' }, { listIndexes: 'docs' }, { listCollections: 1 }, { count: 'docs' }];
      for (const definition of definitions) {
        fs.fdatasync = Object.assign(
          (fd: number, done: (error: NodeJS.ErrnoException | null) => void) => void held.push(() => fdatasync(fd, done)),
          {
            __promisify__: fdatasync.__promisify__,
          },
        );
        syncBuiltinESMExports();
        const order: string[] = [];
        const defining = rawCommand(store.port, { ...definition, $db: 'd' }).then(() => order.push('defined'));
        await expect.poll(() => held.length).toBe(1);
        const asked = questions.map((question) => rawCommand(store.port, { ...question, $db: 'd' }).then(() => order.push('answered')));
        // What asks for nothing that is defined is answered meanwhile, on a connection that came after all others.
        await rawCommand(store.port, { ping: 1, $db: 'd' });
        expect(order).toEqual([]);
        release();
        await Promise.all([defining, ...asked]);
      }
    } finally {
      release();
      await store.close();
    }
  });
});
