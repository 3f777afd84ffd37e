import { rawDocument, type Part, arrayPart } from '../bson/raw.ts';
import { valuesEqual } from '../bson/compare.ts';
import { serializeDoc, type Doc } from '../bson/value.ts';
import { CommandError } from '../errors.ts';
import { createMemoryLog } from '../journal.ts';
import { Collection } from './collection.ts';
import { Transaction, type DocumentRecord, type Op, type View, type WrittenCollection } from './mvcc.ts';

/** Where commits are made durable. A memory-only store has one that is always up to date. */
export interface DurableLog {
  append(record: Buffer, committedAt: number): void;
  /** Resolves when everything committed at or before that moment is durable. */
  whenDurable(committedAt: number): Promise<void>;
  readonly durableAt: number;
  close(): Promise<void>;
}

/** An answer to a retryable write or the end of a transaction, kept with the commit it belongs to. */
export interface RetryEntry {
  session: string;
  number: number;
  /** A statement's number in its command, or -1 for a committed transaction. */
  statement: number;
  /** The last of several statements with the same answer: a large insert is one line, not thousands. */
  through?: number;
  reply: Doc;
}

function rememberRetry(pending: RetryEntry[], entry: RetryEntry): void {
  const last = pending.at(-1);
  const follows = last && last.session === entry.session && last.number === entry.number && entry.statement === (last.through ?? last.statement) + 1;
  if (follows && isPlainCount(entry.reply) && isPlainCount(last.reply) && valuesEqual(last.reply, entry.reply)) last.through = entry.statement;
  else pending.push({ ...entry });
}

function isPlainCount(reply: Doc): boolean {
  return Object.keys(reply).every((name) => name === 'n' || name === 'nModified');
}

/** The collections and the commits. `use` gives it the log once what was in the log has been recovered. */
export function createEngine() {
  let log: DurableLog = createMemoryLog();
  const collections = new Map<string, Collection>();
  const active = new Set<Transaction>();
  const garbage: { collection: WrittenCollection; record: DocumentRecord; at: number }[] = [];
  let garbageStart = 0;
  let clock = 1;
  let pendingOps: Op[] = [];
  let pendingRetries: RetryEntry[] = [];

  function oldestView(): number {
    let oldest = Math.min(clock, log.durableAt);
    for (const transaction of active) oldest = Math.min(oldest, transaction.readAt);
    return oldest;
  }

  function collectGarbage(): void {
    const oldest = oldestView();
    for (let item = garbage[garbageStart]; item && item.at <= oldest; item = garbage[garbageStart]) {
      item.collection.prune(item.record, oldest);
      garbageStart += 1;
    }
    if (garbageStart > 1024) {
      garbage.splice(0, garbageStart);
      garbageStart = 0;
    }
  }

  function begin(): Transaction {
    const transaction = new Transaction(clock);
    active.add(transaction);
    return transaction;
  }

  function commit(transaction: Transaction, retries: readonly RetryEntry[] = []): void {
    active.delete(transaction);
    if (transaction.writes.size > 0) {
      clock += 1;
      for (const [record, { version, collection, op }] of transaction.writes) {
        version.owner = null;
        version.committedAt = clock;
        collection.exists = true;
        garbage.push({ collection, record, at: clock });
        pendingOps.push(op);
      }
    }
    for (const entry of retries) rememberRetry(pendingRetries, entry);
    transaction.end();
  }

  function abort(transaction: Transaction): void {
    active.delete(transaction);
    for (const [record, { version, collection }] of transaction.writes) collection.undo(record, version);
    transaction.end();
  }

  /** Hands what was committed since the last call to the log as one record. Must run before the next await. */
  function seal(): void {
    if (pendingOps.length === 0 && pendingRetries.length === 0) return;
    if (pendingOps.every(({ kind }) => kind !== 'put' && kind !== 'delete')) clock += 1;
    log.append(encodeRecord(pendingOps, pendingRetries), clock);
    pendingOps = [];
    pendingRetries = [];
    collectGarbage();
  }

  return {
    collections,
    begin,
    commit,
    abort,
    seal,
    collectGarbage,
    get now(): number {
      return clock;
    },
    whenDurable: (at: number): Promise<void> => log.whenDurable(at),
    isDurable: (at: number): boolean => log.durableAt >= at,
    /** What a read outside a transaction sees: never something a crash could take back. */
    durableView: (): View => ({ readAt: log.durableAt, transaction: null }),

    find(namespace: string): Collection | undefined {
      return collections.get(namespace);
    },

    /** The collection to write to. Made on the first write, and no one else's to see until that is committed. */
    ensure(namespace: string): Collection {
      const present = collections.get(namespace);
      if (present) return present;
      const made = new Collection(namespace, {}, false);
      collections.set(namespace, made);
      return made;
    },

    create(namespace: string, options: Doc): Collection {
      const present = collections.get(namespace);
      if (present?.exists) throw new CommandError('NamespaceExists', `Collection ${namespace} already exists.`);
      const made = present ?? new Collection(namespace, options, true);
      made.exists = true;
      collections.set(namespace, made);
      pendingOps.push({ kind: 'create', namespace, options });
      return made;
    },

    drop(namespace: string): void {
      collections.delete(namespace);
      pendingOps.push({ kind: 'drop', namespace });
    },

    createIndex(collection: Collection, spec: Doc): void {
      collection.addIndex(spec);
      pendingOps.push({ kind: 'createIndex', namespace: collection.namespace, spec });
    },

    dropIndex(collection: Collection, name: string): void {
      const index = collection.indexes.find((each) => each.name === name);
      if (!index) throw new CommandError('IndexNotFound', `index not found with name [${name}]`);
      collection.dropIndex(index);
      pendingOps.push({ kind: 'dropIndex', namespace: collection.namespace, name });
    },

    /** A definition must not change under a transaction that has used the collection. */
    async whenUnused(namespace: string): Promise<void> {
      for (;;) {
        const user = [...active].find((transaction) => transaction.namespaces.has(namespace));
        if (!user) return;
        await user.ended;
      }
    },

    /** As commit, for what comes out of the journal: nothing is written again, and nobody reads yet. */
    commitRecovered(transaction: Transaction): void {
      commit(transaction);
      pendingOps = [];
      for (const { collection, record } of garbage) collection.prune(record, clock);
      garbage.length = 0;
      garbageStart = 0;
    },

    use(durable: DurableLog): void {
      log = durable;
    },
  };
}

export type Engine = ReturnType<typeof createEngine>;

const OP_CODES = { put: 'p', delete: 'd', create: 'c', drop: 'x', createIndex: 'i', dropIndex: 'y' } as const;

function stringPart(name: string, text: string): Part {
  const bytes = Buffer.allocUnsafe(5 + Buffer.byteLength(text));
  bytes.writeInt32LE(bytes.length - 4, 0);
  bytes.write(text, 4);
  bytes[bytes.length - 1] = 0;
  return { type: 0x02, name, bytes };
}

function encodeOp(op: Op): Buffer {
  const parts = [stringPart('o', OP_CODES[op.kind]), stringPart('n', op.namespace)];
  switch (op.kind) {
    case 'put':
      parts.push({ type: 0x03, name: 'd', bytes: op.bytes });
      break;
    case 'delete':
      parts.push({ type: 0x03, name: 'd', bytes: serializeDoc({ _id: op.id }) });
      break;
    case 'create':
      parts.push({ type: 0x03, name: 'd', bytes: serializeDoc(op.options) });
      break;
    case 'createIndex':
      parts.push({ type: 0x03, name: 'd', bytes: serializeDoc(op.spec) });
      break;
    case 'dropIndex':
      parts.push({ type: 0x03, name: 'd', bytes: serializeDoc({ name: op.name }) });
      break;
    case 'drop':
      break;
  }
  return rawDocument(parts);
}

export function encodeRecord(ops: readonly Op[], retries: readonly RetryEntry[]): Buffer {
  const parts = [arrayPart('ops', ops.map(encodeOp))];
  if (retries.length > 0) parts.push(arrayPart('retries', retries.map((entry) => serializeDoc({ ...entry }))));
  return rawDocument(parts);
}
