import { MongoClient, type Collection } from 'mongodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startStore, type Store } from './server.ts';

interface Item {
  _id: number;
  group: string;
  n: number;
}

let store: Store;
let client: MongoClient;
let items: Collection<Item>;
let count = 0;
beforeAll(async () => {
  store = await startStore({ dataDir: null });
  client = await new MongoClient(store.uri).connect();
});
beforeEach(async () => {
  count += 1;
  items = client.db('turns').collection<Item>(`items${count}`);
  await items.createIndex({ group: 1, n: -1 });
});
afterAll(async () => {
  await client.close();
  await store.close();
});

const fill = (size: number) => items.insertMany(Array.from({ length: size }, (_, i) => ({ _id: i, group: 'a', n: i })));

describe('a command that takes several turns', () => {
  it.each([1, -1] as const)('reads one moment while everything changes (order %i)', async (direction) => {
    await fill(20_000);
    let reading = true;
    const changes = (async () => {
      for (let i = 0; reading; i += 1) {
        await items.updateMany({ _id: { $gte: i * 40, $lt: i * 40 + 40 } }, { $set: { group: 'b' }, $inc: { n: 100_000 } });
        await items.deleteMany({ _id: { $gte: 19_000 - i * 5, $lt: 19_005 - i * 5 } });
        await items.insertOne({ _id: 100_000 + i, group: 'a', n: i });
      }
    })();
    for (let round = 0; round < 3; round += 1) {
      const found = await items.find({ group: 'a' }).sort({ n: direction }).toArray();
      const again = new Set(found.map(({ _id }) => _id));
      expect(again.size).toBe(found.length);
      expect(found.every(({ group }) => group === 'a')).toBe(true);
      const order = found.map(({ n }) => n * direction);
      expect(order.every((n, at) => at === 0 || n >= (order[at - 1] ?? 0))).toBe(true);
      // Each round of changes takes forty away at the front, five at the back, and adds one: all or none of a batch is seen.
      const front = found.filter(({ _id }) => _id < 10_000).length;
      expect(front % 40).toBe(0);
    }
    reading = false;
    await changes;
  });

  it('changes each of many once, waits for a transaction, and looks again at what that changed', async () => {
    await fill(1_000);
    const session = client.startSession();
    session.startTransaction();
    await items.updateOne({ _id: 600 }, { $set: { group: 'b' } }, { session });
    const updating = items.updateMany({ group: 'a' }, { $inc: { n: 10_000 } });
    // Those before the transaction's document are done, and others can see it.
    await expect.poll(() => items.countDocuments({ n: { $gte: 10_000 } })).toBeGreaterThan(0);
    await session.commitTransaction();
    await session.endSession();
    expect(await updating).toMatchObject({ matchedCount: 999, modifiedCount: 999 });
    expect(await items.findOne({ _id: 600 })).toEqual({ _id: 600, group: 'b', n: 600 });
    expect(await items.countDocuments({ group: 'a', n: { $gte: 10_000, $lt: 11_000 } })).toBe(999);
    expect(await items.deleteMany({ group: 'a' })).toMatchObject({ deletedCount: 999 });
    expect(await items.countDocuments()).toBe(1);
  });

  it('is one piece inside a transaction', async () => {
    await fill(600);
    const session = client.startSession();
    session.startTransaction();
    expect(await items.updateMany({}, { $set: { group: 'c' } }, { session })).toMatchObject({ modifiedCount: 600 });
    expect(await items.countDocuments({ group: 'c' })).toBe(0);
    await session.abortTransaction();
    await session.endSession();
    expect(await items.countDocuments({ group: 'a' })).toBe(600);
  });
});
