import { Binary, Code, DBRef, Decimal128, deserialize, Double, Int32, Long, MaxKey, ObjectId, serialize, Timestamp, UUID } from 'bson';
import { describe, expect, it } from 'vitest';
import { decodeDoc } from './decode.ts';

const PARSE = { promoteValues: false, promoteLongs: false, promoteBuffers: false, bsonRegExp: true } as const;

const everyday = {
  _id: new ObjectId(),
  text: 'seat',
  empty: '',
  umlaut: 'Reihe für Käthe 🎭',
  long: 'x'.repeat(500),
  longUmlaut: 'ü'.repeat(500),
  int: new Int32(-7),
  double: new Double(-0),
  big: Long.fromString('-9007199254740993'),
  yes: true,
  no: false,
  none: null,
  at: new Date(-5),
  far: new Date(4_000_000_000_000),
  bytes: new Binary(Buffer.from([1, 2, 3]), 128),
  noBytes: new Binary(Buffer.alloc(0)),
  session: { id: new UUID() },
  list: [new Int32(1), 'two', [{ three: new Double(3.5) }], []],
  12: 'a number as a name',
  constructor: 'an inherited name',
  '': 'no name',
};

const bufferOf = (doc: object): Buffer => Buffer.from(serialize(doc, { ignoreUndefined: false }));

function byLibrary(bytes: Buffer): unknown {
  try {
    return deserialize(bytes, PARSE);
  } catch {
    return 'refused';
  }
}

describe('the parser of everyday documents', () => {
  it('gives the same values as the library', () => {
    const bytes = bufferOf(everyday);
    const decoded = decodeDoc(bytes);
    expect(decoded).toStrictEqual(deserialize(bytes, PARSE));
    expect(Object.keys(decoded ?? {})).toEqual(Object.keys(deserialize(bytes, PARSE)));
    // Names and strings that are kept from the first time are the same the second time.
    expect(decodeDoc(bytes)).toStrictEqual(decoded);
  });

  it.each([
    ['a decimal', { a: Decimal128.fromString('1.5') }],
    ['a timestamp', { a: new Timestamp({ t: 1, i: 2 }) }],
    ['code', { a: [new Code('x')] }],
    ['a greatest key', { a: { b: new MaxKey() } }],
    ['a DBRef', { a: new DBRef('c', new ObjectId()) }],
    ['a pattern', { a: /x/ }],
    ['an old binary', { a: new Binary(Buffer.from([1]), 2) }],
    ['a byte order mark', { a: '\uFEFFx' }],
    ['a name beyond ASCII', { ä: 1 }],
    ['a prototype as a field', Object.fromEntries([['__proto__', 1]])],
  ])('leaves %s to the library', (_name, doc) => {
    expect(decodeDoc(bufferOf(doc))).toBeUndefined();
  });

  it('leaves what is nested deeper than the stack may be to the library', () => {
    let doc: object = {};
    for (let depth = 0; depth < 5000; depth += 1) doc = { a: doc };
    expect(decodeDoc(bufferOf(doc))).toBeUndefined();
  });

  it('passes over the field that is to be skipped, at the first level only', () => {
    const doc = { $clusterTime: { clusterTime: new Timestamp({ t: 1, i: 2 }) }, a: { $clusterTime: { b: true } } };
    expect(decodeDoc(bufferOf(doc), { skipped: '$clusterTime', rawArray: undefined })).toStrictEqual({ a: { $clusterTime: { b: true } } });
  });

  it('leaves the documents of one array as bytes', () => {
    const docs = [{ a: new Int32(1) }, { b: 'x' }];
    const envelope = { skipped: '', rawArray: 'docs' };
    const bytes = bufferOf({ docs, other: [{ docs }] });
    expect(decodeDoc(bytes, envelope)).toStrictEqual({ docs: docs.map(bufferOf), other: [{ docs }] });
    expect(decodeDoc(bufferOf({ docs: [] }), envelope)).toStrictEqual({ docs: [] });
    expect(decodeDoc(bufferOf({ docs: [{}, 1] }), envelope)).toBeUndefined();
    // The library takes every array of that name so, at any level.
    const first = bufferOf({ docs });
    for (let at = 4; at < first.length; at += 1) {
      const damaged = Buffer.from(first);
      damaged[at] = (damaged[at] ?? 0) ^ 1;
      const decoded = decodeDoc(damaged, envelope);
      if (decoded) expect(decoded).toEqual(deserialize(damaged, { ...PARSE, fieldsAsRaw: { docs: true } }));
    }
  });

  it('never accepts what the library refuses, whichever byte is wrong, nor reads it otherwise', () => {
    const { long: _long, longUmlaut: _longUmlaut, ...short } = everyday;
    const bytes = bufferOf(short);
    let accepted = 0;
    for (let at = 0; at < bytes.length; at += 1) {
      for (const change of [1, 2, 4, 0x80, 0xff, bytes[at] ?? 0]) {
        const damaged = Buffer.from(bytes);
        damaged[at] = (damaged[at] ?? 0) ^ change;
        const decoded = decodeDoc(damaged);
        if (decoded === undefined) continue;
        accepted += 1;
        expect(decoded).toStrictEqual(byLibrary(damaged));
      }
    }
    for (let length = 0; length < bytes.length; length += 1) expect(decodeDoc(bytes.subarray(0, length))).toBeUndefined();
    expect(accepted).toBeGreaterThan(100);
  });
});
