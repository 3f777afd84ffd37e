import { Binary, Code, DBRef, Decimal128, Double, Int32, Long, MinKey, ObjectId, serialize, Timestamp, UUID } from 'bson';
import { describe, expect, it } from 'vitest';
import { encodeDoc } from './encode.ts';

const byLibrary = (doc: object): Buffer => Buffer.from(serialize(doc, { ignoreUndefined: true }));

describe('the serializer of everyday documents', () => {
  it.each([
    ['nothing', {}],
    ['texts', { a: '', b: 'seat', c: 'Käthe 🎭', d: 'a\u0000b', e: 'ü\u0000', f: '\ud800', ümlaut: 'x', long: 'ü'.repeat(2000) }],
    ['numbers', { a: 0, b: -0, c: 2 ** 31, d: -(2 ** 31), e: 2 ** 31 - 1, f: 1.5, g: Number.NaN, h: 2 ** 53, i: Number.POSITIVE_INFINITY }],
    ['typed numbers', { a: new Int32(-1), b: new Double(3), c: Long.MIN_VALUE, d: Long.fromNumber(-2), e: Long.MAX_UNSIGNED_VALUE }],
    [
      'moments',
      {
        a: new Date(-1),
        b: new Date(0),
        c: new Date(1_800_000_000_123),
        d: new Date(-8.64e15),
        e: new Timestamp({ t: 4_000_000_000, i: 7 }),
      },
    ],
    ['the rest', { a: true, b: false, c: null, d: undefined, e: new ObjectId() }],
    ['containers', { a: [], b: [undefined, null, [1, { x: 'y' }]], c: { d: { e: {} } }, 12: 'first' }],
  ])('gives the same bytes as the library for %s', (_name, doc) => {
    expect(encodeDoc(doc)).toEqual(byLibrary(doc));
  });

  it.each([
    ['a binary', { a: new Binary(Buffer.from([1]), 2) }],
    ['bytes', { a: Buffer.from([1]) }],
    ['a UUID', { a: [new UUID()] }],
    ['a decimal', { a: Decimal128.fromString('1') }],
    ['code', { a: new Code('x') }],
    ['a DBRef', { a: new DBRef('c', new ObjectId()) }],
    ['a least key', { a: { b: new MinKey() } }],
    ['a pattern', { a: /x/ }],
    ['a map', { a: new Map([['b', 1]]) }],
    ['a function', { a: () => 1 }],
    ['a bigint', { a: 1n }],
    ['no date', { a: new Date(Number.NaN) }],
    [
      'an instance that says how it is stored',
      {
        a: new (class Stored {
          toBSON = () => 1;
        })(),
      },
    ],
    ['a name with its end in it', { 'a\u0000b': 1 }],
    ['such a name beyond ASCII', { 'ä\u0000b': 1 }],
    ['much text', { a: 'x'.repeat(30_000) }],
    ['many elements', { a: Array.from({ length: 20_000 }, () => 1) }],
    ['many documents', { a: Array.from({ length: 20_000 }, () => ({})) }],
  ])('leaves %s to the library', (_name, doc) => {
    expect(encodeDoc(doc)).toBeUndefined();
  });

  it('leaves what is nested deeper than the stack may be, or within itself, to the library', () => {
    const circle: Record<string, unknown> = {};
    circle['self'] = circle;
    expect(encodeDoc(circle)).toBeUndefined();
  });
});
