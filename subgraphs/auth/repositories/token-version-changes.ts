import type { ClientSession, Db } from 'mongodb';
import type { Clock } from '../../../kit/values/clock.ts';
import { newId } from '../../../kit/values/ids.ts';
import type { TokenVersionChange } from '../domain/token-version.ts';

type ChangeDocument = Omit<TokenVersionChange, 'id'> & { _id: string };

const toChange = ({ _id, ...rest }: ChangeDocument): TokenVersionChange => ({ id: _id, ...rest });

/** Auth's outbox towards Redis: what a transaction decided about tokens, until Redis knows it for as long as it matters. */
export function createTokenVersionChanges(deps: { db: Db; clock: Clock }) {
  const changes = deps.db.collection<ChangeDocument>('token_version_changes');
  return {
    async ensureIndexes(): Promise<void> {
      await changes.createIndex({ applied: 1, createdAt: 1 });
    },
    async append(
      session: ClientSession,
      change: Pick<TokenVersionChange, 'userId' | 'version' | 'endsSessions' | 'keptSid'>,
    ): Promise<TokenVersionChange> {
      const document: ChangeDocument = { _id: newId('tvc'), ...change, createdAt: deps.clock.now(), applied: false };
      await changes.insertOne(document, { session });
      return toChange(document);
    },
    /** All of them, some at a time: those not yet applied first, the oldest of each first. */
    async *batches(options: { createdBefore: Date; size: number }): AsyncIterable<readonly TokenVersionChange[]> {
      let batch: TokenVersionChange[] = [];
      for await (const document of changes
        .find({ createdAt: { $lt: options.createdBefore } })
        .sort({ applied: 1, createdAt: 1 })
        .batchSize(options.size)) {
        batch.push(toChange(document));
        if (batch.length < options.size) continue;
        yield batch;
        batch = [];
      }
      if (batch.length > 0) yield batch;
    },
    async markApplied(id: string): Promise<void> {
      await changes.updateOne({ _id: id }, { $set: { applied: true } });
    },
    async removeApplied(createdBefore: Date): Promise<void> {
      await changes.deleteMany({ applied: true, createdAt: { $lt: createdBefore } });
    },
  };
}
export type TokenVersionChanges = ReturnType<typeof createTokenVersionChanges>;
