import { Long, MongoClient, MongoServerError, UUID, type ClientSession, type Collection } from 'mongodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { rawCommand } from './raw-client.ts';
import { startStore, type Store } from './server.ts';

interface Numbered {
  _id: number;
  n?: number;
  key?: string;
}

let store: Store;
let client: MongoClient;
let docs: Collection<Numbered>;
let first: ClientSession;
let second: ClientSession;
let count = 0;

beforeAll(async () => {
  store = await startStore({ dataDir: null });
  client = await new MongoClient(store.uri).connect();
});
beforeEach(async () => {
  count += 1;
  docs = client.db('transactions').collection<Numbered>(`docs${count}`);
  await docs.createIndex({ key: 1 }, { unique: true, partialFilterExpression: { key: { $exists: true } } });
  await docs.insertMany([
    { _id: 1, n: 0 },
    { _id: 2, n: 0 },
  ]);
  first = client.startSession();
  second = client.startSession();
});
afterEach(async () => {
  await first.endSession();
  await second.endSession();
});
afterAll(async () => {
  await client.close();
  await store.close();
});

const TRANSIENT = 'TransientTransactionError';
const failureOf = async (promise: Promise<unknown>): Promise<MongoServerError> => {
  const outcome = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(outcome instanceof MongoServerError)) throw new Error(`expected a refusal by the server, got ${String(outcome)}`);
  return outcome;
};

describe('a transaction', () => {
  it('of a client that is gone keeps no other from starting: indexes that are there already are answered at once', async () => {
    first.startTransaction();
    await docs.insertOne({ _id: 3 }, { session: first });
    const again = docs.createIndex({ key: 1 }, { unique: true, partialFilterExpression: { key: { $exists: true } } });
    const late = new Promise((resolve) => setTimeout(resolve, 1_000, 'waited for the transaction'));
    expect(await Promise.race([again, late])).toBe('key_1');
    await first.abortTransaction();
  });

  it('is seen by others only when it has committed, and then whole', async () => {
    first.startTransaction();
    await docs.insertOne({ _id: 3 }, { session: first });
    await docs.updateOne({ _id: 1 }, { $set: { n: 9 } }, { session: first });
    expect(await docs.countDocuments({}, { session: first })).toBe(3);
    expect(await docs.find().sort({ _id: 1 }).toArray()).toEqual([
      { _id: 1, n: 0 },
      { _id: 2, n: 0 },
    ]);
    await first.commitTransaction();
    expect(await docs.find().sort({ _id: 1 }).toArray()).toEqual([{ _id: 1, n: 9 }, { _id: 2, n: 0 }, { _id: 3 }]);
  });

  it('leaves nothing behind when it is aborted, not even a key or a collection', async () => {
    const fresh = client.db('transactions').collection(`fresh${count}`);
    first.startTransaction();
    await docs.insertOne({ _id: 3, key: 'k' }, { session: first });
    await docs.deleteOne({ _id: 1 }, { session: first });
    await fresh.insertOne({}, { session: first });
    await first.abortTransaction();
    expect(await docs.countDocuments()).toBe(2);
    expect(await client.db('transactions').listCollections({ name: fresh.collectionName }).toArray()).toEqual([]);
    await docs.insertOne({ _id: 4, key: 'k' });
  });

  it('reads its snapshot, whatever others commit meanwhile', async () => {
    first.startTransaction();
    expect(await docs.findOne({ _id: 1 }, { session: first })).toEqual({ _id: 1, n: 0 });
    await docs.updateOne({ _id: 1 }, { $set: { n: 5 } });
    await docs.deleteOne({ _id: 2 });
    await docs.insertOne({ _id: 3 });
    expect(await docs.find({}, { session: first }).sort({ _id: 1 }).toArray()).toEqual([
      { _id: 1, n: 0 },
      { _id: 2, n: 0 },
    ]);
    await first.commitTransaction();
    expect(await docs.countDocuments()).toBe(2);
  });

  it('loses against the first updater, with 112 and the transient label', async () => {
    first.startTransaction();
    second.startTransaction();
    await docs.updateOne({ _id: 1 }, { $inc: { n: 1 } }, { session: first });
    const failure = await failureOf(docs.updateOne({ _id: 1 }, { $inc: { n: 1 } }, { session: second }));
    expect([failure.code, failure.hasErrorLabel(TRANSIENT)]).toEqual([112, true]);
    await first.commitTransaction();
    expect(await failureOf(second.commitTransaction())).toMatchObject({ code: 251 });
    expect(await docs.findOne({ _id: 1 })).toEqual({ _id: 1, n: 1 });
  });

  it('loses against a commit after its snapshot', async () => {
    first.startTransaction();
    await docs.findOne({}, { session: first });
    await docs.updateOne({ _id: 1 }, { $inc: { n: 1 } });
    expect(await failureOf(docs.updateOne({ _id: 1 }, { $inc: { n: 1 } }, { session: first }))).toMatchObject({ code: 112 });
    await first.abortTransaction();
  });

  it('meets a unique key: pending elsewhere 112, committed after its snapshot 112, committed before 11000', async () => {
    first.startTransaction();
    second.startTransaction();
    await docs.findOne({}, { session: second });
    await docs.insertOne({ _id: 10, key: 'k' }, { session: first });
    expect(await failureOf(docs.insertOne({ _id: 11, key: 'k' }, { session: second }))).toMatchObject({ code: 112 });
    await second.abortTransaction();
    second.startTransaction();
    await docs.findOne({}, { session: second });
    await first.commitTransaction();
    expect(await failureOf(docs.insertOne({ _id: 11, key: 'k' }, { session: second }))).toMatchObject({ code: 112 });
    await second.abortTransaction();
    second.startTransaction();
    const failure = await failureOf(docs.insertOne({ _id: 11, key: 'k' }, { session: second }));
    expect([failure.code, failure.hasErrorLabel(TRANSIENT)]).toEqual([11000, false]);
    expect(failure['keyValue'] ?? failure.errorResponse['keyValue']).toEqual({ key: 'k' });
    await second.abortTransaction();
  });

  it('is over after an error: the next statement gets 251', async () => {
    first.startTransaction();
    await failureOf(docs.insertOne({ _id: 1 }, { session: first }));
    const failure = await failureOf(docs.insertOne({ _id: 5 }, { session: first }));
    expect([failure.code, failure.hasErrorLabel(TRANSIENT)]).toEqual([251, true]);
    await first.abortTransaction();
  });

  it('commits once, however often it is told to', async () => {
    first.startTransaction();
    await docs.updateOne({ _id: 1 }, { $inc: { n: 1 } }, { session: first });
    await first.commitTransaction();
    await first.commitTransaction();
    expect(await docs.findOne({ _id: 1 })).toEqual({ _id: 1, n: 1 });
  });

  it('that has committed takes no more statements (256), and one that never was cannot commit (251)', async () => {
    const transaction = { lsid: { id: new UUID() }, txnNumber: Long.ONE, autocommit: false };
    const insert = { insert: docs.collectionName, documents: [{ _id: 50 }], ...transaction, $db: 'transactions' };
    expect(await rawCommand(store.port, { ...insert, startTransaction: true })).toMatchObject({ ok: 1 });
    expect(await rawCommand(store.port, { commitTransaction: 1, ...transaction, $db: 'admin' })).toMatchObject({ ok: 1 });
    expect(await rawCommand(store.port, { commitTransaction: 1, ...transaction, $db: 'admin' })).toMatchObject({ ok: 1 });
    expect(await rawCommand(store.port, insert)).toMatchObject({ ok: 0, code: 256 });
    expect(await rawCommand(store.port, { ...insert, txnNumber: Long.ZERO })).toMatchObject({ ok: 0, code: 225 });
    expect(
      await rawCommand(store.port, { commitTransaction: 1, ...transaction, txnNumber: Long.fromNumber(2), $db: 'admin' }),
    ).toMatchObject({ ok: 0, code: 251 });
    expect(await docs.countDocuments({ _id: 50 })).toBe(1);
  });
});

describe('a write outside transactions', () => {
  it('waits for the transaction that holds the document, and applies each statement once', async () => {
    first.startTransaction();
    await docs.updateOne({ _id: 2 }, { $inc: { n: 10 } }, { session: first });
    let settled = false;
    const waiting = docs
      .bulkWrite([
        { updateOne: { filter: { _id: 1 }, update: { $inc: { n: 1 } } } },
        { updateOne: { filter: { _id: 2 }, update: { $inc: { n: 1 } } } },
      ])
      .finally(() => {
        settled = true;
      });
    // The first statement is done when the second waits.
    await expect.poll(() => docs.findOne({ _id: 1 })).toEqual({ _id: 1, n: 1 });
    expect(settled).toBe(false);
    await first.commitTransaction();
    await waiting;
    expect(await docs.find().sort({ _id: 1 }).toArray()).toEqual([
      { _id: 1, n: 1 },
      { _id: 2, n: 11 },
    ]);
  });

  it('waits for a pending unique key, and has it when the holder aborts', async () => {
    first.startTransaction();
    await docs.insertOne({ _id: 10, key: 'k' }, { session: first });
    const waiting = docs.insertOne({ _id: 11, key: 'k' });
    await first.abortTransaction();
    await waiting;
    expect(await docs.findOne({ key: 'k' })).toEqual({ _id: 11, key: 'k' });
  });

  it('gives up after maxTimeMS', async () => {
    first.startTransaction();
    await docs.updateOne({ _id: 1 }, { $inc: { n: 1 } }, { session: first });
    expect(await failureOf(docs.findOneAndUpdate({ _id: 1 }, { $inc: { n: 1 } }, { maxTimeMS: 50 }))).toMatchObject({ code: 50 });
    await first.abortTransaction();
  });
});

describe('many clients', () => {
  it('racing for the same keys have one winner each; the losers are told of a duplicate', async () => {
    const claims = client.db('transactions').collection(`claims${count}`);
    await claims.createIndex({ seat: 1 }, { unique: true });
    const clients = await Promise.all(Array.from({ length: 64 }, () => new MongoClient(store.uri, { maxPoolSize: 2 }).connect()));
    try {
      for (let round = 0; round < 3; round += 1) {
        const outcomes = await Promise.all(
          clients.map(async (each, buyer) => {
            const own = each.db('transactions').collection(claims.collectionName);
            try {
              await each.withSession((session) =>
                session.withTransaction(async () => {
                  for (const seat of ['A', 'B', 'C']) await own.insertOne({ seat: `${round}${seat}`, buyer }, { session });
                }),
              );
              return 'won';
            } catch (error) {
              return error instanceof MongoServerError ? error.code : error;
            }
          }),
        );
        expect(outcomes.filter((outcome) => outcome === 'won')).toHaveLength(1);
        expect(outcomes.filter((outcome) => outcome === 11000)).toHaveLength(63);
        const taken = await claims.find({ seat: { $regex: `^${round}` } }).toArray();
        expect(taken).toHaveLength(3);
        expect(new Set(taken.map(({ buyer }): unknown => buyer)).size).toBe(1);
      }
    } finally {
      await Promise.all(clients.map((each) => each.close()));
    }
  });

  it('moving amounts about neither make nor lose any', async () => {
    const accounts = client.db('transactions').collection<Numbered>(`accounts${count}`);
    await accounts.insertMany(Array.from({ length: 5 }, (_, i) => ({ _id: i, n: 100 })));
    await Promise.all(
      Array.from({ length: 16 }, async (_, mover) => {
        for (let i = 0; i < 6; i += 1) {
          const [from, to] = [(mover + i) % 5, (mover + 2 * i + 1) % 5];
          await client.withSession((session) =>
            session.withTransaction(async () => {
              await accounts.updateOne({ _id: from }, { $inc: { n: -1 } }, { session });
              await accounts.updateOne({ _id: to }, { $inc: { n: 1 } }, { session });
            }),
          );
        }
      }),
    );
    const [sum] = await accounts.aggregate([{ $group: { _id: null, total: { $sum: '$n' } } }]).toArray();
    expect(sum?.['total']).toBe(500);
  });
});
