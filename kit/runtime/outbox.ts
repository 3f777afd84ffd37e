import type { ClientSession, Collection, Db, Filter } from 'mongodb';
import type { Clock } from '../values/clock.ts';
import { newId } from '../values/ids.ts';
import type { DomainEventBus } from './bus.ts';
import { MarkMoved } from './bus.ts';
import type { LeaseDocument } from './lease.ts';
import { createLease } from './lease.ts';
import type { Logger } from './logger.ts';
import { runPeriodically } from './periodic.ts';

export type OutboxDocument = {
  _id: string;
  type: string;
  aggregateId: string;
  version: number;
  occurredAt: Date;
  data: Record<string, unknown>;
  /** Whether the seat map shows it already (orders); true from the start where nothing is shown. */
  shown: boolean;
  sent: boolean;
  /** When it was first sent: from then on it is kept for 7 days. */
  sentAt: Date | null;
  /** Given when it is first sent; the bus keeps the highest one it took. */
  number: number | null;
};

export type NewDomainEvent = {
  readonly type: string;
  readonly aggregateId: string;
  readonly version: number;
  readonly data: Record<string, unknown>;
  readonly shown?: boolean;
  /** Deterministic where the transaction may be run again by a retry; else a new one. */
  readonly id?: string;
};

const KEPT_MS = 7 * 86_400_000;

/** Facts to be told, written in the same transaction as the change they tell of: neither can exist without the other. */
export function createOutbox(deps: { db: Db; clock: Clock }) {
  const rows = deps.db.collection<OutboxDocument>('outbox');
  return {
    rows,
    async ensureIndexes(): Promise<void> {
      await rows.createIndex({ sent: 1, aggregateId: 1, version: 1 });
      await rows.createIndex({ shown: 1, occurredAt: 1 });
      await rows.createIndex({ number: 1 });
      // What was never sent has no date here, and what was never shown is not in the index: neither may expire.
      await rows.createIndex({ sentAt: 1 }, { expireAfterSeconds: KEPT_MS / 1_000, partialFilterExpression: { shown: true } });
    },
    /** Returns the row's id. `session` is the transaction of the change. */
    async append(session: ClientSession, event: NewDomainEvent): Promise<string> {
      const _id = event.id ?? newId('evt');
      await rows.insertOne(
        {
          _id,
          type: event.type,
          aggregateId: event.aggregateId,
          version: event.version,
          occurredAt: deps.clock.now(),
          data: event.data,
          shown: event.shown ?? true,
          sent: false,
          sentAt: null,
          number: null,
        },
        { session },
      );
      return _id;
    },
  };
}
export type Outbox = ReturnType<typeof createOutbox>;

const RELAY_BATCH = 200;
const MARK_TRIES = 3;
const LEASE_MS = 10_000;

/**
 * Sends what is in the outbox and not yet on the bus, at least once, in order of each aggregate's version. One process at a time does so (a lease);
 * should two overlap, an event is sent twice and consumers drop the second. Every run compares the bus's mark with the highest number sent: lower or
 * gone means that the bus lost events, and those are sent again.
 */
export function createOutboxRelay(deps: {
  db: Db;
  rows: Collection<OutboxDocument>;
  bus: DomainEventBus;
  clock: Clock;
  logger: Logger;
  everyMilliseconds?: number;
}) {
  const source = deps.db.databaseName;
  const lease = createLease({
    leases: deps.db.collection<LeaseDocument>('leases'),
    name: 'outbox-relay',
    lifeMilliseconds: LEASE_MS,
    clock: deps.clock,
  });

  /** Answers the mark as it is afterwards. */
  async function send(row: OutboxDocument, number: number, believed: number | null): Promise<number> {
    if (row.number !== number) {
      // The number is stored before sending: a relay that dies in between finds a number above the mark and sends the row again.
      // Only over the number that was read: a relay that slept meanwhile would put a lower one over that under which another has sent it.
      const { matchedCount } = await deps.rows.updateOne({ _id: row._id, number: row.number }, { $set: { number } });
      if (matchedCount === 0) throw new MarkMoved('Another relay is sending this event.');
    }
    const event = {
      id: row._id,
      type: row.type,
      aggregateId: row.aggregateId,
      version: row.version,
      occurredAt: row.occurredAt,
      data: row.data,
    };
    await deps.bus.publish(source, number, event, believed);
    await deps.rows.updateOne({ _id: row._id }, { $set: { sent: true, sentAt: row.sentAt ?? deps.clock.now() } });
    return Math.max(number, believed ?? 0);
  }

  /** Beyond this time consumers have forgotten what they consumed, and would take it for new. */
  const stillKnown = (): Filter<OutboxDocument> => ({
    $or: [{ sentAt: null }, { sentAt: { $gt: new Date(deps.clock.now().getTime() - KEPT_MS) } }],
  });

  async function highestNumber(): Promise<number> {
    const last = await deps.rows
      .find({ ...stillKnown(), number: { $gt: 0 } })
      .sort({ number: -1 })
      .limit(1)
      .next();
    return last?.number ?? 0;
  }

  /** Answers the mark as it is afterwards; null when the lease was lost on the way. */
  async function sendAgain(found: number | null): Promise<{ mark: number | null } | null> {
    let mark = found;
    let sent = 0;
    const lost = deps.rows.find({ ...stillKnown(), number: { $gt: found ?? 0 } }).sort({ number: 1 });
    for await (const row of lost) {
      if (row.number === null) continue;
      mark = await send(row, row.number, mark);
      sent += 1;
      if (sent % RELAY_BATCH === 0 && !(await lease.acquire())) return null;
    }
    return { mark };
  }

  async function runOnce(): Promise<void> {
    if (!(await lease.acquire())) return;
    const highest = await highestNumber();
    let mark = await deps.bus.mark(source);
    if ((mark ?? 0) < highest) {
      deps.logger.warn({ mark, highest }, 'the bus lost events; sending them again');
      const again = await sendAgain(mark);
      if (!again) return;
      mark = again.mark;
    }
    // Above the mark, which may be higher than any row that is left: a number below it could be lost without a trace.
    let next = Math.max(highest, mark ?? 0) + 1;
    for (;;) {
      const batch = await deps.rows.find({ sent: false }).sort({ aggregateId: 1, version: 1 }).limit(RELAY_BATCH).toArray();
      for (const row of batch) {
        mark = await send(row, next, mark);
        next += 1;
      }
      if (batch.length < RELAY_BATCH || !(await lease.acquire())) return;
    }
  }

  /** A mark that moved under the relay is no failure: the next look finds out what is missing. */
  async function run(): Promise<void> {
    for (let tries = 0; tries < MARK_TRIES; tries += 1) {
      try {
        return await runOnce();
      } catch (error) {
        if (!(error instanceof MarkMoved)) throw error;
      }
    }
  }

  const loop = runPeriodically({
    name: 'outbox-relay',
    everyMilliseconds: deps.everyMilliseconds ?? 250,
    logger: deps.logger,
    task: run,
  });
  return {
    /** Called after a commit, so that the event goes out now and not with the next round. */
    trigger: loop.trigger,
    close: async (): Promise<void> => {
      await loop.close();
      await lease.release().catch(() => undefined);
    },
  };
}
export type OutboxRelay = ReturnType<typeof createOutboxRelay>;
