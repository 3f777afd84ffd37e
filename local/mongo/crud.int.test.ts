import { Binary, Decimal128, Long, MongoClient, ObjectId, type Db, type Document, type FindOptions } from 'mongodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startStore, type Store } from './server.ts';

let store: Store;
let client: MongoClient;
let db: Db;
let files = 0;

beforeAll(async () => {
  store = await startStore({ dataDir: null });
  client = await new MongoClient(store.uri).connect();
});
beforeEach(() => {
  files += 1;
  db = client.db(`crud${files}`);
});
afterAll(async () => {
  await client.close();
  await store.close();
});

const numbered = (count: number) => Array.from({ length: count }, (_, i) => ({ _id: i, group: i % 3, value: i * 10 }));

describe('reading and writing', () => {
  it('gives back every type as it was given', async () => {
    const types = db.collection('types');
    const doc = {
      _id: new ObjectId(),
      long: Long.fromString('9007199254740993'),
      decimal: Decimal128.fromString('1.10'),
      bytes: new Binary(Buffer.from([0, 255])),
      date: new Date(5),
      nested: { list: [1, 'two', null, true] },
    };
    await types.insertOne(doc);
    expect(await types.findOne({ date: doc.date }, { promoteValues: false, promoteLongs: false })).toMatchObject({
      long: doc.long,
      decimal: doc.decimal,
      bytes: doc.bytes,
      date: doc.date,
    });
    expect((await types.findOne({ long: doc.long }))?.['nested']).toEqual(doc.nested);
  });

  it('sends large results in batches and forgets a cursor that is closed', async () => {
    const many = db.collection('many');
    await many.insertMany(Array.from({ length: 2500 }, (_, i) => ({ i, filling: 'x'.repeat(10_000) })));
    const seen = await many
      .find()
      .sort({ i: 1 })
      .map((doc): unknown => doc['i'])
      .toArray();
    expect(seen).toEqual(Array.from({ length: 2500 }, (_, i) => i));
    const cursor = many.find({}, { batchSize: 2 });
    await cursor.next();
    const { id } = cursor;
    await cursor.close();
    await expect(db.command({ getMore: id, collection: 'many' })).rejects.toMatchObject({ code: 43 });
  });

  it('reports each failed statement of an unordered insert', async () => {
    const docs = db.collection<{ _id: number }>('docs');
    await docs.insertOne({ _id: 2 });
    const failure: unknown = await docs
      .insertMany([{ _id: 1 }, { _id: 2 }, { _id: 3 }], { ordered: false })
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 11000, insertedCount: 2, writeErrors: [{ index: 1, code: 11000 }] });
    expect(await docs.countDocuments()).toBe(3);
  });

  it('updates, upserts, replaces and deletes with the counts of MongoDB', async () => {
    const docs = db.collection<{ _id: number; value?: number; extra?: string }>('docs');
    await docs.insertMany(numbered(6));
    expect(await docs.updateMany({ value: { $gte: 30 } }, { $set: { extra: 'x' } })).toMatchObject({ matchedCount: 3, modifiedCount: 3 });
    expect(await docs.updateMany({ value: { $gte: 30 } }, { $set: { extra: 'x' } })).toMatchObject({ matchedCount: 3, modifiedCount: 0 });
    expect(await docs.updateOne({ _id: 77 }, { $inc: { value: 5 } }, { upsert: true })).toMatchObject({
      matchedCount: 0,
      upsertedCount: 1,
      upsertedId: 77,
    });
    expect(await docs.replaceOne({ _id: 77 }, { extra: 'new' })).toMatchObject({ modifiedCount: 1 });
    expect(await docs.findOne({ _id: 77 })).toEqual({ _id: 77, extra: 'new' });
    expect(
      await docs.findOneAndUpdate({ value: { $lt: 30 } }, { $inc: { value: 1 } }, { sort: { value: -1 }, returnDocument: 'after' }),
    ).toMatchObject({ _id: 2, value: 21 });
    // What many had become before one of them failed, they stay.
    await docs.insertMany([
      { _id: 90, value: 1 },
      { _id: 91, value: 'text' as never },
      { _id: 92, value: 1 },
    ]);
    await expect(docs.updateMany({ _id: { $gte: 90 } }, { $inc: { value: 1 } })).rejects.toMatchObject({ code: 14 });
    expect(await docs.find({ _id: { $gte: 90 } }).toArray()).toMatchObject([{ value: 2 }, { value: 'text' }, { value: 1 }]);
    await docs.deleteMany({ _id: { $gte: 90 } });
    expect(await docs.findOneAndDelete({ _id: 0 })).toMatchObject({ _id: 0 });
    expect(await docs.deleteMany({ extra: 'x' })).toMatchObject({ deletedCount: 3 });
    expect(
      await docs
        .find()
        .map(({ _id }) => _id)
        .toArray(),
    ).toEqual([1, 2, 77]);
  });

  it('writes several collections with client.bulkWrite', async () => {
    const result = await client.bulkWrite([
      { namespace: `${db.databaseName}.a`, name: 'insertOne', document: { _id: new ObjectId() } },
      { namespace: `${db.databaseName}.b`, name: 'updateOne', filter: { n: 1 }, update: { $set: { m: 2 } }, upsert: true },
      { namespace: `${db.databaseName}.a`, name: 'deleteMany', filter: {} },
    ]);
    expect(result).toMatchObject({ insertedCount: 1, upsertedCount: 1, deletedCount: 1 });
    expect(await db.collection('b').findOne({}, { projection: { _id: 0 } })).toEqual({ n: 1, m: 2 });
  });

  it('aggregates', async () => {
    await db.collection<{ _id: number }>('docs').insertMany(numbered(6));
    await db.collection<{ _id: number; name: string }>('groups').insertMany([
      { _id: 0, name: 'zero' },
      { _id: 1, name: 'one' },
    ]);
    const pipeline = [
      { $match: { value: { $gt: 0 } } },
      { $group: { _id: '$group', total: { $sum: '$value' }, ids: { $push: '$_id' } } },
      { $lookup: { from: 'groups', localField: '_id', foreignField: '_id', as: 'found' } },
      { $unwind: { path: '$found', preserveNullAndEmptyArrays: true } },
      { $project: { total: 1, ids: 1, name: { $ifNull: ['$found.name', 'none'] } } },
      { $sort: { _id: 1 } },
    ];
    expect(await db.collection('docs').aggregate(pipeline).toArray()).toEqual([
      { _id: 0, total: 30, ids: [3], name: 'zero' },
      { _id: 1, total: 50, ids: [1, 4], name: 'one' },
      { _id: 2, total: 70, ids: [2, 5], name: 'none' },
    ]);
    await db
      .collection('docs')
      .aggregate([{ $match: { group: 1 } }, { $set: { merged: true } }, { $merge: { into: 'copy' } }])
      .toArray();
    expect(await db.collection('copy').countDocuments({ merged: true })).toBe(2);
    expect(
      await db
        .collection('docs')
        .aggregate([{ $facet: { low: [{ $match: { value: { $lt: 20 } } }, { $count: 'n' }], all: [{ $count: 'n' }] } }])
        .toArray(),
    ).toEqual([{ low: [{ n: 2 }], all: [{ n: 6 }] }]);
  });
});

describe('indexes', () => {
  it('refuse a second document with a unique key and say which', async () => {
    const seats = db.collection('seats');
    await seats.createIndex({ event: 1, seat: 1 }, { unique: true });
    await seats.insertOne({ event: 'e', seat: 'A1' });
    await expect(seats.insertOne({ event: 'e', seat: 'A1' })).rejects.toMatchObject({
      code: 11000,
      keyPattern: { event: 1, seat: 1 },
      keyValue: { event: 'e', seat: 'A1' },
    });
    await seats.insertOne({ event: 'e', seat: 'A2' });
    await expect(seats.updateOne({ seat: 'A2' }, { $set: { seat: 'A1' } })).rejects.toMatchObject({ code: 11000 });
    await seats.deleteOne({ seat: 'A1' });
    await seats.updateOne({ seat: 'A2' }, { $set: { seat: 'A1' } });
  });

  it('cannot be made unique over duplicates', async () => {
    const docs = db.collection('docs');
    await docs.insertMany([{ a: 1 }, { a: 1 }]);
    await expect(docs.createIndex({ a: 1 }, { unique: true })).rejects.toMatchObject({ code: 11000 });
    expect(await docs.indexes()).toHaveLength(1);
  });

  it('are partial where they say so', async () => {
    const holds = db.collection('holds');
    await holds.createIndex({ seat: 1 }, { unique: true, partialFilterExpression: { active: true } });
    await holds.insertMany([
      { seat: 1, active: false },
      { seat: 1, active: false },
      { seat: 1, active: true },
    ]);
    await expect(holds.insertOne({ seat: 1, active: true })).rejects.toMatchObject({ code: 11000 });
    await expect(holds.updateOne({ active: false }, { $set: { active: true } })).rejects.toMatchObject({ code: 11000 });
    expect(await holds.countDocuments({ seat: 1 })).toBe(3);
    expect(await holds.countDocuments({ seat: 1, active: true })).toBe(1);
  });

  it('answer as a scan does, whatever the filter and the order', async () => {
    const [plain, indexed] = [db.collection<{ _id: number }>('plain'), db.collection<{ _id: number }>('indexed')];
    const docs = Array.from({ length: 400 }, (_, i) => ({
      _id: i,
      a: [i % 7, null, 'x', i % 5][i % 4],
      b: i % 3 === 0 ? [i % 11, i % 13] : i % 11,
      c: { d: i % 17 },
      ...(i % 5 ? { e: i } : {}),
    }));
    await plain.insertMany(docs);
    await indexed.createIndexes([
      { key: { a: 1, b: -1 } },
      { key: { b: 1 } },
      { key: { 'c.d': -1, a: 1 } },
      { key: { e: 1 }, sparse: true },
      { key: { e: -1, a: 1 } },
    ]);
    await indexed.insertMany(docs);
    const filters = [
      { a: 1 },
      { a: null },
      { a: { $in: [1, 'x', null] }, b: { $gt: 3 } },
      { b: { $gt: 9, $lt: 2 } },
      { b: 5 },
      { 'c.d': { $gte: 5, $lt: 9 } },
      { 'c.d': 3, a: { $gt: 1 } },
      { e: null },
      { e: { $gt: 390 } },
      { e: { $exists: false } },
      { $or: [{ a: 2 }, { 'c.d': 4 }] },
      { a: { $ne: 1 } },
      { b: { $elemMatch: { $gt: 9 } } },
    ];
    const sorts: Record<string, 1 | -1>[] = [
      { _id: 1 },
      { a: 1, b: -1, _id: 1 },
      { a: -1, b: 1, _id: 1 },
      { 'c.d': 1, _id: -1 },
      { e: -1, _id: 1 },
      { b: 1, _id: 1 },
    ];
    for (const filter of filters) {
      for (const sort of sorts) {
        const ids = (collection: typeof plain) =>
          collection
            .find(filter, { sort })
            .map(({ _id }) => _id)
            .toArray();
        expect([filter, sort, await ids(indexed)]).toEqual([filter, sort, await ids(plain)]);
      }
    }
  });

  it('delete what a TTL index says has expired, and nothing else', async () => {
    const tokens = db.collection<{ _id: number; at?: Date | string }>('tokens');
    await tokens.createIndex({ at: 1 }, { expireAfterSeconds: 60 });
    await tokens.insertMany([
      { _id: 1, at: new Date(Date.now() - 61_000) },
      { _id: 2, at: new Date() },
      { _id: 3 },
      { _id: 4, at: 'never' },
    ]);
    await expect
      .poll(
        () =>
          tokens
            .find()
            .map(({ _id }) => _id)
            .toArray(),
        { timeout: 5000 },
      )
      .toEqual([2, 3, 4]);
  });
});

describe('a collation', () => {
  const texts = ['b', 'B', 'a', 'ä', 'A', 'Z', 'item 10', 'item 9'];
  const german = { locale: 'de', strength: 1 } as const;
  const found = async (filter: Document, options: FindOptions) =>
    (await db.collection<{ _id: number; t: string }>('texts').find(filter, options).toArray()).map(({ t }) => t);
  beforeEach(async () => {
    await db.collection('texts').createIndex({ t: 1 });
    await db.collection<{ _id: number; t: string }>('texts').insertMany(texts.map((t, i) => ({ _id: i, t })));
  });

  it('decides what is equal, whatever indexes there are', async () => {
    expect(await found({ t: 'A' }, { collation: german })).toEqual(['a', 'ä', 'A']);
    expect(await found({ t: 'A' }, { collation: { ...german, strength: 2 } })).toEqual(['a', 'A']);
    expect(await found({ t: { $in: ['B', 'z'] } }, { collation: german })).toEqual(['b', 'B', 'Z']);
    expect(await found({ t: 'A' }, {})).toEqual(['A']);
  });

  it('decides the order', async () => {
    expect(await found({ t: /^.$/ }, { sort: { t: 1, _id: 1 }, collation: { locale: 'de' } })).toEqual(['a', 'A', 'ä', 'b', 'B', 'Z']);
    expect(await found({ t: { $gte: 'item' } }, { sort: { t: 1 }, collation: { locale: 'de', numericOrdering: true } })).toEqual([
      'item 9',
      'item 10',
      'Z',
    ]);
    expect(await found({ t: /^.$/ }, { sort: { t: 1 } })).toEqual(['A', 'B', 'Z', 'a', 'b', 'ä']);
  });

  it('never makes two spellings of an _id one, nor two keys of a unique index', async () => {
    const names = db.collection<{ _id: string; n?: number }>('names');
    await names.insertOne({ _id: 'a' });
    await expect(names.updateOne({ _id: 'A' }, { $set: { _id: 'A' } }, { collation: german })).rejects.toMatchObject({ code: 66 });
    expect(await names.updateOne({ _id: 'A' }, { $set: { n: 1 } }, { collation: german })).toMatchObject({ modifiedCount: 1 });
    await names.insertOne({ _id: 'A' });
    expect(await names.distinct('_id', {}, { collation: german })).toEqual(['a']);
  });
});

describe('what is not supported', () => {
  it.each<[string, Record<string, unknown>, number]>([
    ['a command', { sneaky: 1 }, 59],
    ['an option of find', { find: 'c', sneaky: true }, 40415],
    ['a collation of strength four', { find: 'c', collation: { locale: 'de', strength: 4 } }, 72],
    ['a collection with a collation', { create: 'c', collation: { locale: 'de' } }, 72],
    [
      'a group of text under a collation',
      { aggregate: 'one', pipeline: [{ $group: { _id: 'x' } }], cursor: {}, collation: { locale: 'de' } },
      72,
    ],
    ['a tailable cursor', { find: 'c', tailable: true }, 40415],
    ['a stage', { aggregate: 'c', pipeline: [{ $sample: { size: 1 } }], cursor: {} }, 40324],
    ['an accumulator', { aggregate: 'c', pipeline: [{ $group: { _id: 1, a: { $sneaky: 1 } } }], cursor: {} }, 2],
    ['a text index', { createIndexes: 'c', indexes: [{ key: { a: 'text' }, name: 'a_text' }] }, 67],
    ['an option of an index', { createIndexes: 'c', indexes: [{ key: { a: 1 }, name: 'a', collation: { locale: 'de' } }] }, 72],
    ['a capped collection', { create: 'c', capped: true, size: 1000 }, 72],
    ['a fail point without the switch', { configureFailPoint: 'failCommand', mode: 'off' }, 59],
  ])('%s is refused with MongoDB’s code: %j', async (_what, command, code) => {
    await expect(db.command(command)).rejects.toMatchObject({ code });
  });

  beforeEach(async () => {
    await db.collection('one').insertOne({});
  });

  it('refuses a document of more than sixteen megabytes', async () => {
    await expect(db.collection('c').insertOne({ text: 'x'.repeat(16 * 1024 * 1024) })).rejects.toMatchObject({ code: 10334 });
  });
});
