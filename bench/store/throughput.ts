import { performance } from 'node:perf_hooks';
import type { MongoClient } from 'mongodb';
import type { MeasuredStore } from './store-process.ts';

const CLIENTS = 64;

export interface Cost {
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
  /** CPU microseconds for one operation. */
  store: number;
  driver: number;
  perSync: number;
}

const syncsOf = async (client: MongoClient): Promise<number> =>
  Number((await client.db('admin').command({ serverStatus: 1 }))['journal'].syncs);

/** Runs an operation by 64 clients at once and divides what both processes worked by how often. */
async function measure(
  client: MongoClient,
  store: MeasuredStore,
  seconds: number,
  operation: (worker: number, turn: number) => Promise<unknown>,
): Promise<Cost> {
  const latencies: number[] = [];
  const run = async (until: number): Promise<void> => {
    await Promise.all(
      Array.from({ length: CLIENTS }, async (_, worker) => {
        for (let turn = 0; performance.now() < until; turn += 1) {
          const begun = performance.now();
          await operation(worker, turn);
          latencies.push(performance.now() - begun);
        }
      }),
    );
  };
  await run(performance.now() + 1_000);
  latencies.length = 0;
  const [syncs, storeCpu, ownCpu, begun] = [await syncsOf(client), store.cpu(), process.cpuUsage(), performance.now()];
  await run(begun + seconds * 1_000);
  const own = process.cpuUsage(ownCpu);
  const elapsed = (performance.now() - begun) / 1_000;
  const count = latencies.length;
  const sorted = latencies.toSorted((a, b) => a - b);
  return {
    perSecond: count / elapsed,
    p50Ms: sorted[count >> 1] ?? 0,
    p99Ms: sorted[Math.floor(count * 0.99)] ?? 0,
    store: (store.cpu() - storeCpu) / count,
    driver: (own.user + own.system) / count,
    perSync: count / Math.max(1, (await syncsOf(client)) - syncs),
  };
}

/** Three claims, an order, and a hold that must still be there: what buying three seats is to the database. */
export async function measurePurchases(client: MongoClient, store: MeasuredStore, seconds: number): Promise<Cost> {
  const db = client.db('bench');
  const [claims, orders, holds] = [
    db.collection('claims'),
    db.collection('orders'),
    db.collection<{ _id: string; version: number }>('holds'),
  ];
  await claims.createIndex({ event: 1, seat: 1 }, { unique: true });
  await orders.createIndex({ buyer: 1 });
  await holds.insertMany(Array.from({ length: CLIENTS }, (_, worker) => ({ _id: `hold ${worker}`, version: 0 })));
  const versions = Array.from({ length: CLIENTS }, () => 0);
  let nextSeat = 0;
  return measure(client, store, seconds, async (worker) => {
    const session = client.startSession();
    session.startTransaction({ writeConcern: { w: 'majority' } });
    for (let n = 0; n < 3; n += 1) {
      nextSeat += 1;
      await claims.insertOne({ event: 'bench', seat: nextSeat, by: worker }, { session });
    }
    await orders.insertOne({ buyer: worker, amount: 7500, currency: 'EUR', placedAt: new Date() }, { session });
    const version = versions[worker] ?? 0;
    const { modifiedCount } = await holds.updateOne({ _id: `hold ${worker}`, version }, { $set: { version: version + 1 } }, { session });
    if (modifiedCount !== 1) throw new Error('the hold was not there');
    await session.commitTransaction();
    await session.endSession();
    versions[worker] = version + 1;
  });
}

export async function measureReads(client: MongoClient, store: MeasuredStore, seconds: number): Promise<Cost> {
  const seats = client.db('bench').collection<{ _id: number }>('seats');
  return measure(client, store, seconds, async (worker, turn) => {
    const _id = (worker * 1_543 + turn) % 100_000;
    if (!(await seats.findOne({ _id }))) throw new Error(`document ${_id} is missing`);
  });
}
