import type { Db } from 'mongodb';
import { MongoClient } from 'mongodb';
import { StartError } from './env.ts';
import { mendDriver } from './mongo-driver.ts';

export type MongoConnection = { readonly client: MongoClient; readonly db: Db; readonly close: () => Promise<void> };

/** Reads that decide go to the primary and see only what a majority has; writes are acknowledged by a majority, in its journal. */
export async function connectMongo(settings: { url: string; dbName: string; serverSelectionTimeoutMS?: number }): Promise<MongoConnection> {
  mendDriver();
  const client = new MongoClient(settings.url, {
    serverSelectionTimeoutMS: settings.serverSelectionTimeoutMS ?? 5_000,
    readPreference: 'primary',
    readConcernLevel: 'majority',
    writeConcern: { w: 'majority', journal: true },
    retryReads: true,
    retryWrites: true,
    maxPoolSize: 50,
    waitQueueTimeoutMS: 5_000,
    ignoreUndefined: true,
  });
  try {
    await client.connect();
    await client.db(settings.dbName).command({ ping: 1 });
  } catch (error) {
    await client.close();
    throw new StartError(
      `MONGO_URL: the database cannot be reached (${withoutCredentials(settings.url)}). Is it running, and a replica set?`,
      { cause: error },
    );
  }
  return { client, db: client.db(settings.dbName), close: () => client.close() };
}

/** Duplicate key: the unique index that guards an invariant has refused. Final; rethrow it out of a transaction's callback. */
export function isDuplicateKey(error: unknown): error is Error & { keyPattern?: Record<string, unknown> } {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 11000;
}

export function withoutCredentials(url: string): string {
  return url.replace(/\/\/[^@/]*@/, '//');
}
