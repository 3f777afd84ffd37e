import { parseDoc, type Doc } from '../bson/value.ts';
import { WriteConflict } from '../errors.ts';

/** One state of a document. `bytes` null: deleted. `owner` null: committed, at `committedAt`. */
export class Version {
  bytes: Buffer | null;
  owner: Transaction | null;
  /** Later than every view until then; a double from the start, as moments are. */
  committedAt = Infinity;
  previous: Version | null;
  /** Keys per index slot of the collection, kept so that leaving an index needs no second parse. */
  readonly keys: (readonly string[] | undefined)[] = [];
  private parsed: Doc | undefined;

  constructor(bytes: Buffer | null, parsed: Doc | undefined, owner: Transaction | null, previous: Version | null) {
    this.bytes = bytes;
    this.parsed = parsed;
    this.owner = owner;
    this.previous = previous;
    if (parsed) remember(this);
  }

  get doc(): Doc {
    if (this.parsed) return this.parsed;
    this.parsed = parseDoc(this.bytes ?? Buffer.from([5, 0, 0, 0, 0]));
    remember(this);
    return this.parsed;
  }

  forgetParsed(): void {
    this.parsed = undefined;
  }
}

/** Parsed forms are several times the size of the bytes: only those of the latest few thousand documents are kept. */
const PARSED_KEPT = 32_768;
const recentlyParsed: Version[] = [];
let nextParsed = 0;

function remember(version: Version): void {
  recentlyParsed[nextParsed]?.forgetParsed();
  recentlyParsed[nextParsed] = version;
  nextParsed = (nextParsed + 1) % PARSED_KEPT;
}

/** All versions of the document with one _id, newest first. */
export class DocumentRecord {
  readonly idKey: string;
  /** The keys of every version in the index of `_id`. */
  readonly idKeys: readonly string[];
  head: Version | null = null;

  constructor(idKey: string) {
    this.idKey = idKey;
    this.idKeys = [idKey];
  }
}

/** What a statement may see: everything committed up to a moment, and its own transaction's writes. */
export interface View {
  readonly readAt: number;
  readonly transaction: Transaction | null;
}

export function visibleVersion(record: DocumentRecord, view: View): Version | null {
  for (let version = record.head; version; version = version.previous) {
    const seen = version.owner ? version.owner === view.transaction : version.committedAt <= view.readAt;
    if (seen) return version.bytes ? version : null;
  }
  return null;
}

/** One journal line of a transaction: put and delete repeat safely, because each says the whole new state. */
export type Op =
  | { kind: 'put'; namespace: string; bytes: Buffer }
  | { kind: 'delete'; namespace: string; id: Buffer }
  | { kind: 'create'; namespace: string; options: Doc }
  | { kind: 'drop'; namespace: string }
  | { kind: 'createIndex'; namespace: string; spec: Doc }
  | { kind: 'dropIndex'; namespace: string; name: string };

/** The part of a collection that ending a transaction needs. */
export interface WrittenCollection {
  exists: boolean;
  undo(record: DocumentRecord, version: Version): void;
  prune(record: DocumentRecord, oldestView: number): void;
}

/** Whether the document is there in any version, or was. */
export function hasContent(record: DocumentRecord): boolean {
  for (let version = record.head; version; version = version.previous) if (version.bytes) return true;
  return false;
}

export class Transaction implements View {
  readonly readAt: number;
  readonly transaction: Transaction = this;
  readonly writes = new Map<DocumentRecord, { version: Version; op: Op; collection: WrittenCollection }>();
  /** Namespaces read or written: dropping one waits for the transactions that use it. */
  readonly namespaces = new Set<string>();
  /** Collections made explicitly in this transaction. */
  readonly created: { namespace: string }[] = [];
  private waiters: (() => void)[] = [];
  private over = false;

  constructor(readAt: number) {
    this.readAt = readAt;
  }

  get hasWritten(): boolean {
    return this.writes.size > 0 || this.created.length > 0;
  }

  get ended(): Promise<void> {
    return this.over ? Promise.resolve() : new Promise((resolve) => this.waiters.push(resolve));
  }

  end(): void {
    this.over = true;
    for (const resolve of this.waiters) resolve();
    this.waiters = [];
  }

  /** First updater wins: another's pending write, or one committed after this snapshot, is a conflict. */
  refuseConflict(head: Version | null): void {
    if (!head) return;
    if (head.owner && head.owner !== this) throw new WriteConflict(head.owner);
    if (!head.owner && head.committedAt > this.readAt) throw new WriteConflict(null);
  }
}
