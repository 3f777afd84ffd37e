import { MongoBulkWriteError, MongoError } from 'mongodb';
import { Unavailable } from '../values/unavailable.ts';

const MONGO_NAMES = new Set([
  'MongoServerSelectionError',
  'MongoNetworkError',
  'MongoNetworkTimeoutError',
  'MongoNotConnectedError',
  'MongoTopologyClosedError',
  'MongoPoolClearedError',
  'MongoPoolClosedError',
  'MongoWaitQueueTimeoutError',
  'MongoOperationTimeoutError',
  'MongoClientClosedError',
]);

/** What a server says of itself, not of the request. https://github.com/mongodb/specifications/blob/master/source/retryable-reads/retryable-reads.md#retryable-error */
const MONGO_CODES = new Set<unknown>([6, 7, 89, 91, 134, 189, 262, 9_001, 10_107, 11_600, 11_602, 13_435, 13_436]);

/** As ioredis words it when its server is away; it has no class or code for most of these. */
const REDIS_MESSAGES = [
  /^Connection is closed/,
  /^Command timed out/,
  /Stream isn't writeable/,
  /max retries per request/,
  /^(READONLY|LOADING|CLUSTERDOWN|MASTERDOWN|TRYAGAIN)\b/,
  /\b(ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|ENOTFOUND|EHOSTUNREACH)\b/,
];

/** True when a server we depend on is away, and trying again later is the right advice; false for everything that is a bug. */
export function isConnectionFailure(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  // insertMany says nothing of its own: the reason is inside.
  if (error instanceof MongoBulkWriteError && isConnectionFailure(error.errorResponse)) return true;
  if (error instanceof MongoError)
    return (
      MONGO_NAMES.has(error.name) ||
      MONGO_CODES.has(error.code) ||
      error.hasErrorLabel('RetryableWriteError') ||
      error.hasErrorLabel('UnknownTransactionCommitResult')
    );
  if (error.name === 'TimeoutError' || error.name === 'MaxRetriesPerRequestError' || error instanceof Unavailable) return true;
  // fetch() says only "fetch failed" and keeps the reason in its cause.
  if (error.message === 'fetch failed') return true;
  return REDIS_MESSAGES.some((pattern) => pattern.test(error.message));
}
