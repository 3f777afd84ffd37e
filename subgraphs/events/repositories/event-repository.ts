import type { ClientSession, Db, Filter, MongoClient } from 'mongodb';
import type { Outbox } from '../../../kit/runtime/outbox.ts';
import { inTransaction } from '../../../kit/runtime/transaction.ts';
import type { EventChangeType } from '../domain/changes.ts';
import type { Event } from '../domain/event.ts';
import { publicState } from '../domain/event.ts';
import type { Place, StoredSort, StructuredFilter } from '../domain/event-list.ts';
import { SORT_DIRECTION } from '../domain/event-list.ts';

type EventDocument = Omit<Event, 'id' | 'tags'> & { _id: string; tags: string[] };

const toEvent = ({ _id, ...rest }: EventDocument): Event => ({ id: _id, ...rest });
const toDocument = ({ id, ...rest }: Event): EventDocument => ({ _id: id, ...rest, tags: [...rest.tags] });

const SORT_FIELD = { STARTS_AT_ASC: 'startsAt', STARTS_AT_DESC: 'startsAt', NEWEST: 'createdAt' } as const satisfies Record<
  StoredSort,
  keyof EventDocument
>;
const READ_BATCH = 500;

export function createEventRepository(deps: { client: MongoClient; db: Db; outbox: Outbox }) {
  const events = deps.db.collection<EventDocument>('events');

  async function tell(session: ClientSession, type: EventChangeType, event: Event): Promise<void> {
    await deps.outbox.append(session, { type, aggregateId: event.id, version: event.version, data: publicState(event) });
  }

  return {
    async ensureIndexes(): Promise<void> {
      await events.createIndex({ status: 1, startsAt: 1, _id: 1 });
      await events.createIndex({ status: 1, createdAt: 1, _id: 1 });
      await events.createIndex({ organizerId: 1, startsAt: 1, _id: 1 });
      await events.createIndex({ tags: 1, startsAt: 1, _id: 1 });
      await events.createIndex({ updatedAt: 1 });
    },

    async findById(id: string): Promise<Event | null> {
      const found = await events.findOne({ _id: id });
      return found && toEvent(found);
    },

    /** Deleted ones too; in no particular order. */
    async findByIds(ids: readonly string[]): Promise<readonly Event[]> {
      return ids.length === 0 ? [] : (await events.find({ _id: { $in: [...ids] } }).toArray()).map(toEvent);
    },

    async insert(event: Event): Promise<void> {
      await inTransaction(deps.client, async (session) => {
        await events.insertOne(toDocument(event), { session });
        await tell(session, 'event.created', event);
      });
    },

    /** Compare-and-set: false, and nothing written, when the event has moved on from `previous`. */
    async replace(previous: Event, next: Event, type: EventChangeType): Promise<boolean> {
      return inTransaction(deps.client, async (session) => {
        const { _id, ...fields } = toDocument(next);
        const result = await events.updateOne({ _id, version: previous.version, deleted: false }, { $set: fields }, { session });
        if (result.matchedCount === 0) return false;
        await tell(session, type, next);
        return true;
      });
    },

    /** In the order of `sort`, starting behind `after`. A status asked for is never that of a deleted event. */
    async list(options: { filter: StructuredFilter; sort: StoredSort; after: Place | null; limit: number }): Promise<readonly Event[]> {
      const { filter, after } = options;
      const field = SORT_FIELD[options.sort];
      const direction = SORT_DIRECTION[options.sort];
      const beyond = direction === 1 ? '$gt' : '$lt';
      const place = new Date(after?.key ?? 0);
      const conditions: Filter<EventDocument>[] = [
        { status: filter.statuses.length === 1 && filter.statuses[0] ? filter.statuses[0] : { $in: [...filter.statuses] } },
        ...(filter.organizerId === null ? [] : [{ organizerId: filter.organizerId }]),
        ...(filter.tags.length === 0 ? [] : [{ tags: { $all: [...filter.tags] } }]),
        ...(filter.startsAfter === null ? [] : [{ startsAt: { $gte: filter.startsAfter } }]),
        ...(filter.startsBefore === null ? [] : [{ startsAt: { $lt: filter.startsBefore } }]),
        // The first condition bounds the index scan; the second one alone would be two scans.
        ...(after === null
          ? []
          : [
              { [field]: { [direction === 1 ? '$gte' : '$lte']: place } },
              { $or: [{ [field]: { [beyond]: place } }, { _id: { [beyond]: after.id } }] },
            ]),
      ];
      const found = events
        .find({ $and: conditions })
        .sort({ [field]: direction, _id: direction })
        .limit(options.limit);
      return (await found.toArray()).map(toEvent);
    },

    /** Everything that changed at or after `since`, deleted events too. */
    async *changedSince(since: Date): AsyncIterable<Event> {
      for await (const document of events
        .find({ updatedAt: { $gte: since } })
        .sort({ updatedAt: 1 })
        .batchSize(READ_BATCH))
        yield toEvent(document);
    },
  };
}
export type EventRepository = ReturnType<typeof createEventRepository>;
