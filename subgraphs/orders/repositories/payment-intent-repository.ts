import type { ClientSession, Db, Filter, UpdateFilter } from 'mongodb';
import { isDuplicateKey } from '../../../kit/runtime/mongo.ts';
import type { PaymentIntent, PaymentIntentStatus } from '../domain/payment-intent.ts';
import { canBecome } from '../domain/payment-intent.ts';

export type PaymentIntentDocument = Omit<PaymentIntent, 'id'> & {
  readonly _id: string;
  /** Never cancelled: at most one such per hold. */
  readonly open: boolean;
};

/** Documents of before these fields were kept lack them. */
const LATER_FIELDS = { paymentMethod: null, nextAction: null, cancelDue: false } as const satisfies Partial<PaymentIntent>;
const toIntent = ({ _id, open: _open, ...rest }: PaymentIntentDocument): PaymentIntent => ({ id: _id, ...LATER_FIELDS, ...rest });

const READ_BATCH = 500;

export type PaymentIntentChange = Partial<
  Pick<
    PaymentIntent,
    | 'status'
    | 'attempt'
    | 'orderId'
    | 'holdEndsAtLatest'
    | 'holdMissingSince'
    | 'providerIntentId'
    | 'clientSecret'
    | 'paymentMethod'
    | 'nextAction'
    | 'cancelDue'
  >
>;

export function createPaymentIntentRepository(deps: { db: Db }) {
  const intents = deps.db.collection<PaymentIntentDocument>('payment_intents');

  return {
    async ensureIndexes(): Promise<void> {
      await intents.createIndex({ holdId: 1 }, { unique: true, partialFilterExpression: { open: true }, name: 'one_open_per_hold' });
      await intents.createIndex({ status: 1, orderId: 1, updatedAt: 1 });
      await intents.createIndex({ cancelDue: 1 }, { partialFilterExpression: { cancelDue: true }, name: 'cancel_due' });
    },
    async find(id: string): Promise<PaymentIntent | null> {
      const found = await intents.findOne({ _id: id });
      return found && toIntent(found);
    },
    async findMany(ids: readonly string[], session?: ClientSession): Promise<ReadonlyMap<string, PaymentIntent>> {
      const found = await intents.find({ _id: { $in: [...ids] } }, session ? { session } : {}).toArray();
      return new Map(found.map((document) => [document._id, toIntent(document)]));
    },
    /** The latest changed that the provider must know. */
    async changedSince(since: Date, limit: number): Promise<readonly PaymentIntent[]> {
      const statuses: PaymentIntentStatus[] = ['REQUIRES_CAPTURE', 'SUCCEEDED', 'CANCELLED', 'REFUND_PENDING', 'REFUNDED'];
      return (
        await intents
          .find({ status: { $in: statuses }, updatedAt: { $gte: since } })
          .sort({ updatedAt: -1 })
          .limit(limit)
          .toArray()
      ).map(toIntent);
    },
    /** Money taken or promised for no order, whose hold cannot live any more. */
    async takenWithoutOrder(before: Date, limit: number): Promise<readonly PaymentIntent[]> {
      const statuses: PaymentIntentStatus[] = ['PROCESSING', 'REQUIRES_CAPTURE', 'SUCCEEDED'];
      return (
        await intents
          .find({ status: { $in: statuses }, orderId: null, holdEndsAtLatest: { $lte: before } })
          .limit(limit)
          .toArray()
      ).map(toIntent);
    },
    /** The one not cancelled of each hold. */
    async openOfHolds(holdIds: readonly string[]): Promise<ReadonlyMap<string, PaymentIntent>> {
      const found = await intents.find({ holdId: { $in: [...holdIds] }, open: true }).toArray();
      return new Map(found.map((document) => [document.holdId, toIntent(document)]));
    },
    /** False when the hold has one already. */
    async insert(intent: PaymentIntent): Promise<boolean> {
      const { id, ...rest } = intent;
      try {
        await intents.insertOne({ _id: id, ...rest, open: intent.status !== 'CANCELLED' });
        return true;
      } catch (error) {
        if (isDuplicateKey(error)) return false;
        throw error;
      }
    },
    /**
     * Compare-and-set on the version that was read; null when someone else was faster. Refuses a transition that the table of states lacks.
     * With `session` it is part of that transaction.
     */
    async change(read: PaymentIntent, change: PaymentIntentChange, now: Date, session?: ClientSession): Promise<PaymentIntent | null> {
      if (change.status !== undefined && change.status !== read.status && !canBecome(read.status, change.status))
        throw new Error(`A payment intent cannot go from ${read.status} to ${change.status}.`);
      const acted = change.status !== undefined && change.status !== 'REQUIRES_ACTION' ? { nextAction: null } : {};
      const set = { ...acted, ...change, version: read.version + 1, updatedAt: now };
      const next: PaymentIntent = { ...read, ...set };
      const filter: Filter<PaymentIntentDocument> = { _id: read.id, version: read.version };
      // Closed for good: its hold may have another intent by the time this one's money turns out to have been taken.
      const update: UpdateFilter<PaymentIntentDocument> = { $set: next.status === 'CANCELLED' ? { ...set, open: false } : set };
      const result = await intents.updateOne(filter, update, session ? { session } : {});
      return result.matchedCount === 1 ? next : null;
    },
    /** Cancelled here, and perhaps not yet at the provider; not touched since `before`. */
    async cancelDueSince(before: Date, limit: number): Promise<readonly PaymentIntent[]> {
      return (
        await intents
          .find({ cancelDue: true, status: 'CANCELLED', updatedAt: { $lte: before } })
          .sort({ updatedAt: 1 })
          .limit(limit)
          .toArray()
      ).map(toIntent);
    },
    /** At the provider and without an order, not touched since `before`; the oldest first. */
    async *unboundSince(before: Date): AsyncIterable<PaymentIntent> {
      const statuses: PaymentIntentStatus[] = ['REQUIRES_CONFIRMATION', 'REQUIRES_ACTION', 'PROCESSING', 'REQUIRES_CAPTURE', 'SUCCEEDED'];
      for await (const document of intents
        .find({ status: { $in: statuses }, orderId: null, updatedAt: { $lte: before } })
        .sort({ updatedAt: 1 })
        .batchSize(READ_BATCH))
        yield toIntent(document);
    },
  };
}
export type PaymentIntentRepository = ReturnType<typeof createPaymentIntentRepository>;
