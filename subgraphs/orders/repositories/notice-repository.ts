import type { Db } from 'mongodb';

/** Longer than Stripe delivers an event again (three days). */
const KEPT_DAYS = 8;

/** Which of the payment provider's notices have been followed. It spares work; what makes following one twice harmless is the compare-and-set. */
export function createNoticeRepository(deps: { db: Db }) {
  const notices = deps.db.collection<{ _id: string; followedAt: Date }>('payment_notices');
  return {
    async ensureIndexes(): Promise<void> {
      await notices.createIndex({ followedAt: 1 }, { expireAfterSeconds: KEPT_DAYS * 86_400 });
    },
    async has(id: string): Promise<boolean> {
      return (await notices.findOne({ _id: id })) !== null;
    },
    async add(id: string, now: Date): Promise<void> {
      await notices.updateOne({ _id: id }, { $setOnInsert: { followedAt: now } }, { upsert: true });
    },
  };
}
export type NoticeRepository = ReturnType<typeof createNoticeRepository>;
