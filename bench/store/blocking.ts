import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Collection, MongoClient } from 'mongodb';

export interface Seat {
  _id: number;
  event: number;
  seat: string;
  status: string;
  at: Date;
  price: { amount: number; currency: string };
}

export const SEATS = 100_000;

const seatAt = (i: number): Seat => ({
  _id: i,
  event: i % 100,
  seat: `row ${i % 40}, ${i}`,
  status: i % 2 === 0 ? 'AVAILABLE' : 'HELD',
  at: new Date(1_800_000_000_000 + i * 1000),
  price: { amount: 2500, currency: 'EUR' },
});

export async function fill(client: MongoClient): Promise<void> {
  const seats = client.db('bench').collection<Seat>('seats');
  await seats.createIndexes([{ key: { event: 1, seat: 1 }, unique: true }, { key: { status: 1, at: 1 } }]);
  for (let i = 0; i < SEATS; i += 10_000) await seats.insertMany(Array.from({ length: 10_000 }, (_, j) => seatAt(i + j)));
}

/** Commands that an index serves, from one document to half of all. */
const COMMANDS: readonly [name: string, run: (seats: Collection<Seat>) => Promise<unknown>][] = [
  ['nothing', () => new Promise((resolve) => setTimeout(resolve, 300))],
  ['one document', (seats) => seats.findOne({ event: 5, seat: 'row 5, 5' })],
  ['1,000 documents of one event', (seats) => seats.find({ event: 7 }).toArray()],
  ['the last 100 of 50,000 by time', (seats) => seats.find({ status: 'HELD' }).sort({ at: -1 }).limit(100).toArray()],
  ['count 50,000', (seats) => seats.countDocuments({ status: 'HELD' })],
  ['find 50,000', (seats) => seats.find({ status: 'HELD' }).toArray()],
  ['find all, sorted by an index', (seats) => seats.find().sort({ _id: 1 }).batchSize(1_000).toArray()],
  ['insert 10,000', (seats) => seats.insertMany(Array.from({ length: 10_000 }, (_, j) => seatAt(SEATS + j)))],
  ['update 1,000 of one event', (seats) => seats.updateMany({ event: 7 }, { $set: { status: 'BLOCKED' } })],
  ['update 50,000', (seats) => seats.updateMany({ status: 'AVAILABLE' }, { $set: { status: 'RESERVED' } })],
  ['delete 10,000', (seats) => seats.deleteMany({ _id: { $gte: SEATS } })],
];

export async function measureBlocking(client: MongoClient, uri: string): Promise<{ name: string; longestMs: number }[]> {
  const pinger = fork(fileURLToPath(new URL('ping-process.ts', import.meta.url)), [uri], { execArgv: ['--import', 'tsx'] });
  await once(pinger, 'message');
  const longestWait = async (): Promise<number> => {
    const answer = once(pinger, 'message');
    pinger.send('longest');
    return Number((await answer)[0]);
  };
  const seats = client.db('bench').collection<Seat>('seats');
  const results: { name: string; longestMs: number }[] = [];
  for (const [name, run] of COMMANDS) {
    await longestWait();
    await run(seats);
    // The answer to a ping that was under way.
    await new Promise((resolve) => setTimeout(resolve, 20));
    results.push({ name, longestMs: await longestWait() });
  }
  const exit = once(pinger, 'exit');
  pinger.disconnect();
  await exit;
  return results;
}
