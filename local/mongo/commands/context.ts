import { parseCollation } from '../bson/collation.ts';
import { bsonType, isA, isDoc, type Doc } from '../bson/value.ts';
import { isNumber, toDouble, toInteger } from '../bson/number.ts';
import { fromTimestamp } from '../cluster-time.ts';
import { CommandError, TRANSIENT, WriteConflict } from '../errors.ts';
import type { Variables } from '../query/expression.ts';
import type { SessionUse, Sessions } from '../session.ts';
import type { RetryEntry } from '../record.ts';
import type { Soon } from '../soon.ts';
import type { Engine } from '../store/engine.ts';
import type { Transaction, View } from '../store/mvcc.ts';
import type { Cursors } from './cursors.ts';

export interface Server {
  engine: Engine;
  sessions: Sessions;
  cursors: Cursors;
}

/** One command as it arrived, and who sent it. */
export interface CommandContext extends Server {
  name: string;
  database: string;
  command: Doc;
  use: SessionUse;
}

/** A reply: a document to serialize, or bytes that are one already. `ok: 1` is added to documents. */
export type Reply = Doc | Buffer;
export type Command = (context: CommandContext) => Soon<Reply>;

const COMMON = new Set([
  'lsid',
  'txnNumber',
  'autocommit',
  'startTransaction',
  '$db',
  '$readPreference',
  '$clusterTime',
  'readConcern',
  'writeConcern',
  'maxTimeMS',
  'comment',
  'apiVersion',
  'apiStrict',
  'apiDeprecationErrors',
  '$query',
  '$audit',
  '$client',
]);

/** Options are served or refused by name, never overlooked. */
export function allowOptions(context: CommandContext, supported: readonly string[]): void {
  const { command } = context;
  for (const option of Object.keys(command)) {
    if (option === context.name || COMMON.has(option) || supported.includes(option)) continue;
    if (option === 'collation') refuseCollation(context.name, command[option]);
    else throw new CommandError('UnknownField', `BSON field '${context.name}.${option}' is not supported by this store`);
  }
}

/** The same for the elements of `updates`, `deletes` and the like. */
export function allowFields(where: string, spec: Doc, supported: readonly string[]): void {
  for (const field of Object.keys(spec)) {
    if (supported.includes(field)) continue;
    if (field === 'collation') refuseCollation(where, spec[field]);
    else throw new CommandError('UnknownField', `BSON field '${where}.${field}' is not supported by this store`);
  }
}

/** The simple collation is what everything has. */
function refuseCollation(where: string, value: unknown): void {
  if (parseCollation(value))
    throw new CommandError('InvalidOptions', `collation of ${where} is not supported by this store: ${JSON.stringify(value)}`);
}

export function namespaceOf(context: CommandContext): string {
  const collection = context.command[context.name];
  if (typeof collection !== 'string')
    throw new CommandError('InvalidNamespace', `collection name has invalid type: ${bsonType(collection) ?? typeof collection}`);
  return checkedNamespace(context.database, collection);
}

/** Namespaces that have been found well-formed, by collection and database. */
const checked = new Map<string, { database: string; namespace: string }>();
const MAX_CHECKED = 1000;

export function checkedNamespace(database: string, collection: string): string {
  const known = checked.get(collection);
  if (known?.database === database) return known.namespace;
  const namespace = checkNamespace(database, collection);
  if (checked.size >= MAX_CHECKED) checked.clear();
  checked.set(collection, { database, namespace });
  return namespace;
}

function checkNamespace(database: string, collection: string): string {
  if (collection === '' || collection.includes('\0') || collection.includes('$') || collection.startsWith('.'))
    throw new CommandError('InvalidNamespace', `Invalid namespace specified '${database}.${collection}'`);
  if (database === '' || /[/\\. "$\0]/.test(database))
    throw new CommandError('InvalidNamespace', `Invalid namespace specified '${database}.${collection}'`);
  return `${database}.${collection}`;
}

export function docOption(context: { command: Doc }, option: string): Doc | undefined {
  const value = context.command[option];
  if (value === undefined || value === null) return undefined;
  if (!isDoc(value)) throw new CommandError('TypeMismatch', `BSON field '${option}' is the wrong type, expected type 'object'`);
  return value;
}

export function countOption(command: Doc, option: string): number | undefined {
  const value = command[option];
  if (value === undefined || value === null) return undefined;
  const count = isNumber(value) ? toInteger(Math.trunc(toDouble(value))) : undefined;
  if (count === undefined) throw new CommandError('TypeMismatch', `BSON field '${option}' is the wrong type, expected an integer`);
  return count;
}

export function letVariables(command: Doc): Variables {
  const variables = command['let'];
  return { NOW: new Date(), ...(isDoc(variables) ? variables : {}) };
}

/** What a read of this command sees; a transaction also notes that it has used the collection. */
export function viewOf(context: CommandContext, namespace: string): View {
  const { transaction } = context.use;
  if (!transaction) {
    const at = snapshotMoment(context);
    return at === undefined ? context.engine.durableView() : context.engine.snapshotView(at);
  }
  transaction.namespaces.add(namespace);
  return transaction;
}

/** The moment a read of a snapshot session is about; undefined for all other reads. */
export function snapshotMoment({ command, engine, use }: CommandContext): number | undefined {
  const concern = command['readConcern'];
  if (use.transaction || !isDoc(concern) || concern['level'] !== 'snapshot') return undefined;
  const { atClusterTime } = concern;
  if (atClusterTime === undefined) return engine.durableAt;
  if (!isA(atClusterTime, 'Timestamp'))
    throw new CommandError('TypeMismatch', "BSON field 'readConcern.atClusterTime' must be a timestamp");
  return Math.min(fromTimestamp(atClusterTime), engine.durableAt);
}

/** A transaction's private writes have a name that others do not see yet. */
export function collectionSeen(context: CommandContext, namespace: string) {
  const collection = context.engine.find(namespace);
  return collection?.exists || context.use.transaction ? collection : undefined;
}

/**
 * Runs one write statement. Outside a transaction it is a private transaction of its own: when another transaction
 * holds what it needs, it waits for that one's end and runs this statement again — not those before it.
 */
export function runStatement<T>(
  context: CommandContext,
  namespace: string,
  statement: (transaction: Transaction) => T,
  remember?: (result: T) => RetryEntry | undefined,
): Soon<T> {
  const { engine, use } = context;
  if (use.transaction) {
    use.transaction.namespaces.add(namespace);
    try {
      return statement(use.transaction);
    } catch (error) {
      if (error instanceof WriteConflict) throw new CommandError('WriteConflict', error.message, { labels: [TRANSIENT] });
      throw error;
    }
  }
  const deadline = deadlineOf(context.command);
  const attempt = (): Soon<T> => {
    const transaction = engine.begin();
    try {
      const result = statement(transaction);
      const retry = remember?.(result);
      engine.commit(transaction, retry ? [retry] : []);
      return result;
    } catch (error) {
      engine.abort(transaction);
      if (!(error instanceof WriteConflict) || !error.owner) throw error;
      // The statements before this one must not stay out of the journal while this one waits.
      engine.seal();
      return waitFor(error.owner.ended, deadline).then(attempt);
    }
  };
  return attempt();
}

function deadlineOf(command: Doc): number | undefined {
  const limit = countOption(command, 'maxTimeMS');
  return limit ? Date.now() + limit : undefined;
}

async function waitFor(ended: Promise<void>, deadline: number | undefined): Promise<void> {
  if (deadline === undefined) return ended;
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<'expired'>((resolve) => {
    timer = setTimeout(() => resolve('expired'), Math.max(0, deadline - Date.now()));
  });
  try {
    if ((await Promise.race([ended, expired])) === 'expired') throw new CommandError('MaxTimeMSExpired', 'operation exceeded time limit');
  } finally {
    clearTimeout(timer);
  }
}

/** The lookup of a retryable statement that has been done before. */
export function rememberedReply(context: CommandContext, statement: number): Doc | undefined {
  return context.use.retryNumber === undefined ? undefined : context.use.session?.replies.get(statement);
}

export function retryEntry(context: CommandContext, statement: number, reply: Doc): RetryEntry | undefined {
  const { session, retryNumber } = context.use;
  if (!session || retryNumber === undefined) return undefined;
  session.replies.set(statement, reply);
  return { session: session.id, number: retryNumber, statement, reply };
}

/** Acknowledged means durable. */
export function whenWritten({ engine, use }: CommandContext): Soon<void> {
  if (use.transaction) return;
  engine.seal();
  if (!engine.isDurable(engine.now)) return engine.whenDurable(engine.now);
}
