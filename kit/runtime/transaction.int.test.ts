import type { ClientSession, MongoClient } from 'mongodb';
import { MongoNetworkError } from 'mongodb';

import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { freshMongo } from '../../tests/harness/fresh.ts';
import { isConnectionFailure } from './connection-failure.ts';
import type { MongoConnection } from './mongo.ts';
import { inTransaction } from './transaction.ts';

let mongo: MongoConnection;
beforeAll(async () => {
  mongo = await freshMongo('transaction');
});
afterAll(() => mongo.close());

type Numbered = { _id: number; n: number };
let count = 0;
const docs = () => mongo.db.collection<Numbered>(`docs${count}`);
beforeEach(async () => {
  count += 1;
  await docs().insertOne({ _id: 1, n: 0 });
});

/** The network fails, and says so as the driver does. */
function networkError(label: string): MongoNetworkError {
  const error = new MongoNetworkError('read ECONNRESET');
  error.addErrorLabel(label);
  return error;
}

/** The driver's sessions, with a commit that fails as often as said: before the server got it, or after it did. */
function failingCommits(times: number, when: 'before' | 'after'): { attempts: () => number; client: MongoClient } {
  let attempts = 0;
  const client = Object.create(mongo.client) as MongoClient;
  client.withSession = ((work: (session: ClientSession) => Promise<unknown>) =>
    mongo.client.withSession((session) => {
      const commit = session.commitTransaction.bind(session);
      session.commitTransaction = async () => {
        attempts += 1;
        const fails = attempts <= times;
        if (!fails || when === 'after') await commit();
        if (fails) throw networkError('UnknownTransactionCommitResult');
      };
      return work(session);
    })) as MongoClient['withSession'];
  return { attempts: () => attempts, client };
}

const add = (session: ClientSession): Promise<unknown> => docs().updateOne({ _id: 1 }, { $inc: { n: 1 } }, { session });
const stored = async (): Promise<number | undefined> => (await docs().findOne({ _id: 1 }))?.n;

describe('a transaction', () => {
  it('whose work fails leaves nothing, and says why', async () => {
    const failure = new Error('no');
    await expect(
      inTransaction(mongo.client, async (session) => {
        await add(session);
        throw failure;
      }),
    ).rejects.toBe(failure);
    expect(await stored()).toBe(0);
  });

  it.each(['before', 'after'] as const)('whose commit meets a failing network %s the server got it is committed once', async (when) => {
    const { client, attempts } = failingCommits(2, when);
    await inTransaction(client, add);
    expect(attempts()).toBe(3);
    expect(await stored()).toBe(1);
  });

  it('whose work meets a failing network is run again from its beginning', async () => {
    const work = vi.fn<(session: ClientSession) => Promise<unknown>>(add).mockImplementationOnce(async (session) => {
      await add(session);
      throw networkError('TransientTransactionError');
    });
    await inTransaction(mongo.client, work);
    expect(work).toHaveBeenCalledTimes(2);
    expect(await stored()).toBe(1);
  });

  it.each([
    [
      'commit',
      (): Promise<unknown> => inTransaction(failingCommits(Number.POSITIVE_INFINITY, 'before').client, add, { attemptsEndAfterMs: 60 }),
    ],
    [
      'work',
      (): Promise<unknown> =>
        inTransaction(mongo.client, () => Promise.reject(networkError('TransientTransactionError')), { attemptsEndAfterMs: 60 }),
    ],
  ])('whose %s fails for ever ends, and says that the server is away', async (_what, run) => {
    const failure: unknown = await run().catch((error: unknown) => error);
    expect(isConnectionFailure(failure)).toBe(true);
  });
});
