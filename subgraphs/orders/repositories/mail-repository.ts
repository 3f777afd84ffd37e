import type { Db } from 'mongodb';
import { isDuplicateKey } from '../../../kit/runtime/mongo.ts';
import type { Money } from '../../../kit/values/money.ts';

/** A mail that is due because of a domain event, whose id it has: a redelivered event is the same mail. */
export type DueMail = { readonly id: string; readonly orderId: string } & (
  | { readonly kind: 'TICKETS' }
  | { readonly kind: 'REFUND'; readonly amount: Money; readonly ticketCount: number }
);

/** NOT_NEEDED: there was nobody to write to, or nothing to say, by the time it was written. */
export type MailEnd = 'SENT' | 'NOT_NEEDED' | 'GIVEN_UP';
/** `attempts` counts the takes, and so names whose it is: another process has taken it over where it is higher. */
export type TakenMail = DueMail & { readonly attempts: number };

type MailDocument = {
  _id: string;
  due: DueMail;
  state: 'DUE' | MailEnd;
  attempts: number;
  /** Also how long whoever took it has before another takes it over. */
  nextAttemptAt: Date;
  endedAt: Date | null;
};

const KEPT_DAYS = 30;
export const TAKEN_FOR_MS = 60_000;
const BACKOFF_MAX_MS = 3_600_000;
const ATTEMPTS_MAX = 40;

export function createMailRepository(deps: { db: Db }) {
  const mails = deps.db.collection<MailDocument>('mails');
  return {
    async ensureIndexes(): Promise<void> {
      await mails.createIndex({ state: 1, nextAttemptAt: 1 });
      await mails.createIndex({ endedAt: 1 }, { expireAfterSeconds: KEPT_DAYS * 86_400 });
    },
    async add(due: DueMail, now: Date): Promise<void> {
      try {
        await mails.insertOne({ _id: due.id, due, state: 'DUE', attempts: 0, nextAttemptAt: now, endedAt: null });
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
      }
    },
    /** Takes the next one for a minute; null when none is due. */
    async take(now: Date): Promise<TakenMail | null> {
      const found = await mails.findOneAndUpdate(
        { state: 'DUE', nextAttemptAt: { $lte: now } },
        { $set: { nextAttemptAt: new Date(now.getTime() + TAKEN_FOR_MS) }, $inc: { attempts: 1 } },
        { sort: { nextAttemptAt: 1 }, returnDocument: 'after' },
      );
      return found && { ...found.due, attempts: found.attempts };
    },
    /** For another minute: it is still being sent. */
    async keep({ id, attempts }: TakenMail, now: Date): Promise<void> {
      await mails.updateOne({ _id: id, state: 'DUE', attempts }, { $set: { nextAttemptAt: new Date(now.getTime() + TAKEN_FOR_MS) } });
    },
    /** Sent is sent, whoever has it by now; to give it up is for whoever has it. */
    async end({ id, attempts }: TakenMail, state: MailEnd, now: Date): Promise<void> {
      const whose = state === 'SENT' ? {} : { attempts };
      await mails.updateOne({ _id: id, state: 'DUE', ...whose }, { $set: { state, endedAt: now } });
    },
    /** Tried again the later the more often it failed; false when it has failed too often. */
    async postpone({ id, attempts }: TakenMail, now: Date): Promise<boolean> {
      if (attempts >= ATTEMPTS_MAX) return false;
      const pause = Math.min(1_000 * 2 ** attempts, BACKOFF_MAX_MS);
      await mails.updateOne({ _id: id, state: 'DUE', attempts }, { $set: { nextAttemptAt: new Date(now.getTime() + pause) } });
      return true;
    },
  };
}
export type MailRepository = ReturnType<typeof createMailRepository>;
