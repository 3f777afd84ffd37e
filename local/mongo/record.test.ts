import { Int32 } from 'bson';
import { describe, expect, it } from 'vitest';
import { parseDoc, serializeDoc } from './bson/value.ts';
import { encodeRecord } from './record.ts';
import type { Op } from './store/mvcc.ts';

describe('a journal record', () => {
  it('is one BSON document with all operations and the entries of the retry table', () => {
    const document = serializeDoc({ _id: 1, text: 'käthe' });
    const namespace = 'd.ümlaut';
    const ops: Op[] = [
      { kind: 'create', namespace, options: {} },
      { kind: 'createIndex', namespace, spec: { key: { a: 1 }, name: 'a_1' } },
      ...Array.from({ length: 11 }, (): Op => ({ kind: 'put', namespace, bytes: document })),
      { kind: 'delete', namespace, id: serializeDoc({ _id: 1 }) },
      { kind: 'dropIndex', namespace, name: 'a_1' },
      { kind: 'drop', namespace },
    ];
    const d = parseDoc(document);
    const op = (o: string, doc: object) => ({ o, n: namespace, d: doc });
    const written = [
      op('c', {}),
      op('i', { key: { a: new Int32(1) }, name: 'a_1' }),
      ...Array.from({ length: 11 }, () => op('p', d)),
      op('d', { _id: new Int32(1) }),
      op('y', { name: 'a_1' }),
      op('x', {}),
    ];
    expect(parseDoc(encodeRecord(ops, []))).toEqual({ ops: written });
    const entry = { session: 's', number: 4, statement: -1, reply: {} };
    expect(parseDoc(encodeRecord(ops.slice(0, 1), [entry]))).toEqual({
      ops: written.slice(0, 1),
      retries: [{ session: 's', number: new Int32(4), statement: new Int32(-1), reply: {} }],
    });
    expect(parseDoc(encodeRecord([], []))).toEqual({ ops: [] });
  });
});
