import { Decimal128, Double, Int32, Long, MinKey, ObjectId } from 'bson';
import { describe, expect, it } from 'vitest';
import { keysAt } from '../query/sort.ts';
import { idKeyOf } from './key.ts';
import { rawIdDocument } from './raw.ts';
import { rawIdKey, rawKeyAt } from './raw-key.ts';
import { parseDoc, serializeDoc } from './value.ts';

const id = new ObjectId();
const plain: readonly unknown[] = [
  new Int32(0),
  new Int32(-2_147_483_648),
  new Double(-0),
  new Double(1.5),
  new Double(-1e300),
  new Double(Number.NaN),
  new Double(Number.POSITIVE_INFINITY),
  new Double(Number.NEGATIVE_INFINITY),
  'text',
  '',
  'Käthe \u0000 🎭',
  new Date(-1),
  new Date(1_800_000_000_000),
  true,
  false,
  null,
  id,
];
const others: readonly unknown[] = [
  Long.fromString('9007199254740993'),
  Decimal128.fromString('1'),
  [],
  [1],
  { b: 2 },
  new MinKey(),
  '\uFEFFx',
];

const raw = (doc: object, path: string) =>
  rawKeyAt(
    serializeDoc({ ...doc }),
    path.split('.').map((part) => Buffer.from(part)),
  );
const parsed = (doc: object, path: string) => keysAt(parseDoc(serializeDoc({ ...doc })), path.split('.'));

describe('keys from bytes', () => {
  it.each(plain)('are those of the parsed value: %s', (value) => {
    expect([raw({ x: 1, a: value, ab: 2 }, 'a')]).toEqual(parsed({ a: value }, 'a'));
    expect([raw({ x: { a: 1 }, a: { x: 'y', b: value } }, 'a.b')]).toEqual(parsed({ a: { b: value } }, 'a.b'));
  });

  it.each(others)('are left to a parse: %s', (value) => {
    expect(raw({ a: value }, 'a')).toBeUndefined();
  });

  it('know what is absent from what lies in an array', () => {
    for (const doc of [{}, { a: 1 }, { a: null }, { a: {} }, { a: { bc: 1 } }]) expect([raw(doc, 'a.b')]).toEqual(parsed(doc, 'a.b'));
    expect(raw({ a: [{ b: 1 }] }, 'a.b')).toBeUndefined();
  });

  it('take the last of two fields of one name, as a parse does', () => {
    const twice = serializeDoc({ a: 1, b: 2 });
    twice[twice.indexOf('b')] = 'a'.charCodeAt(0);
    expect([rawKeyAt(twice, [Buffer.from('a')])]).toEqual(keysAt(parseDoc(twice), ['a']));
  });

  it.each([...plain, ...others])('of _id, and the document of _id alone: %s', (value) => {
    for (const doc of [
      { _id: value, a: 1 },
      { 5: 'a number comes first', _id: value },
    ]) {
      const bytes = serializeDoc(doc);
      const read = parseDoc(bytes)['_id'];
      expect(rawIdKey(bytes)).toBe(idKeyOf(read));
      expect(parseDoc(rawIdDocument(bytes))).toEqual({ _id: read });
    }
  });
});
