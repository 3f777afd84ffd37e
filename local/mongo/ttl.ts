import { invertKey, keyOf } from './bson/key.ts';
import { RANK, type Doc } from './bson/value.ts';
import { WriteConflict } from './errors.ts';
import { valuesAt } from './query/path.ts';
import type { Collection } from './store/collection.ts';
import type { DocumentIndex } from './store/document-index.ts';
import type { Engine } from './store/engine.ts';
import { visibleVersion } from './store/mvcc.ts';

/** At most so many deletions in one go: clients wait meanwhile. */
const BATCH = 1000;

/** Deletes what the TTL indexes say has expired. A document that a transaction holds is left for the next round. */
export function expireDocuments(engine: Engine, now: number): void {
  for (const collection of engine.collections.values()) {
    for (const index of collection.indexes) {
      if (index.expireAfterSeconds !== undefined) expireByIndex(engine, collection, index, now - index.expireAfterSeconds * 1000);
    }
  }
  engine.seal();
}

function expireByIndex(engine: Engine, collection: Collection, index: DocumentIndex, limit: number): void {
  const [field] = index.fields;
  if (!field) return;
  let low = String.fromCharCode(RANK.date);
  let high = keyOf(new Date(limit));
  if (field.direction === -1) [low, high] = [invertKey(high), `${invertKey(low)}\uffff`];
  const keys: string[] = [];
  for (const key of index.keysBetween(low, high, 1)) {
    keys.push(key);
    if (keys.length >= BATCH) break;
  }
  for (const record of keys.flatMap((key) => [...index.at(key)])) {
    const transaction = engine.begin();
    try {
      const version = visibleVersion(record, transaction);
      if (version && version.keys[index.slot]?.length && isExpired(version.doc, field.parts, limit)) collection.delete(transaction, record);
      engine.commit(transaction);
    } catch (error) {
      engine.abort(transaction);
      if (!(error instanceof WriteConflict)) throw error;
    }
  }
}

/** Of several dates in an array the earliest counts. */
function isExpired(doc: Doc, parts: readonly string[], limit: number): boolean {
  return valuesAt(doc, parts).some((value) =>
    (Array.isArray(value) ? value : [value]).some((item) => item instanceof Date && item.getTime() <= limit),
  );
}
