import type { Db } from 'mongodb';
import type { DomainEvent } from '../../../kit/runtime/bus.ts';
import type { Inbox } from '../../../kit/runtime/inbox.ts';
import type { Purchase } from '../domain/taste.ts';

type PurchaseDocument = Omit<Purchase, 'orderId'> & { _id: string };

const CONSUMER = 'events-purchases';

/** Who bought what, as the orders subgraph told it: the ground of recommendations, nothing else. */
export function createPurchaseRepository(deps: { db: Db; inbox: Inbox }) {
  const purchases = deps.db.collection<PurchaseDocument>('purchases');
  return {
    async ensureIndexes(): Promise<void> {
      await purchases.createIndex({ userId: 1, confirmedAt: -1 });
      await purchases.createIndex({ confirmedAt: 1 });
    },

    /**
     * A sale, or a refund of some of its tickets. Acts once per domain event, in whatever order they come: of an order there are only ever fewer tickets
     * left.
     */
    async recordOnce(event: DomainEvent, { orderId, ticketsLeft, ...purchase }: Purchase): Promise<void> {
      await deps.inbox.once(CONSUMER, event, async (session) => {
        await purchases.updateOne({ _id: orderId }, { $min: { ticketsLeft }, $setOnInsert: purchase }, { session, upsert: true });
      });
    },

    /** Newest first, without refunded ones. */
    async listOfUser(userId: string, limit: number): Promise<readonly Pick<Purchase, 'eventId' | 'confirmedAt'>[]> {
      const found = purchases
        .find({ userId, ticketsLeft: { $gt: 0 } }, { projection: { _id: 0, eventId: 1, confirmedAt: 1 } })
        .sort({ confirmedAt: -1 })
        .limit(limit);
      return (await found.toArray()).map(({ eventId, confirmedAt }) => ({ eventId, confirmedAt }));
    },

    /** Ids of the events with most tickets sold since then, best first. */
    async bestSellers(since: Date, limit: number): Promise<readonly string[]> {
      const found = purchases.aggregate<{ _id: string }>([
        { $match: { confirmedAt: { $gte: since }, ticketsLeft: { $gt: 0 } } },
        { $group: { _id: '$eventId', tickets: { $sum: '$ticketsLeft' } } },
        { $sort: { tickets: -1, _id: 1 } },
        { $limit: limit },
      ]);
      return (await found.toArray()).map(({ _id }) => _id);
    },
  };
}
export type PurchaseRepository = ReturnType<typeof createPurchaseRepository>;
