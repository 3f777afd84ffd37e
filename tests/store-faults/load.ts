import { MongoClient, MongoServerError, type Collection } from 'mongodb';

/*
 * Clients that write as a shop does, and remember what they were told. Every round has documents of its own, so that a
 * check reads no more than a round wrote.
 */

const WORKERS = 16;
const COUNTERS = 8;

interface Line {
  _id: string;
  round: number;
  counter: number;
}
interface Counter {
  _id: string;
  round: number;
  n: number;
}

/** What the clients of one round know. */
export interface Memory {
  round: number;
  /** Acknowledged: must be there, both halves. */
  acknowledged: Set<string>;
  /** Refused with an error of the server: must not be there. */
  refused: Set<string>;
  /** Acknowledged documents of plain inserts. */
  inserted: Set<string>;
  /** Increments outside transactions, acknowledged and sent. */
  plain: { acknowledged: number; sent: number };
}

function collectionsOf(client: MongoClient) {
  const db = client.db('shop');
  return {
    left: db.collection<Line>('left'),
    right: db.collection<Line>('right'),
    single: db.collection<Line>('single'),
    counters: db.collection<Counter>('counters'),
  };
}

export const connect = (uri: string): Promise<MongoClient> =>
  new MongoClient(uri, {
    retryWrites: false,
    retryReads: false,
    maxPoolSize: WORKERS,
    serverSelectionTimeoutMS: 1_000,
    monitorCommands: false,
  }).connect();

export async function prepare(client: MongoClient): Promise<void> {
  const { left, right, single, counters } = collectionsOf(client);
  for (const collection of [left, right, single] as Collection<Line>[]) await collection.createIndex({ round: 1 });
  await right.createIndex({ counter: 1, _id: 1 }, { unique: true });
  await counters.createIndex({ round: 1 });
}

/** Writes until the store is gone. */
export async function load(client: MongoClient, round: number): Promise<Memory> {
  const { left, right, single, counters } = collectionsOf(client);
  const memory: Memory = { round, acknowledged: new Set(), refused: new Set(), inserted: new Set(), plain: { acknowledged: 0, sent: 0 } };
  let next = 0;

  async function purchase(id: string, counter: number): Promise<void> {
    const session = client.startSession();
    try {
      session.startTransaction();
      await left.insertOne({ _id: id, round, counter }, { session });
      await right.insertOne({ _id: id, round, counter }, { session });
      await counters.updateOne({ _id: `${round}:${counter}` }, { $inc: { n: 1 }, $set: { round } }, { session, upsert: true });
      await session.commitTransaction();
      memory.acknowledged.add(id);
    } catch (error) {
      // Two at one counter: the second is told to try again, and nothing of it may remain.
      if (!(error instanceof MongoServerError)) throw error;
      memory.refused.add(id);
      if (session.inTransaction()) await session.abortTransaction();
    } finally {
      await session.endSession().catch(() => {});
    }
  }

  async function write(kind: number, id: string): Promise<void> {
    if (kind === 0) {
      memory.plain.sent += 1;
      await counters.findOneAndUpdate({ _id: `${round}:plain` }, { $inc: { n: 1 }, $set: { round } }, { upsert: true });
      memory.plain.acknowledged += 1;
    } else if (kind === 1) {
      const documents = ['a', 'b', 'c'].map((part) => ({ _id: `${id}${part}`, round, counter: 0 }));
      await single.insertMany(documents);
      for (const { _id } of documents) memory.inserted.add(_id);
    } else await purchase(id, kind % COUNTERS);
  }

  await Promise.all(
    Array.from({ length: WORKERS }, async () => {
      for (;;) {
        next += 1;
        try {
          await write(next % (COUNTERS * 2), `${round}:${next}`);
        } catch {
          // The store is gone. Whether this write had arrived nobody knows, and either is right.
          return;
        }
      }
    }),
  );
  return memory;
}

export interface Damage {
  lost: number;
  partial: number;
  risen: number;
  wrongCounters: number;
}

/** Compares what a round's clients know with what the store has. */
export async function inspect(client: MongoClient, memory: Memory): Promise<Damage> {
  const { left, right, single, counters } = collectionsOf(client);
  const { round } = memory;
  const read = (collection: Collection<Line>) => collection.find({ round }).toArray();
  const [lefts, rights, singles, counts] = await Promise.all([read(left), read(right), read(single), counters.find({ round }).toArray()]);
  const [leftIds, rightIds, singleIds] = [lefts, rights, singles].map((lines) => new Set(lines.map(({ _id }) => _id)));
  if (!leftIds || !rightIds || !singleIds) throw new Error('three collections were read');
  const lost =
    [...memory.acknowledged].filter((id) => !leftIds.has(id) || !rightIds.has(id)).length +
    [...memory.inserted].filter((id) => !singleIds.has(id)).length;
  const partial = [...leftIds].filter((id) => !rightIds.has(id)).length + [...rightIds].filter((id) => !leftIds.has(id)).length;
  const risen = [...memory.refused].filter((id) => leftIds.has(id) || rightIds.has(id)).length;
  const expected = new Map<string, number>();
  for (const { counter } of lefts) expected.set(`${round}:${counter}`, (expected.get(`${round}:${counter}`) ?? 0) + 1);
  const { acknowledged, sent } = memory.plain;
  let wrongCounters = counts.filter(({ _id, n }) => _id !== `${round}:plain` && n !== (expected.get(_id) ?? 0)).length;
  wrongCounters += [...expected.keys()].filter((id) => !counts.some(({ _id }) => _id === id)).length;
  const plain = counts.find(({ _id }) => _id === `${round}:plain`)?.n ?? 0;
  if (plain < acknowledged || plain > sent) wrongCounters += 1;
  return { lost, partial, risen, wrongCounters };
}
