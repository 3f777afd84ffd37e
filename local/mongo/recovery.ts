import { rawArrayItems, rawElements, rawField } from './bson/raw.ts';
import { idKeyOf } from './bson/key.ts';
import { isDoc, parseDoc } from './bson/value.ts';
import type { Sessions } from './session.ts';
import type { RetryEntry } from './record.ts';
import type { Engine } from './store/engine.ts';
import { toDouble } from './bson/number.ts';

/** Repeats one journal record. Each operation says a whole new state, so repeating it twice does no harm. */
export function applyRecord(engine: Engine, sessions: Sessions, record: Buffer): void {
  const ops = rawField(record, 'ops');
  const transaction = engine.begin();
  for (const op of ops ? rawArrayItems(ops) : []) {
    let kind = '';
    let namespace = '';
    let bytes: Buffer | undefined;
    for (const element of rawElements(op)) {
      const value = op.subarray(element.value, element.end);
      if (element.name === 'o') kind = value.toString('utf8', 4, value.length - 1);
      else if (element.name === 'n') namespace = value.toString('utf8', 4, value.length - 1);
      else if (element.name === 'd') bytes = value;
    }
    applyOp(engine, transaction, kind, namespace, bytes);
  }
  engine.commitRecovered(transaction);
  const retries = rawField(record, 'retries');
  for (const entry of retries ? rawArrayItems(retries) : []) sessions.restore(retryEntryFrom(entry));
}

function applyOp(
  engine: Engine,
  transaction: ReturnType<Engine['begin']>,
  kind: string,
  namespace: string,
  bytes: Buffer | undefined,
): void {
  const collection = engine.ensure(namespace);
  const doc = bytes ? parseDoc(bytes) : {};
  switch (kind) {
    case 'p': {
      const record = collection.records.get(idKeyOf(doc['_id']));
      const copy = Buffer.from(bytes ?? []);
      if (record?.head?.bytes) collection.update(transaction, record, copy, doc);
      else collection.insert(transaction, copy, doc);
      break;
    }
    case 'd': {
      const record = collection.records.get(idKeyOf(doc['_id']));
      if (record?.head?.bytes) collection.delete(transaction, record);
      break;
    }
    case 'c':
      collection.exists = true;
      break;
    case 'x':
      engine.collections.delete(namespace);
      break;
    case 'i':
      collection.exists = true;
      if (!collection.indexes.some(({ name }) => name === doc['name'])) collection.addIndex(doc);
      break;
    case 'y': {
      const index = collection.indexes.find(({ name }) => name === doc['name']);
      if (index) collection.dropIndex(index);
      break;
    }
    default:
      throw new Error(`the journal holds an operation of kind '${kind}' that this version does not know`);
  }
}

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
