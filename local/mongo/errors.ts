import type { Doc } from './bson/value.ts';

/** MongoDB's error codes, by the names it gives them. Drivers act on the numbers. */
export const CODES = {
  InternalError: 1,
  BadValue: 2,
  NoSuchKey: 4,
  FailedToParse: 9,
  UserNotFound: 11,
  Unauthorized: 13,
  TypeMismatch: 14,
  Overflow: 15,
  InvalidLength: 16,
  IllegalOperation: 20,
  NamespaceNotFound: 26,
  IndexNotFound: 27,
  PathNotViable: 28,
  ConflictingUpdateOperators: 40,
  CursorNotFound: 43,
  NamespaceExists: 48,
  MaxTimeMSExpired: 50,
  DollarPrefixedFieldName: 52,
  InvalidIdField: 53,
  NotSingleValueField: 54,
  EmptyFieldName: 56,
  CommandNotFound: 59,
  WriteConcernTimeout: 64,
  ImmutableField: 66,
  CannotCreateIndex: 67,
  InvalidOptions: 72,
  InvalidNamespace: 73,
  IndexOptionsConflict: 85,
  IndexKeySpecsConflict: 86,
  WriteConflict: 112,
  ConflictingOperationInProgress: 117,
  CommandNotSupported: 115,
  UnsatisfiableWriteConcern: 100,
  TransactionTooOld: 225,
  NoSuchTransaction: 251,
  TransactionCommitted: 256,
  OperationNotSupportedInTransaction: 263,
  IncompleteTransactionHistory: 217,
  SnapshotTooOld: 239,
  TooManyFilterFields: 5,
  BSONObjectTooLarge: 10334,
  DuplicateKey: 11000,
  InterruptedAtShutdown: 11600,
  Interrupted: 11601,
  InvalidPipelineOperator: 168,
  UnrecognizedStage: 40324,
  UnknownField: 40415,
  MissingField: 40414,
  DivideByZero: 16610,
  IDLInvalid: 40413,
  TransactionsNeedNumber: 50768,
  InclusionInExclusion: 31253,
  ExclusionInInclusion: 31254,
} as const;
export type CodeName = keyof typeof CODES;

/** Codes that MongoDB knows by number only. */
const NAMELESS = new Set<CodeName>([
  'UnrecognizedStage',
  'UnknownField',
  'MissingField',
  'DivideByZero',
  'IDLInvalid',
  'TransactionsNeedNumber',
  'InclusionInExclusion',
  'ExclusionInInclusion',
]);

export class CommandError extends Error {
  readonly code: number;
  readonly codeName: string;
  readonly labels: readonly string[];
  /** Further fields of the reply, as `keyPattern` and `keyValue` of a duplicate key. */
  readonly fields: Doc;

  constructor(code: CodeName, message: string, options: { labels?: readonly string[]; fields?: Doc } = {}) {
    super(message);
    this.name = 'CommandError';
    this.code = CODES[code];
    this.codeName = NAMELESS.has(code) ? `Location${this.code}` : code;
    this.labels = options.labels ?? [];
    this.fields = options.fields ?? {};
  }
}

export const TRANSIENT = 'TransientTransactionError';

/**
 * A statement met a document or key that another transaction holds or has changed since its snapshot.
 * Inside a transaction it ends the transaction with code 112. Outside, the statement waits for `owner` and runs again.
 */
export class WriteConflict extends Error {
  readonly owner: { ended: Promise<void> } | null;

  constructor(owner: { ended: Promise<void> } | null) {
    super(
      'Caused by :: Write conflict during plan execution and yielding is disabled. :: Please retry your operation or multi-document transaction.',
    );
    this.name = 'WriteConflict';
    this.owner = owner;
  }
}

export function codeName(code: number): string {
  return Object.entries(CODES).find(([, number]) => number === code)?.[0] ?? `Location${code}`;
}

/** What the reply to a failed command says. */
export function errorReply(error: unknown): Doc {
  if (error instanceof CommandError) {
    return {
      ok: 0,
      errmsg: error.message,
      code: error.code,
      codeName: error.codeName,
      ...(error.labels.length > 0 ? { errorLabels: [...error.labels] } : {}),
      ...error.fields,
    };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { ok: 0, errmsg: message, code: CODES.InternalError, codeName: 'InternalError' };
}

/** The `code` of a system error, as ENOENT. */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
