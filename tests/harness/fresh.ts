import { Redis } from 'ioredis';
import { inject, onTestFinished } from 'vitest';
import { newId } from '../../kit/values/ids.ts';
import type { MongoConnection } from '../../kit/runtime/mongo.ts';
import { connectMongo } from '../../kit/runtime/mongo.ts';

/** A database that no other test file uses. The caller closes it. */
export function freshMongo(name = 'test'): Promise<MongoConnection> {
  return connectMongo({ url: inject('mongoUrl'), dbName: `${name}_${newId('db').slice(3)}` });
}

/** The URL of a logical database that no other test file uses. */
export async function freshRedisUrl(): Promise<string> {
  const counter = new Redis(inject('redisUrl'));
  try {
    const database = await counter.incr('test:last-database');
    return `${inject('redisUrl')}/${database}`;
  } finally {
    counter.disconnect();
  }
}

/** Polls until `probe` answers something truthy; fails with `what` at the deadline. For things that have no event to await. */
export async function eventually<Value>(
  what: string,
  probe: () => Promise<Value | null | undefined | false> | Value | null | undefined | false,
  milliseconds = 5_000,
): Promise<Value> {
  const deadline = Date.now() + milliseconds;
  for (;;) {
    const value = await probe();
    if (value !== null && value !== undefined && value !== false) return value;
    if (Date.now() > deadline) throw new Error(`Not within ${milliseconds} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
}

/** Registers a close for the end of the running test. */
export function closeAfterTest(closable: { close: () => Promise<unknown> | void }): void {
  onTestFinished(async () => {
    await closable.close();
  });
}
