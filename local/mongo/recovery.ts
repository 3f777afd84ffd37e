import { eachRawItem, rawArrayItems, rawField } from './bson/raw.ts';
import { rawIdKey } from './bson/raw-key.ts';
import { toDouble } from './bson/number.ts';
import { isDoc, parseDoc, type Doc } from './bson/value.ts';
import type { RetryEntry } from './record.ts';
import type { Sessions } from './session.ts';
import { Collection } from './store/collection.ts';
import type { Engine } from './store/engine.ts';
import { DocumentRecord, Version } from './store/mvcc.ts';

/** A collection while its records are read: only the last state of each document will ever be looked at. */
interface Recovered {
  options: Doc;
  exists: boolean;
  indexes: Map<string, Doc>;
  records: Map<string, DocumentRecord>;
}

/**
 * Repeats journal records. Each operation says a whole new state, so repeating it twice does no harm. Documents stay
 * bytes, and no index is kept, until everything has been read: that is most of what a start would cost.
 */
export function createRecovery(engine: Engine, sessions: Sessions) {
  const collections = new Map<string, Recovered>();

  function at(namespace: string): Recovered {
    let collection = collections.get(namespace);
    if (!collection) {
      collection = { options: {}, exists: false, indexes: new Map(), records: new Map() };
      collections.set(namespace, collection);
    }
    return collection;
  }

  function applyOp(kind: string, namespace: string, bytes: Buffer): void {
    const collection = at(namespace);
    switch (kind) {
      case 'p':
        collection.exists = true;
        put(collection.records, bytes);
        break;
      case 'd':
        collection.exists = true;
        collection.records.delete(rawIdKey(bytes));
        break;
      case 'c':
        collection.exists = true;
        collection.options = parseDoc(bytes);
        break;
      case 'x':
        collections.delete(namespace);
        break;
      case 'i': {
        const spec = parseDoc(bytes);
        collection.exists = true;
        collection.indexes.set(String(spec['name']), spec);
        break;
      }
      case 'y':
        collection.indexes.delete(String(parseDoc(bytes)['name']));
        break;
      default:
        throw new Error(`the journal holds an operation of kind '${kind}' that this version does not know`);
    }
  }

  return {
    apply(record: Buffer): void {
      const ops = rawField(record, 'ops');
      if (!ops) throw new Error('the journal holds a record without operations: it is not a journal of this store');
      eachRawItem(ops, (start, end) => applyOp(...operationAt(ops, start, end)));
      const retries = rawField(record, 'retries');
      for (const entry of retries ? rawArrayItems(retries) : []) sessions.restore(retryEntryFrom(entry));
    },

    /** Makes the collections of what has been read. */
    finish(): void {
      for (const [namespace, { options, exists, indexes, records }] of collections) {
        const collection = new Collection(namespace, options, exists, records);
        collection.restore([...indexes.values()], engine.now);
        engine.collections.set(namespace, collection);
      }
      collections.clear();
    },
  };
}

function put(records: Map<string, DocumentRecord>, bytes: Buffer): void {
  const key = rawIdKey(bytes);
  let record = records.get(key);
  if (!record) {
    record = new DocumentRecord(key);
    records.set(key, record);
  }
  if (record.head) record.head.bytes = bytes;
  else record.head = new Version(bytes, undefined, null, null);
}

const EMPTY = Buffer.from([5, 0, 0, 0, 0]);

/** `{ o: kind, n: namespace, d: document }` as `encodeRecord` writes it: fields of one letter, in this order. */
function operationAt(ops: Buffer, start: number, end: number): [kind: string, namespace: string, bytes: Buffer] {
  const kindLength = ops.readInt32LE(start + 7);
  const name = start + 11 + kindLength;
  const nameLength = ops.readInt32LE(name + 3);
  const rest = name + 7 + nameLength;
  const isOurs = ops[start + 4] === 0x02 && ops[start + 5] === O && ops[name] === 0x02 && ops[name + 1] === N;
  if (!isOurs || rest >= end) throw new Error('the journal holds an operation of another form: it is not a journal of this store');
  const bytes = ops[rest] === 0x03 && ops[rest + 1] === D ? ops.subarray(rest + 3, end - 1) : EMPTY;
  return [ops.toString('latin1', start + 11, start + 10 + kindLength), ops.toString('utf8', name + 7, name + 6 + nameLength), bytes];
}

const [O, N, D] = Buffer.from('ond');

function retryEntryFrom(bytes: Buffer): RetryEntry {
  const entry = parseDoc(bytes);
  const reply = entry['reply'];
  return {
    session: String(entry['session']),
    number: toDouble(entry['number']),
    statement: toDouble(entry['statement']),
    ...(entry['through'] === undefined ? {} : { through: toDouble(entry['through']) }),
    reply: isDoc(reply) ? reply : {},
  };
}
