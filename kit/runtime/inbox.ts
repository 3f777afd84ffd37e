import type { ClientSession, Db, MongoClient } from 'mongodb';
import type { Clock } from '../values/clock.ts';
import type { DomainEvent } from './bus.ts';
import { isDuplicateKey } from './mongo.ts';
import { inTransaction } from './transaction.ts';

class AlreadyConsumed extends Error {}

type InboxDocument = { _id: string; receivedAt: Date };

/** One day longer than the outbox keeps its rows, so that nothing sent again is taken for new. */
const KEPT_DAYS = 8;

/** Makes a delivery act once: the event's id and what it causes are written in one transaction. */
export function createInbox(deps: { client: MongoClient; db: Db; clock: Clock }) {
  const inbox = deps.db.collection<InboxDocument>('inbox');
  return {
    async ensureIndexes(): Promise<void> {
      await inbox.createIndex({ receivedAt: 1 }, { expireAfterSeconds: KEPT_DAYS * 86_400 });
    },
    /** False when the event was consumed before. `apply` may run more than once (transactions are tried again), and must only write through `session`. */
    async once(consumer: string, event: DomainEvent, apply: (session: ClientSession) => Promise<void>): Promise<boolean> {
      try {
        await inTransaction(deps.client, async (session) => {
          try {
            await inbox.insertOne({ _id: `${consumer}:${event.id}`, receivedAt: deps.clock.now() }, { session });
          } catch (error) {
            // Told apart from a duplicate key inside `apply`, which is not ours to swallow.
            throw isDuplicateKey(error) ? new AlreadyConsumed() : error;
          }
          await apply(session);
        });
        return true;
      } catch (error) {
        if (error instanceof AlreadyConsumed) return false;
        throw error;
      }
    },
  };
}
export type Inbox = ReturnType<typeof createInbox>;
