import { isA, isDoc, type Doc } from './bson/value.ts';
import { toInteger } from './bson/number.ts';
import { CommandError, TRANSIENT } from './errors.ts';
import type { RetryEntry } from './record.ts';
import type { Soon } from './soon.ts';
import type { Engine } from './store/engine.ts';
import type { Transaction } from './store/mvcc.ts';

export const TRANSACTION_LIFETIME_MS = 60_000;
/** As `logicalSessionTimeoutMinutes` of hello: then the session's retry table goes too. */
export const SESSION_TIMEOUT_MINUTES = 30;

interface OpenTransaction {
  kind: 'open';
  transaction: Transaction;
  expiresAt: number;
  durable: boolean;
}

type TransactionState = { kind: 'none' } | OpenTransaction | { kind: 'committed' } | { kind: 'aborted' };

export interface Session {
  readonly id: string;
  number: number;
  state: TransactionState;
  /** Replies of retryable statements under the current number. */
  replies: Map<number, Doc>;
  lastUsedAt: number;
  /** The command that has the session; the next one waits for it. */
  busy: Promise<void> | undefined;
}

/** How a command stands to its session. */
export interface SessionUse {
  session: Session | undefined;
  transaction: Transaction | undefined;
  /** Set for a retryable write: its statements are looked up and remembered. */
  retryNumber: number | undefined;
}

export function createSessions(engine: Engine, now: () => number) {
  const sessions = new Map<string, Session>();

  function at(id: string): Session {
    let session = sessions.get(id);
    if (!session) {
      session = { id, number: -1, state: { kind: 'none' }, replies: new Map(), lastUsedAt: now(), busy: undefined };
      sessions.set(id, session);
    }
    session.lastUsedAt = now();
    return session;
  }

  function abortOpen(session: Session): void {
    if (session.state.kind !== 'open') return;
    engine.abort(session.state.transaction);
    session.state = { kind: 'aborted' };
  }

  function advance(session: Session, number: number): void {
    if (number < session.number) {
      throw new CommandError(
        'TransactionTooOld',
        `Cannot start transaction ${number} on session ${session.id} because a newer transaction ${session.number} has already started.`,
      );
    }
    if (number === session.number) return;
    abortOpen(session);
    session.number = number;
    session.state = { kind: 'none' };
    session.replies = new Map();
  }

  function startTransaction(session: Session, number: number): Transaction {
    if (number === session.number && session.state.kind !== 'none') {
      throw new CommandError('ConflictingOperationInProgress', `Cannot start transaction at a number already used: ${number}`);
    }
    advance(session, number);
    const transaction = engine.begin();
    session.state = { kind: 'open', transaction, expiresAt: now() + TRANSACTION_LIFETIME_MS, durable: false };
    return transaction;
  }

  function openTransaction(session: Session, number: number, forEnd: boolean): Transaction | undefined {
    if (number < session.number)
      throw new CommandError('TransactionTooOld', `Transaction ${number} is older than the session's ${session.number}`);
    if (number === session.number) {
      if (session.state.kind === 'open') return session.state.transaction;
      if (session.state.kind === 'committed') {
        if (forEnd) return undefined;
        throw new CommandError('TransactionCommitted', `Transaction with { txnNumber: ${number} } has been committed.`);
      }
    }
    const state =
      number === session.number && session.state.kind === 'aborted' ? 'has been aborted' : 'does not match any in-progress transactions';
    throw new CommandError('NoSuchTransaction', `Given transaction number ${number} ${state}.`, { labels: [TRANSIENT] });
  }

  async function confirm(state: OpenTransaction): Promise<void> {
    await engine.whenDurable(state.transaction.readAt);
    state.durable = true;
  }

  return {
    /** Reads lsid, txnNumber, autocommit and startTransaction, and finds the transaction they speak of. */
    use(command: Doc, commandName: string, session: Session | undefined): SessionUse {
      const number = command['txnNumber'] === undefined ? undefined : toInteger(command['txnNumber']);
      if (!session) {
        if (number !== undefined) throw new CommandError('InvalidOptions', 'Transaction number requires a session ID to also be specified');
        return { session: undefined, transaction: undefined, retryNumber: undefined };
      }
      const { autocommit, startTransaction: starts } = command;
      if (number === undefined) {
        if (autocommit !== undefined || starts !== undefined)
          throw new CommandError('InvalidOptions', "'autocommit' field requires a transaction number to also be specified");
        return { session, transaction: undefined, retryNumber: undefined };
      }
      if (autocommit === undefined) {
        if (starts !== undefined) throw new CommandError('InvalidOptions', "'startTransaction' requires autocommit: false");
        advance(session, number);
        if (session.state.kind !== 'none')
          throw new CommandError(
            'IncompleteTransactionHistory',
            `Cannot retry a retryable write under the number ${number} of a transaction`,
          );
        return { session, transaction: undefined, retryNumber: number };
      }
      if (autocommit !== false) throw new CommandError('InvalidOptions', 'The field autocommit must be false when it is specified.');
      const ends = commandName === 'commitTransaction' || commandName === 'abortTransaction';
      if (starts === true) {
        if (ends) throw new CommandError('InvalidOptions', `${commandName} cannot start a transaction`);
        return { session, transaction: startTransaction(session, number), retryNumber: undefined };
      }
      if (starts !== undefined) throw new CommandError('InvalidOptions', 'The field startTransaction must be true when it is specified.');
      return { session, transaction: openTransaction(session, number, commandName === 'commitTransaction'), retryNumber: undefined };
    },

    peek: (lsid: unknown): Session | undefined => {
      const id = sessionId(lsid);
      return id === undefined ? undefined : at(id);
    },

    /** Whether statements under the command's number have been done before: then it is a retry. */
    isRetry(command: Doc): boolean {
      const session = sessions.get(sessionId(command['lsid']) ?? '');
      return session !== undefined && session.replies.size > 0 && toInteger(command['txnNumber']) === session.number;
    },

    abortIfOpen(use: SessionUse): void {
      if (use.session && use.transaction && use.session.state.kind === 'open' && use.session.state.transaction === use.transaction)
        abortOpen(use.session);
    },

    commit(session: Session): void {
      if (session.state.kind !== 'open') return;
      const retries: RetryEntry[] = [{ session: session.id, number: session.number, statement: -1, reply: {} }];
      // A transaction that wrote nothing has nothing to be told again after a crash.
      engine.commit(session.state.transaction, session.state.transaction.hasWritten ? retries : []);
      session.state = { kind: 'committed' };
      engine.seal();
    },

    abortOpen,

    /** A read of a transaction's snapshot may be answered only when the snapshot is durable. */
    whenSnapshotDurable(session: Session | undefined): Soon<void> {
      if (session?.state.kind !== 'open' || session.state.durable) return;
      return confirm(session.state);
    },

    end(id: string): void {
      const session = sessions.get(id);
      if (!session) return;
      abortOpen(session);
      sessions.delete(id);
    },

    endAll(): void {
      for (const session of sessions.values()) abortOpen(session);
    },

    /** Ends transactions that have lived too long and forgets sessions that nobody has used. */
    sweep(): void {
      const time = now();
      for (const session of sessions.values()) {
        if (session.state.kind === 'open' && session.state.expiresAt <= time) abortOpen(session);
        if (session.lastUsedAt + SESSION_TIMEOUT_MINUTES * 60_000 <= time) {
          abortOpen(session);
          sessions.delete(session.id);
        }
      }
    },

    /** Restores one line of the retry table from the journal. */
    restore(entry: RetryEntry): void {
      const session = at(entry.session);
      if (entry.number < session.number) return;
      advance(session, entry.number);
      if (entry.statement === -1) session.state = { kind: 'committed' };
      else
        for (let statement = entry.statement; statement <= (entry.through ?? entry.statement); statement += 1)
          session.replies.set(statement, entry.reply);
    },

    *retryEntries(): Generator<RetryEntry> {
      for (const { id, number, state, replies } of sessions.values()) {
        if (state.kind === 'committed') yield { session: id, number, statement: -1, reply: {} };
        for (const [statement, reply] of replies) yield { session: id, number, statement, reply };
      }
    },
  };
}

export type Sessions = ReturnType<typeof createSessions>;

export function sessionId(lsid: unknown): string | undefined {
  if (lsid === undefined) return undefined;
  const id = isDoc(lsid) ? lsid['id'] : undefined;
  if (!isA(id, 'Binary')) throw new CommandError('TypeMismatch', "BSON field 'lsid.id' must be a UUID");
  return id.toString('hex');
}
