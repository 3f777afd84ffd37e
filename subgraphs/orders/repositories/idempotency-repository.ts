import type { ClientSession, Db } from 'mongodb';
import { isDuplicateKey } from '../../../kit/runtime/mongo.ts';
import type { StoredAnswer } from '../domain/idempotency.ts';

export type IdempotencyRecord = {
  readonly _id: string;
  readonly fingerprint: string;
  /** Whoever holds this token may complete or remove the record. */
  readonly attempt: string;
  readonly state: 'IN_PROGRESS' | 'COMPLETED';
  readonly answer: StoredAnswer | null;
  readonly lockedUntil: Date;
  readonly createdAt: Date;
};

const LOCK_MS = 10_000;

export function createIdempotencyRepository(deps: { db: Db; lifeSeconds: number }) {
  const records = deps.db.collection<IdempotencyRecord>('idempotency_keys');
  return {
    async ensureIndexes(): Promise<void> {
      await records.createIndex({ createdAt: 1 }, { expireAfterSeconds: deps.lifeSeconds });
    },
    find: (id: string): Promise<IdempotencyRecord | null> => records.findOne({ _id: id }),
    /** Null when begun; else the record that is there. */
    async begin(id: string, fingerprint: string, attempt: string, now: Date): Promise<IdempotencyRecord | null> {
      try {
        await records.insertOne({
          _id: id,
          fingerprint,
          attempt,
          state: 'IN_PROGRESS',
          answer: null,
          lockedUntil: new Date(now.getTime() + LOCK_MS),
          createdAt: now,
        });
        return null;
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
        // Removed in between: the caller simply begins again.
        return records.findOne({ _id: id });
      }
    },
    /** The attempt that died held its lock too long: this one goes on in its place, and the dead one's token is worth nothing any more. */
    async takeOver(read: IdempotencyRecord, attempt: string, now: Date): Promise<boolean> {
      const result = await records.updateOne(
        { _id: read._id, attempt: read.attempt, state: 'IN_PROGRESS', lockedUntil: { $lte: now } },
        { $set: { attempt, lockedUntil: new Date(now.getTime() + LOCK_MS) } },
      );
      return result.matchedCount === 1;
    },
    /** Part of the transaction that makes the answer true. */
    async complete(session: ClientSession, id: string, answer: StoredAnswer): Promise<void> {
      await records.updateOne({ _id: id, state: 'IN_PROGRESS' }, { $set: { state: 'COMPLETED', answer } }, { session });
    },
    /** False when another attempt has taken over or finished: then read again what is there. */
    async remove(id: string, attempt: string): Promise<boolean> {
      const result = await records.deleteOne({ _id: id, attempt, state: 'IN_PROGRESS' });
      return result.deletedCount === 1;
    },
  };
}
export type IdempotencyRepository = ReturnType<typeof createIdempotencyRepository>;
