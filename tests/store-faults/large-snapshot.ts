import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';
import { MongoError, type MongoClient } from 'mongodb';
import { startProcess } from './disk.ts';
import { connect } from './load.ts';

/** As the store itself has it. */
const SNAPSHOT_BYTES = 64 * 1024 * 1024;
const BATCH = 200;
const DOCUMENT_BYTES = 8_000;
const DEADLINE_MS = 60_000;

interface Large {
  _id: number;
  n: number;
  text: string;
}

export interface LargeSnapshot {
  megabytes: number;
  acknowledged: number;
  lost: number;
  readyMs: number;
}

/** A snapshot of real size: the store is killed while it is being written, and once more when it has replaced the journal. */
export async function snapshotAtRealSize(): Promise<LargeSnapshot> {
  const directory = mkdtempSync(join(tmpdir(), 'store-snapshot-'));
  const dataDir = join(directory, 'data');
  const start = () => startProcess(dataDir, join(directory, 'safe'), 'honest', SNAPSHOT_BYTES);
  const written = new Map<number, number>();
  let running = await start();
  let [lost, readyMs, megabytes] = [0, 0, 0];
  try {
    for (const moment of [/^snapshot-\d+\.unfinished$/, /^snapshot-\d+$/]) {
      const client = await connect(running.uri);
      const writing = write(client, written);
      await untilThere(dataDir, moment);
      await running.kill();
      await writing;
      await client.close();
      for (const name of readdirSync(dataDir))
        if (/^snapshot-\d+$/.test(name)) megabytes = statSync(join(dataDir, name)).size / 1024 / 1024;
      const begun = performance.now();
      running = await start();
      readyMs = performance.now() - begun;
      const again = await connect(running.uri);
      lost += await countLost(again, written);
      await again.close();
    }
  } finally {
    await running.kill();
    rmSync(directory, { recursive: true, force: true });
  }
  return { megabytes, acknowledged: written.size, lost, readyMs };
}

async function untilThere(dataDir: string, moment: RegExp): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  while (!readdirSync(dataDir).some((name) => moment.test(name))) {
    if (performance.now() > deadline) throw new Error(`nothing like ${moment.source} has been written in time`);
    await setTimeout(1);
  }
}

/** New documents, then the first ones changed again and again, until the store is gone. What it acknowledged is noted. */
async function write(client: MongoClient, written: Map<number, number>): Promise<void> {
  const large = client.db('faults').collection<Large>('large');
  const text = 'x'.repeat(DOCUMENT_BYTES);
  let next = written.size;
  try {
    for (;;) {
      if (next * DOCUMENT_BYTES < 1.2 * SNAPSHOT_BYTES) {
        const batch = Array.from({ length: BATCH }, (_, i) => ({ _id: next + i, n: 0, text }));
        next += BATCH;
        await large.insertMany(batch);
        for (const { _id } of batch) written.set(_id, 0);
      } else {
        const n = (written.get(0) ?? 0) + 2;
        await large.updateMany({ _id: { $lt: 10 } }, { $set: { n } });
        for (let id = 0; id < 10; id += 1) written.set(id, n);
      }
    }
  } catch (error) {
    if (!(error instanceof MongoError)) throw error;
  }
}

async function countLost(client: MongoClient, written: Map<number, number>): Promise<number> {
  const found = new Map<number, number>();
  for await (const { _id, n } of client
    .db('faults')
    .collection<Large>('large')
    .find({}, { projection: { n: 1 } }))
    found.set(_id, n);
  // A write under way when the store was killed may be there or not.
  return [...written].filter(([id, n]) => (found.get(id) ?? -1) < n).length;
}
