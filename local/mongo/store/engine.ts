import type { Doc } from '../bson/value.ts';
import { CommandError } from '../errors.ts';
import { nextMoment } from '../cluster-time.ts';
import { createMemoryLog } from '../journal.ts';
import { encodeRecord, rememberRetry, type RetryEntry } from '../record.ts';
import type { Soon } from '../soon.ts';
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

/** Old versions let go in one piece: what a command over all documents leaves behind must not keep others waiting. */
const GARBAGE_PORTION = 256;
const SNAPSHOT_LIFETIME_MS = 5 * 60_000;

/** The collections and the commits. `use` gives it the log once what was in the log has been recovered. */
export function createEngine() {
  let log: DurableLog = createMemoryLog();
  const collections = new Map<string, Collection>();
  const active = new Set<Transaction>();
  const garbage: { collection: WrittenCollection; record: DocumentRecord; at: number }[] = [];
  let garbageStart = 0;
  let collectsOn = false;
  let clock = nextMoment(0);
  /** Views before this moment may miss versions that have been let go. */
  let horizon = 0;
  const snapshots: { at: number; expiresAt: number }[] = [];
  let pendingOps: Op[] = [];
  let pendingRetries: RetryEntry[] = [];
  /** When the last change of a definition was sealed, and whether one waits for that. */
  let definedAt = 0;
  let hasDefined = false;

  function oldestView(): number {
    let oldest = Math.min(clock, log.durableAt);
    for (const transaction of active) oldest = Math.min(oldest, transaction.readAt);
    while ((snapshots[0]?.expiresAt ?? Infinity) <= Date.now()) snapshots.shift();
    return Math.min(oldest, snapshots[0]?.at ?? oldest);
  }

  function collectGarbage(): void {
    const oldest = oldestView();
    horizon = Math.max(horizon, oldest);
    const end = garbageStart + GARBAGE_PORTION;
    for (let item = garbage[garbageStart]; item && item.at <= oldest; item = garbage[garbageStart]) {
      if (garbageStart === end) {
        collectOn();
        break;
      }
      item.collection.prune(item.record, oldest);
      garbageStart += 1;
    }
    if (garbageStart > 1024) {
      garbage.splice(0, garbageStart);
      garbageStart = 0;
    }
  }

  function collectOn(): void {
    if (collectsOn) return;
    collectsOn = true;
    setImmediate(() => {
      collectsOn = false;
      collectGarbage();
    });
  }

  /** The collection to write to. Made on the first write, and no one else's to see until that is committed. */
  function ensure(namespace: string): Collection {
    const present = collections.get(namespace);
    if (present) return present;
    const made = new Collection(namespace, {}, false);
    collections.set(namespace, made);
    return made;
  }

  function begin(): Transaction {
    const transaction = new Transaction(clock);
    active.add(transaction);
    return transaction;
  }

  function commit(transaction: Transaction, retries: readonly RetryEntry[] = []): void {
    active.delete(transaction);
    if (transaction.hasWritten) {
      clock = nextMoment(clock);
      for (const { namespace } of transaction.created) {
        ensure(namespace).exists = true;
        pendingOps.push({ kind: 'create', namespace, options: {} });
      }
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
    for (const [record, { version, collection }] of transaction.writes) {
      collection.undo(record, version);
      // What lay below may have been spared only because of this write.
      garbage.push({ collection, record, at: clock });
    }
    transaction.end();
  }

  function define(op: Op): void {
    pendingOps.push(op);
    hasDefined = true;
  }

  /** Hands what was committed since the last call to the log as one record. Must run before the next await. */
  function seal(): void {
    if (pendingOps.length === 0 && pendingRetries.length === 0) return;
    if (pendingOps.every(({ kind }) => kind !== 'put' && kind !== 'delete')) clock = nextMoment(clock);
    log.append(encodeRecord(pendingOps, pendingRetries), clock);
    if (hasDefined) definedAt = clock;
    hasDefined = false;
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

    /** While a long read is between its turns, what it sees must not be let go. Gives the release. */
    hold(view: View): () => void {
      const reader = new Transaction(view.readAt);
      active.add(reader);
      return () => void active.delete(reader);
    },

    /** Transactions that have written and may be committed any moment. */
    countWriting(): number {
      let writing = 0;
      for (const transaction of active) if (transaction.hasWritten) writing += 1;
      return writing;
    },

    find(namespace: string): Collection | undefined {
      return collections.get(namespace);
    },

    ensure,

    get durableAt(): number {
      return log.durableAt;
    },

    /** What a read at one moment sees. The moment stays readable for the five minutes MongoDB promises. */
    snapshotView(at: number): View {
      if (at < horizon) throw new CommandError('SnapshotTooOld', 'Read timestamp is older than the oldest available timestamp.');
      const last = snapshots.at(-1);
      if (at > (last?.at ?? 0)) snapshots.push({ at, expiresAt: Date.now() + SNAPSHOT_LIFETIME_MS });
      return { readAt: at, transaction: null };
    },

    create(namespace: string, options: Doc): Collection {
      const present = collections.get(namespace);
      if (present?.exists) throw new CommandError('NamespaceExists', `Collection ${namespace} already exists.`);
      const made = present ?? new Collection(namespace, options, true);
      made.exists = true;
      collections.set(namespace, made);
      define({ kind: 'create', namespace, options });
      return made;
    },

    drop(namespace: string): void {
      collections.delete(namespace);
      define({ kind: 'drop', namespace });
    },

    createIndex(collection: Collection, spec: Doc): void {
      collection.addIndex(spec);
      define({ kind: 'createIndex', namespace: collection.namespace, spec });
    },

    dropIndex(collection: Collection, name: string): void {
      const index = collection.indexes.find((each) => each.name === name);
      if (!index) throw new CommandError('IndexNotFound', `index not found with name [${name}]`);
      collection.dropIndex(index);
      define({ kind: 'dropIndex', namespace: collection.namespace, name });
    },

    /** A definition has no versions: everyone meets it at once, so nobody is answered before it is durable. */
    whenDefined(): Soon<void> {
      if (hasDefined) seal();
      if (log.durableAt < definedAt) return log.whenDurable(definedAt);
    },

    /** A definition must not change under a transaction that has used the collection. */
    async whenUnused(namespace: string): Promise<void> {
      for (;;) {
        const user = [...active].find((transaction) => transaction.namespaces.has(namespace));
        if (!user) return;
        await user.ended;
      }
    },

    use(durable: DurableLog): void {
      log = durable;
    },
  };
}

export type Engine = ReturnType<typeof createEngine>;
