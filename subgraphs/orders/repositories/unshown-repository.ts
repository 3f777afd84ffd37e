import { z } from 'zod';
import type { OutboxDocument } from '../../../kit/runtime/outbox.ts';
import type { Collection } from 'mongodb';
import type { EndedHold } from './seat-map-store.ts';

/** A committed change that the live map may not show yet. */
export type UnshownChange =
  | {
      readonly kind: 'seats';
      readonly rowId: string;
      readonly eventId: string;
      readonly seatIds: readonly string[];
      /** The hold that the sale has used up; null where nothing was sold. */
      readonly consumed: EndedHold | null;
    }
  | { readonly kind: 'plan'; readonly rowId: string; readonly eventId: string };

const planSchema = z.object({ eventId: z.string() });
const dataSchema = z.object({ eventId: z.string(), seatIds: z.array(z.string()), holdId: z.string(), userId: z.string() });

function toChange(row: OutboxDocument): UnshownChange {
  if (row.type === 'seating.configured') return { kind: 'plan', rowId: row._id, ...planSchema.parse(row.data) };
  const { holdId, userId, ...seats } = dataSchema.parse(row.data);
  return { kind: 'seats', rowId: row._id, ...seats, consumed: row.type === 'order.confirmed' ? { holdId, userId, as: 'CONSUMED' } : null };
}

/** The outbox rows of orders, read for the seat map instead of the bus. */
export function createUnshownRepository(deps: { rows: Collection<OutboxDocument> }) {
  return {
    /** Of an order, or of an event's plan. */
    async ofAggregate(aggregateId: string): Promise<readonly UnshownChange[]> {
      return (await deps.rows.find({ aggregateId, shown: false }).toArray()).map(toChange);
    },
    async since(before: Date, limit: number): Promise<readonly UnshownChange[]> {
      return (
        await deps.rows
          .find({ shown: false, occurredAt: { $lte: before } })
          .sort({ occurredAt: 1 })
          .limit(limit)
          .toArray()
      ).map(toChange);
    },
    async markShown(rowIds: readonly string[]): Promise<void> {
      await deps.rows.updateMany({ _id: { $in: [...rowIds] } }, { $set: { shown: true } });
    },
  };
}
export type UnshownRepository = ReturnType<typeof createUnshownRepository>;
