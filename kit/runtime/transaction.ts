import type { ClientSession, MongoClient, TransactionOptions } from 'mongodb';
import { MongoOperationTimeoutError } from 'mongodb';

/** No new attempt at a transaction, or at its commit, is begun after this. The driver itself would go on for two minutes; its `timeoutMS` has no effect. */
const ATTEMPTS_END_AFTER_MS = 8_000;

/**
 * Runs `work` in a transaction, again as long as that helps, and commits it. `work` may run more than once: it must do nothing but read and write through `session`.
 * An error of `work` ends it with nothing written. A network failure, or the end of the time for attempts, rejects with an error that `isConnectionFailure` knows;
 * whether the transaction was committed is then unknown.
 */
export function inTransaction<Value>(
  client: MongoClient,
  work: (session: ClientSession) => Promise<Value>,
  { attemptsEndAfterMs = ATTEMPTS_END_AFTER_MS, ...options }: TransactionOptions & { attemptsEndAfterMs?: number } = {},
): Promise<Value> {
  const end = performance.now() + attemptsEndAfterMs;
  function tooLate(cause: unknown): MongoOperationTimeoutError | null {
    if (performance.now() < end) return null;
    return new MongoOperationTimeoutError('The time for attempts at a transaction is over.', cause instanceof Error ? { cause } : {});
  }
  let lastError: unknown;
  return client.withSession((session) => {
    const commit = session.commitTransaction.bind(session);
    session.commitTransaction = async (...args) => {
      try {
        await commit(...args);
      } catch (error) {
        lastError = tooLate(error) ?? error;
        throw lastError;
      }
    };
    return session.withTransaction(async () => {
      const late = lastError === undefined ? null : tooLate(lastError);
      if (late) throw late;
      try {
        return await work(session);
      } catch (error) {
        lastError = error;
        throw error;
      }
    }, options);
  });
}
