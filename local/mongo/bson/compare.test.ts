import { Binary, BSONRegExp, Code, Decimal128, Double, Int32, Long, MaxKey, MinKey, ObjectId, Timestamp } from 'bson';
import { describe, expect, it } from 'vitest';
import { compareValues, valuesEqual } from './compare.ts';
import { invertKey, keyOf } from './key.ts';

/** Ascending; the values of one line are equal. */
const ASCENDING: unknown[][] = [
  [new MinKey()],
  [null],
  [new Double(Number.NaN), Decimal128.fromString('NaN')],
  [new Double(-Infinity)],
  [Decimal128.fromString('-1E+400')],
  [Long.fromString('-9223372036854775808')],
  [new Double(-1.5)],
  [new Int32(-1), Decimal128.fromString('-1.0')],
  [new Double(-0), new Int32(0), Long.ZERO, Decimal128.fromString('0')],
  [Decimal128.fromString('0.1')],
  [new Double(0.1)],
  [new Int32(1), new Double(1), Long.ONE, Decimal128.fromString('1.00')],
  [new Double(1.5), Decimal128.fromString('1.5')],
  [new Int32(10)],
  [new Double(9007199254740992), Long.fromString('9007199254740992')],
  [Long.fromString('9007199254740993'), Decimal128.fromString('9007199254740993')],
  [new Double(9007199254740994)],
  [Long.fromString('9223372036854775807')],
  [new Double(9223372036854775808)],
  [Decimal128.fromString('1E+400')],
  [new Double(Infinity), Decimal128.fromString('Infinity')],
  [''],
  ['A'],
  ['a'],
  ['a\u0000'],
  ['a\u0000b'],
  ['ab'],
  ['é'],
  ['\uff5e'],
  ['😀'],
  [{}],
  [{ a: new Int32(1) }, { a: new Double(1) }],
  [{ a: new Int32(1), b: new Int32(1) }],
  [{ a: new Int32(2) }],
  [{ b: new Int32(0) }],
  [{ a: 'x' }],
  [[]],
  [[new Int32(1)]],
  [[new Int32(1), new Int32(0)]],
  [[new Int32(2)]],
  [new Binary(Buffer.from([9]))],
  [new Binary(Buffer.from([1, 2]))],
  [new Binary(Buffer.from([1, 3]))],
  [new Binary(Buffer.from([1, 2]), 5)],
  [new ObjectId('000000000000000000000001')],
  [new ObjectId('0000000000000000000000ff')],
  [false],
  [true],
  [new Date(-1)],
  [new Date(0)],
  [new Date(1)],
  [new Timestamp({ t: 1, i: 2 })],
  [new Timestamp({ t: 4_000_000_000, i: 1 })],
  [new BSONRegExp('a', '')],
  [new BSONRegExp('a', 'i')],
  [new Code('f()')],
  [new MaxKey()],
];
const flat = ASCENDING.flatMap((values, place) => values.map((value) => ({ value, place })));

const pairs = flat.flatMap((left) =>
  flat.map((right) => ({ left: left.value, right: right.value, expected: Math.sign(left.place - right.place) })),
);
const order = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

describe('the order of BSON values', () => {
  it('is total, across types and kinds of number', () => {
    const wrong = pairs.filter(
      ({ left, right, expected }) => Math.sign(compareValues(left, right)) !== expected || valuesEqual(left, right) !== (expected === 0),
    );
    expect(wrong).toEqual([]);
  });

  it('is the order of the keys, and of inverted keys the reverse', () => {
    const wrong = pairs.filter(({ left, right, expected }) => {
      const [a, b] = [keyOf(left), keyOf(right)];
      return order(a, b) !== expected || order(invertKey(b), invertKey(a)) !== expected;
    });
    expect(wrong).toEqual([]);
  });

  it('has no key that begins another, so that keys can be joined', () => {
    const keys = new Set(flat.map(({ value }) => keyOf(value)));
    const beginnings = [...keys].filter((key) => [...keys].some((other) => other !== key && other.startsWith(key)));
    expect(beginnings).toEqual([]);
  });

  it('treats what is absent as null', () => {
    expect(compareValues(undefined, null)).toBe(0);
  });
});
