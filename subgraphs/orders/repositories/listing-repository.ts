import type { ClientSession, Db } from 'mongodb';
import { isDuplicateKey } from '../../../kit/runtime/mongo.ts';
import type { Listing, ListingStatus } from '../domain/listing.ts';

type ListingDocument = {
  _id: string;
  organizerId: string;
  status: ListingStatus;
  deleted: boolean;
  title: string;
  startsAt: Date;
  timeZone: string;
  version: number;
  /** When it was first seen as cancelled or deleted; its orders are refunded from then on. */
  closedAt: Date | null;
  /** Set when every order of a closed listing was found refunded, by a pass begun long enough after it was closed. */
  refundsDoneAt: Date | null;
  /** When a closed listing was last looked at for refunds; null before the first time. */
  refundPassAt: Date | null;
};

const toListing = ({ _id, organizerId, status, deleted, title, startsAt, timeZone, version }: ListingDocument): Listing => ({
  eventId: _id,
  organizerId,
  status,
  deleted,
  title,
  startsAt,
  timeZone,
  version,
});

export function createListingRepository(deps: { db: Db }) {
  const listings = deps.db.collection<ListingDocument>('listings');
  return {
    async ensureIndexes(): Promise<void> {
      await listings.createIndex({ closedAt: 1 }, { partialFilterExpression: { refundsDoneAt: null } });
    },
    async find(eventId: string, session?: ClientSession): Promise<Listing | null> {
      const found = await listings.findOne({ _id: eventId }, session ? { session } : {});
      return found && toListing(found);
    },
    async findMany(eventIds: readonly string[]): Promise<readonly Listing[]> {
      return (await listings.find({ _id: { $in: [...eventIds] } }).toArray()).map(toListing);
    },
    /** Applied only if newer than what is known; false when it was not. Redelivered and overtaken events change nothing. */
    async apply(listing: Listing, now: Date): Promise<boolean> {
      const { eventId, ...fields } = listing;
      const closed = listing.deleted || listing.status === 'CANCELLED';
      const known = await listings.findOne({ _id: eventId });
      // Asked for, a deleted event looks like a cancelled one of the same version; only the domain event says which.
      const saysDeleted = listing.deleted && known?.deleted === false;
      if (known && (known.version > listing.version || (known.version === listing.version && !saysDeleted))) return false;
      const closedAt = closed ? (known?.closedAt ?? now) : null;
      const fieldsToSet = { ...fields, closedAt, refundsDoneAt: known?.refundsDoneAt ?? null, refundPassAt: known?.refundPassAt ?? null };
      if (known) {
        const result = await listings.updateOne({ _id: eventId, version: known.version, deleted: known.deleted }, { $set: fieldsToSet });
        return result.matchedCount === 1 || this.apply(listing, now);
      }
      try {
        await listings.insertOne({ _id: eventId, ...fieldsToSet });
        return true;
      } catch (error) {
        // Another process was first, perhaps with an older version: look again.
        if (isDuplicateKey(error)) return this.apply(listing, now);
        throw error;
      }
    },
    /** Closed ones whose orders may still need refunding, the longest not looked at first: one that cannot be finished hides no other. */
    async closedWithoutRefundsDone(limit: number): Promise<readonly (Listing & { closedAt: Date })[]> {
      const found = await listings
        .find({ closedAt: { $ne: null }, refundsDoneAt: null })
        .sort({ refundPassAt: 1, closedAt: 1 })
        .limit(limit)
        .toArray();
      return found.flatMap((document) => (document.closedAt === null ? [] : [{ ...toListing(document), closedAt: document.closedAt }]));
    },
    async markRefundPass(eventId: string, at: Date): Promise<void> {
      await listings.updateOne({ _id: eventId }, { $set: { refundPassAt: at } });
    },
    async refundsAreDone(eventId: string): Promise<boolean> {
      return (await listings.countDocuments({ _id: eventId, refundsDoneAt: { $ne: null } }, { limit: 1 })) > 0;
    },
    async markRefundsDone(eventId: string, at: Date): Promise<void> {
      await listings.updateOne({ _id: eventId, closedAt: { $ne: null } }, { $set: { refundsDoneAt: at } });
    },
  };
}
export type ListingRepository = ReturnType<typeof createListingRepository>;
