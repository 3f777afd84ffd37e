import { Binary, deserialize, Double, Int32, Long, serialize } from 'bson';
import { describe, expect, it } from 'vitest';
import { parseDoc, serializeDoc, type Doc } from '../bson/value.ts';
import { compileUpdate, upsertBase, type UpdateTarget } from './update.ts';

const bson = (doc: Doc): Doc => parseDoc(Buffer.from(serialize(doc)));
/** Through bytes and back, as a client sees it. */
const seen = (doc: Doc): Doc => deserialize(serializeDoc(doc));

function apply(doc: Doc, update: Doc | Doc[], arrayFilters?: Doc[], target: UpdateTarget = {}): Doc {
  const wrapped = bson({ update, filters: arrayFilters ?? null });
  return seen(compileUpdate(wrapped['update'], arrayFilters ? wrapped['filters'] : undefined)(bson(doc), target));
}

const increased = (value: unknown, by: unknown): unknown => compileUpdate({ $inc: { a: by } }, undefined)({ a: value }, {})['a'];

const CASES: [doc: Doc, update: Doc, expected: Doc][] = [
  [{ a: 1 }, { $set: { b: 2, 'c.d': 3 } }, { a: 1, b: 2, c: { d: 3 } }],
  [{ a: [1, 2] }, { $set: { 'a.3': 4 } }, { a: [1, 2, null, 4] }],
  [{ a: [{ b: 1 }] }, { $set: { 'a.0.b': 2 } }, { a: [{ b: 2 }] }],
  [{ a: 1, b: 2 }, { $unset: { a: '' } }, { b: 2 }],
  [{ a: [1, 2] }, { $unset: { 'a.0': '' } }, { a: [null, 2] }],
  [{ a: 1 }, { $inc: { a: 2, b: 3 } }, { a: 3, b: 3 }],
  [{ a: 2 }, { $mul: { a: 2.5, b: 7 } }, { a: 5, b: 0 }],
  [{ a: 2, b: 2 }, { $min: { a: 1, b: 3, c: 4 } }, { a: 1, b: 2, c: 4 }],
  [{ a: 2, b: 2 }, { $max: { a: 1, b: 3 } }, { a: 2, b: 3 }],
  [{ a: 1 }, { $rename: { a: 'b.c', zz: 'y' } }, { b: { c: 1 } }],
  [{ a: [1] }, { $push: { a: 2, b: 3 } }, { a: [1, 2], b: [3] }],
  [{ a: [1] }, { $push: { a: { $each: [5, 3], $sort: -1, $slice: 2 } } }, { a: [5, 3] }],
  [{ a: [1, 2] }, { $push: { a: { $each: [9], $position: 1 } } }, { a: [1, 9, 2] }],
  [{ a: [1, 2, 3] }, { $push: { a: { $each: [], $slice: -2 } } }, { a: [2, 3] }],
  [{ a: [{ n: 2 }, { n: 1 }] }, { $push: { a: { $each: [{ n: 0 }], $sort: { n: 1 } } } }, { a: [{ n: 0 }, { n: 1 }, { n: 2 }] }],
  [{ a: [1] }, { $addToSet: { a: { $each: [1, 2, 2] } } }, { a: [1, 2] }],
  [{ a: [1] }, { $addToSet: { a: new Double(1) } }, { a: [1] }],
  [{ a: [1, 2, 3] }, { $pull: { a: { $gte: 2 } } }, { a: [1] }],
  [{ a: [{ b: 1, c: 1 }, { b: 2 }] }, { $pull: { a: { b: 1 } } }, { a: [{ b: 2 }] }],
  [{ a: [1, 2, 1] }, { $pullAll: { a: [1] } }, { a: [2] }],
  [{ a: [1, 2, 3] }, { $pop: { a: -1 } }, { a: [2, 3] }],
  [{ a: [1, 2, 3] }, { $pop: { a: 1 } }, { a: [1, 2] }],
  [{ a: 13 }, { $bit: { a: { and: new Int32(10) } } }, { a: 8 }],
  [{ a: 1 }, { $setOnInsert: { b: 1 }, $set: { c: 1 } }, { a: 1, c: 1 }],
  [{ a: [1, 2] }, { $inc: { 'a.$[]': 1 } }, { a: [2, 3] }],
  [{ _id: 1, a: 1 }, { b: 2 }, { _id: 1, b: 2 }],
];

describe('an update', () => {
  it.each(CASES)('of %j by %j gives %j', (doc, update, expected) => {
    expect(apply(doc, update)).toEqual(expected);
  });

  it('changes the element the filter matched, or those an array filter chooses', () => {
    const doc = {
      seats: [
        { row: 1, held: true },
        { row: 2, held: true },
      ],
    };
    expect(apply(doc, { $set: { 'seats.$.held': false } }, undefined, { position: { index: 1 } })).toEqual({
      seats: [
        { row: 1, held: true },
        { row: 2, held: false },
      ],
    });
    expect(apply(doc, { $set: { 'seats.$[s].held': false } }, [{ 's.row': { $lt: 2 } }])).toEqual({
      seats: [
        { row: 1, held: false },
        { row: 2, held: true },
      ],
    });
  });

  it('applies $setOnInsert when an upsert inserts', () => {
    expect(apply({ k: 1 }, { $setOnInsert: { a: 1 } }, undefined, { inserting: true })).toEqual({ k: 1, a: 1 });
  });

  it('computes with a pipeline', () => {
    expect(apply({ a: 2, b: 1 }, [{ $set: { sum: { $add: ['$a', '$b'] } } }, { $unset: 'b' }])).toEqual({ a: 2, sum: 3 });
  });

  it('keeps kinds of numbers apart and widens them as MongoDB does', () => {
    expect(increased(new Int32(1), new Int32(1))).toEqual(new Int32(2));
    expect(increased(new Int32(2 ** 31 - 1), new Int32(1))).toEqual(Long.fromNumber(2 ** 31));
    expect(increased(new Int32(1), new Double(1))).toEqual(new Double(2));
    expect(() => increased(Long.MAX_VALUE, Long.ONE)).toThrow('64-bit');
  });

  it('never touches the stored document', () => {
    const stored = bson({ a: { b: [1] }, c: 1 });
    const before = serializeDoc(stored);
    compileUpdate(bson({ $push: { 'a.b': 2 }, $set: { c: 2 } }), undefined)(stored, {});
    expect(serializeDoc(stored)).toEqual(before);
  });

  it('writes a changed hash: binary values compare by their bytes', () => {
    const changed = apply({ hash: new Binary(Buffer.from([0xff, 1])) }, { $set: { hash: new Binary(Buffer.from([0xfe, 1])) } });
    expect(changed['hash']).toEqual(new Binary(Buffer.from([0xfe, 1])));
  });

  it.each<[Doc, Doc, string]>([
    [{ a: 1 }, { $sneaky: { a: 1 } }, '$sneaky'],
    [{ a: null }, { $inc: { a: 1 } }, 'non-numeric'],
    [{ a: 'x' }, { $inc: { a: 1 } }, 'non-numeric'],
    [{ a: 1 }, { $set: { a: 1 }, $inc: { a: 1 } }, 'conflict'],
    [{ a: 1 }, { $set: { a: 1, 'a.b': 1 } }, 'conflict'],
    [{ a: 1 }, { $set: { 'a.b': 1 } }, 'Cannot create field'],
    [{ a: [1] }, { $set: { 'a.b': 1 } }, 'Cannot create field'],
    [{ a: 1 }, { $push: { a: 1 } }, 'must be an array'],
    [{ a: [1] }, { $push: { a: { $each: [1], $sneaky: 1 } } }, '$sneaky'],
    [{ _id: 1 }, { $set: { _id: 2 } }, '_id'],
    [{ _id: 1 }, { _id: 2 }, '_id'],
    [{ a: [1] }, { $set: { 'a.$': 1 } }, 'positional'],
    [{ a: [1] }, { $set: { 'a.$[x]': 1 } }, "'x'"],
    [{ a: [1] }, { $set: { 'a.9999999': 1 } }, 'pad'],
  ])('of %j by %j is refused: %s', (doc, update, message) => {
    expect(() => apply(doc, update)).toThrow(message);
  });

  it('starts an upsert from the equalities of the filter', () => {
    expect(upsertBase({ a: 1, 'b.c': 'x', d: { $gt: 1 }, $and: [{ e: { $eq: 2 } }, { f: { $in: [3] } }] })).toEqual({
      a: 1,
      b: { c: 'x' },
      e: 2,
      f: 3,
    });
  });
});
