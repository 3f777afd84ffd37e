import { MongoClient, MongoServerError, type Collection, type Document } from 'mongodb';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { QUERIES } from './semantics/queries.ts';
import { INDEXES, PROJECTIONS, SORTS } from './semantics/results.ts';
import { UPDATES } from './semantics/updates.ts';
import { startStore, type Store } from './server.ts';

let store: Store | undefined;
let client: MongoClient;
let docs: Collection;
let count = 0;

beforeAll(async () => {
  store = await startStore({ dataDir: null });
  client = await new MongoClient(store.uri, { ignoreUndefined: true }).connect();
});
beforeEach(() => {
  count += 1;
  docs = client.db('semantics').collection(`c${count}`);
});
afterAll(async () => {
  await client.close();
  await store?.close();
});

const codeOf = (error: unknown): unknown => {
  if (error instanceof MongoServerError) return error.code;
  throw error;
};
const copies = (list: readonly Document[]): Document[] => list.map((doc) => ({ ...doc }));

it('is a table of more than two hundred cases', () => {
  expect(QUERIES.length + UPDATES.length + PROJECTIONS.length + SORTS.length + INDEXES.length).toBeGreaterThanOrEqual(200);
});

describe('a query', () => {
  it.each(QUERIES)('%s', async (_what, stored, filter, ids) => {
    await docs.insertMany(copies(stored));
    const found = await docs.find(filter, { sort: { _id: 1 } }).toArray();
    expect(found.map(({ _id }) => _id)).toEqual(ids);
    expect(await docs.countDocuments(filter)).toBe(ids.length);
  });
});

describe('an update', () => {
  it.each(UPDATES)('%s', async (_what, before, update, after) => {
    await docs.insertOne({ ...before });
    const stored = await docs.findOne({}, { promoteValues: false });
    if (typeof after === 'number') {
      expect(await docs.updateOne({}, update).catch(codeOf)).toBe(after);
      expect(await docs.findOne({}, { promoteValues: false })).toEqual(stored);
    } else {
      await docs.updateOne({}, update);
      expect(await docs.findOne({}, { projection: { _id: 0 } })).toEqual(after);
    }
  });
});

describe('a projection', () => {
  it.each(PROJECTIONS)('%s', async (_what, doc, projection, result) => {
    await docs.insertOne({ ...doc });
    expect(await docs.findOne({}, { projection }).catch(codeOf)).toEqual(result);
  });
});

describe('a sort', () => {
  it.each(SORTS)('%s', async (_what, values, direction, ids) => {
    await docs.insertMany(values.map((v, i) => ({ _id: i as never, v })));
    const order = async () => (await docs.find({}, { sort: { v: direction } }).toArray()).map(({ _id }) => _id as unknown);
    expect(await order()).toEqual(ids);
    await docs.createIndex({ v: 1 });
    expect(await order()).toEqual(ids);
  });
});

describe('an index', () => {
  it.each(INDEXES)('%s', async (_what, key, options, stored, refused) => {
    await docs.createIndex(key, options);
    let first: number | null = null;
    for (const [at, doc] of stored.entries()) {
      const code = await docs.insertOne({ ...doc }).then(() => 0, codeOf);
      if (code !== 0) {
        expect(code).toBe(11000);
        first ??= at;
      }
    }
    expect(first).toBe(refused);
  });
});
