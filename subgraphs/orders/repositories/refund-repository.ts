import type { ClientSession, Db } from 'mongodb';
import type { Refund } from '../domain/refund.ts';

type RefundDocument = Omit<Refund, 'id'> & { readonly _id: string; readonly nextAttemptAt: Date };

/** Documents of before these fields were kept lack them. */
const LATER_FIELDS = { refusals: 0, returned: false } as const satisfies Partial<Refund>;
const toRefund = ({ _id, nextAttemptAt: _next, ...rest }: RefundDocument): Refund => ({ id: _id, ...LATER_FIELDS, ...rest });

const BACKOFF_MAX_SECONDS = 300;

export function createRefundRepository(deps: { db: Db }) {
  const refunds = deps.db.collection<RefundDocument>('refunds');
  return {
    async ensureIndexes(): Promise<void> {
      await refunds.createIndex({ status: 1, nextAttemptAt: 1 });
      await refunds.createIndex({ orderId: 1 });
    },
    async find(id: string): Promise<Refund | null> {
      const found = await refunds.findOne({ _id: id });
      return found && toRefund(found);
    },
    async insert(session: ClientSession, refund: Refund): Promise<void> {
      const { id, ...rest } = refund;
      await refunds.insertOne({ _id: id, ...rest, nextAttemptAt: refund.createdAt }, { session });
    },
    /** False when it was ended before. */
    async end(session: ClientSession | null, id: string, status: 'SETTLED' | 'FAILED'): Promise<boolean> {
      const result = await refunds.updateOne({ _id: id, status: 'PENDING' }, { $set: { status } }, session ? { session } : {});
      return result.matchedCount === 1;
    },
    /** It came back. Of two who hear of it at once, one opens it, under a key that was not used yet. */
    async reopen(refund: Refund, now: Date): Promise<void> {
      await refunds.updateOne(
        { _id: refund.id, status: 'SETTLED', attempts: refund.attempts },
        { $set: { status: 'PENDING', owed: true, returned: true, nextAttemptAt: now }, $inc: { attempts: 1, refusals: 1 } },
      );
    },
    /** Asked again later, the longer the more often it failed. Of two who have asked at once, the first one's answer counts. */
    async postpone(refund: Refund, now: Date, isRefused: boolean): Promise<void> {
      const seconds = Math.min(2 ** Math.min(refund.attempts, 10), BACKOFF_MAX_SECONDS);
      await refunds.updateOne(
        { _id: refund.id, status: 'PENDING', attempts: refund.attempts },
        { $set: { nextAttemptAt: new Date(now.getTime() + seconds * 1_000) }, $inc: { attempts: 1, refusals: isRefused ? 1 : 0 } },
      );
    },
    /** Those whose next try is far off, too. */
    async allPendingSince(before: Date, limit: number): Promise<readonly Refund[]> {
      return (
        await refunds
          .find({ status: 'PENDING', createdAt: { $lte: before } })
          .limit(limit)
          .toArray()
      ).map(toRefund);
    },
    async pendingSince(before: Date, now: Date, limit: number): Promise<readonly Refund[]> {
      return (
        await refunds
          .find({ status: 'PENDING', createdAt: { $lte: before }, nextAttemptAt: { $lte: now } })
          .sort({ nextAttemptAt: 1 })
          .limit(limit)
          .toArray()
      ).map(toRefund);
    },
  };
}
export type RefundRepository = ReturnType<typeof createRefundRepository>;
