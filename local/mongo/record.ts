import { valuesEqual } from './bson/compare.ts';
import { arrayPart, joinDocuments, rawDocument } from './bson/raw.ts';
import { serializeDoc, type Doc } from './bson/value.ts';
import type { Op } from './store/mvcc.ts';

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

export function rememberRetry(pending: RetryEntry[], entry: RetryEntry): void {
  const last = pending.at(-1);
  const follows =
    last && last.session === entry.session && last.number === entry.number && entry.statement === (last.through ?? last.statement) + 1;
  if (follows && isPlainCount(entry.reply) && isPlainCount(last.reply) && valuesEqual(last.reply, entry.reply))
    last.through = entry.statement;
  else pending.push({ ...entry });
}

function isPlainCount(reply: Doc): boolean {
  return Object.keys(reply).every((name) => name === 'n' || name === 'nModified');
}

const OP_CODES = { put: 'p', delete: 'd', create: 'c', drop: 'x', createIndex: 'i', dropIndex: 'y' } as const;

/** `{ o: kind, n: namespace, d: document }` up to the document: always the same for one kind and namespace. */
function opHead(kind: Op['kind'], namespace: string): Buffer {
  const key = `${OP_CODES[kind]}${namespace}`;
  let head = heads.get(key);
  if (!head) {
    const whole = serializeDoc({ o: OP_CODES[kind], n: namespace, d: {} });
    // Without the empty document and the end.
    head = Buffer.from(whole.subarray(4, whole.length - 6));
    if (heads.size > MAX_HEADS) heads.clear();
    heads.set(key, head);
  }
  return head;
}

const heads = new Map<string, Buffer>();
const MAX_HEADS = 1000;
const EMPTY = serializeDoc({});

function documentOf(op: Op): Buffer {
  switch (op.kind) {
    case 'put':
      return op.bytes;
    case 'delete':
      return op.id;
    case 'create':
      return serializeDoc(op.options);
    case 'createIndex':
      return serializeDoc(op.spec);
    case 'dropIndex':
      return serializeDoc({ name: op.name });
    case 'drop':
      return EMPTY;
  }
}

const OPS_NAME = Buffer.from('\u0004ops\u0000', 'latin1');
/** A document's length and end. */
const FRAME = 5;

/** Written in one go: nearly all that is journalled are documents that are bytes already. */
function encodeOps(ops: readonly Op[]): Buffer {
  const parts = ops.map((op, i) => ({ name: String(i), head: opHead(op.kind, op.namespace), document: documentOf(op) }));
  let arraySize = FRAME;
  for (const { name, head, document } of parts) arraySize += 2 + name.length + FRAME + head.length + document.length;
  const bytes = Buffer.allocUnsafe(FRAME + OPS_NAME.length + arraySize);
  bytes.writeInt32LE(bytes.length, 0);
  let at = 4 + OPS_NAME.copy(bytes, 4);
  bytes.writeInt32LE(arraySize, at);
  at += 4;
  for (const { name, head, document } of parts) {
    bytes[at] = 0x03;
    at += 1 + bytes.write(name, at + 1, 'latin1');
    bytes[at] = 0;
    bytes.writeInt32LE(FRAME + head.length + document.length, at + 1);
    at += FRAME;
    at += head.copy(bytes, at);
    at += document.copy(bytes, at);
    bytes[at] = 0;
    at += 1;
  }
  bytes.fill(0, at);
  return bytes;
}

export function encodeRecord(ops: readonly Op[], retries: readonly RetryEntry[]): Buffer {
  const record = encodeOps(ops);
  if (retries.length === 0) return record;
  const entries = retries.map((entry) => serializeDoc({ ...entry }));
  return joinDocuments(record, rawDocument([arrayPart('retries', entries)]));
}
