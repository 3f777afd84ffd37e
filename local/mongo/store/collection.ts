import { randomUUID } from 'node:crypto';
import { idKeyOf } from '../bson/key.ts';
import { rawIdDocument } from '../bson/raw.ts';
import { rawIdKey } from '../bson/raw-key.ts';
import { parseDoc, type Doc } from '../bson/value.ts';
import { WriteConflict } from '../errors.ts';
import { DocumentIndex, duplicateKey } from './document-index.ts';
import { DocumentRecord, hasContent, Version, visibleVersion, type Op, type Transaction, type View } from './mvcc.ts';

export class Collection {
  readonly namespace: string;
  readonly options: Doc;
  readonly uuid = randomUUID();
  /** False while only an open transaction has created it: nobody else sees the name. */
  exists: boolean;
  readonly records: Map<string, DocumentRecord>;
  readonly indexes: DocumentIndex[] = [];
  readonly idIndex: DocumentIndex;
  private nextSlot = 1;

  constructor(namespace: string, options: Doc, exists: boolean, records = new Map<string, DocumentRecord>()) {
    this.namespace = namespace;
    this.options = options;
    this.exists = exists;
    this.records = records;
    this.idIndex = new DocumentIndex({ key: { _id: 1 }, name: '_id_' }, 0, records);
    this.indexes.push(this.idIndex);
  }

  addIndex(spec: Doc): DocumentIndex {
    const index = new DocumentIndex(spec, this.nextSlot);
    this.nextSlot += 1;
    for (const record of this.records.values()) {
      for (let version = record.head; version; version = version.previous) {
        if (!version.bytes) continue;
        const keys = index.keysFor(version.doc);
        version.keys[index.slot] = keys;
        index.add(keys, record);
      }
    }
    if (index.unique) this.refuseDuplicates(index);
    this.indexes.push(index);
    return index;
  }

  /** Completes the new collection at a start, whose records have one version each. Nothing has seen it yet. */
  restore(indexSpecs: readonly Doc[], at: number): void {
    const indexes = indexSpecs.map((spec) => new DocumentIndex(spec, this.nextSlot++));
    for (const record of this.records.values()) {
      const version = record.head;
      if (!version?.bytes) continue;
      // A copy: the record must not keep the whole file that it was read from.
      const bytes = Buffer.from(version.bytes);
      version.bytes = bytes;
      version.committedAt = at;
      version.keys.push(record.idKeys);
      let doc: Doc | undefined;
      for (const index of indexes) {
        const keys = index.rawKeysFor(bytes) ?? index.keysFor((doc ??= parseDoc(bytes)));
        version.keys.push(keys);
        index.addUnsorted(keys, record);
      }
    }
    this.indexes.push(...indexes);
    for (const index of this.indexes) index.sort();
  }

  private refuseDuplicates(index: DocumentIndex): void {
    const seen = new Set<string>();
    for (const record of this.records.values()) {
      if (!record.head?.bytes) continue;
      for (const key of record.head.keys[index.slot] ?? []) {
        if (seen.has(key)) throw duplicateKey(this.namespace, index, record.head.doc);
        seen.add(key);
      }
    }
  }

  dropIndex(index: DocumentIndex): void {
    this.indexes.splice(this.indexes.indexOf(index), 1);
  }

  find(id: unknown, view: View): { record: DocumentRecord; version: Version } | undefined {
    const record = this.records.get(idKeyOf(id));
    const version = record && visibleVersion(record, view);
    return record && version ? { record, version } : undefined;
  }

  insert(transaction: Transaction, bytes: Buffer, doc: Doc): void {
    const idKey = rawIdKey(bytes);
    const present = this.records.get(idKey);
    const record = present ?? new DocumentRecord(idKey);
    transaction.refuseConflict(record.head);
    if (record.head?.bytes) throw duplicateKey(this.namespace, this.idIndex, doc);
    // What is inserted is seldom read soon: it stays bytes.
    this.write(transaction, record, bytes, doc, undefined);
    if (!present) this.records.set(idKey, record);
  }

  update(transaction: Transaction, record: DocumentRecord, bytes: Buffer, doc: Doc): void {
    transaction.refuseConflict(record.head);
    this.write(transaction, record, bytes, doc, doc);
  }

  delete(transaction: Transaction, record: DocumentRecord): void {
    const { head } = record;
    transaction.refuseConflict(head);
    if (!head?.bytes) return;
    const id = rawIdDocument(head.bytes);
    this.place(transaction, record, new Version(null, undefined, transaction, below(head, transaction)), {
      kind: 'delete',
      namespace: this.namespace,
      id,
    });
  }

  private write(transaction: Transaction, record: DocumentRecord, bytes: Buffer, doc: Doc, kept: Doc | undefined): void {
    const version = new Version(bytes, kept, transaction, below(record.head, transaction));
    for (const index of this.indexes) {
      const keys = index === this.idIndex ? record.idKeys : (index.rawKeysFor(bytes) ?? index.keysFor(doc));
      version.keys[index.slot] = keys;
      if (index.unique) for (const key of keys) this.refuseTaken(transaction, index, key, record, doc);
    }
    // Only now, when nothing can refuse any more.
    const isListed = hasContent(record);
    for (const index of this.indexes) if (index !== this.idIndex || !isListed) index.add(version.keys[index.slot] ?? [], record);
    this.place(transaction, record, version, { kind: 'put', namespace: this.namespace, bytes });
  }

  private place(transaction: Transaction, record: DocumentRecord, version: Version, op: Op): void {
    const replaced = record.head?.owner === transaction ? record.head : null;
    record.head = version;
    if (replaced) this.unindex(record, replaced);
    transaction.writes.set(record, { version, collection: this, op });
  }

  private refuseTaken(transaction: Transaction, index: DocumentIndex, key: string, self: DocumentRecord, doc: Doc): void {
    for (const record of index.at(key)) {
      if (record === self) continue;
      const head = record.head;
      if (!head) continue;
      // Pending elsewhere: whether the key is taken is known when that transaction has ended.
      if (head.owner && head.owner !== transaction) {
        if (chainHas(record, index, key)) throw new WriteConflict(head.owner);
        continue;
      }
      if (!head.owner && head.committedAt > transaction.readAt && chainHas(record, index, key)) throw new WriteConflict(null);
      if (head.bytes && head.keys[index.slot]?.includes(key)) throw duplicateKey(this.namespace, index, doc);
    }
  }

  /** Takes back what the transaction wrote to this record. */
  undo(record: DocumentRecord, version: Version): void {
    if (record.head !== version) return;
    record.head = version.previous;
    this.unindex(record, version);
    if (!record.head) this.records.delete(record.idKey);
  }

  /** Removes the entries that only this version, no longer in the record's chain, had need of. */
  private unindex(record: DocumentRecord, gone: Version): void {
    for (const index of this.indexes) {
      for (const key of gone.keys[index.slot] ?? []) if (!chainHas(record, index, key)) index.remove(key, record);
    }
  }

  /** Lets go of versions that nobody can see any more: all older than the newest one committed by `oldestView`. */
  prune(record: DocumentRecord, oldestView: number): void {
    for (let version = record.head; version; version = version.previous) {
      if (version.owner || version.committedAt > oldestView) continue;
      let gone = version.previous;
      version.previous = null;
      for (; gone; gone = gone.previous) this.unindex(record, gone);
      break;
    }
    if (record.head && !record.head.bytes && !record.head.owner && !record.head.previous && record.head.committedAt <= oldestView) {
      if (this.records.get(record.idKey) === record) this.records.delete(record.idKey);
      record.head = null;
    }
  }
}

/** What a transaction's next version of a document goes on top of: its own last one it replaces. */
function below(head: Version | null, transaction: Transaction): Version | null {
  return head?.owner === transaction ? head.previous : head;
}

function chainHas(record: DocumentRecord, index: DocumentIndex, key: string): boolean {
  for (let version = record.head; version; version = version.previous) if (version.keys[index.slot]?.includes(key)) return true;
  return false;
}
