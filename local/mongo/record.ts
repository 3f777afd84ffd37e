import { valuesEqual } from './bson/compare.ts';
import { arrayPart, rawDocument, type Part } from './bson/raw.ts';
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
  if (retries.length > 0)
    parts.push(
      arrayPart(
        'retries',
        retries.map((entry) => serializeDoc({ ...entry })),
      ),
    );
  return rawDocument(parts);
}
