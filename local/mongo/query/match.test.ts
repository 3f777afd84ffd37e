import { Binary, Decimal128, Double, Long, ObjectId, serialize } from 'bson';
import { describe, expect, it } from 'vitest';
import { parseDoc, type Doc } from '../bson/value.ts';
import { compileFilter } from './match.ts';
import type { Position } from './path.ts';

const bson = (doc: Doc): Doc => parseDoc(Buffer.from(serialize(doc)));
const matches = (filter: Doc, doc: Doc): boolean => compileFilter(bson(filter))(bson(doc));
const id = new ObjectId();
const bytes = (...values: number[]) => new Binary(Buffer.from(values));

function matchedElement(filter: Doc, doc: Doc): number | undefined {
  const position: Position = {};
  compileFilter(bson(filter))(bson(doc), position);
  return position.index;
}

const CASES: [filter: Doc, doc: Doc, expected: boolean][] = [
  [{ a: 1 }, { a: 1 }, true],
  [{ a: 1 }, { a: new Double(1) }, true],
  [{ a: Long.fromNumber(1) }, { a: Decimal128.fromString('1.0') }, true],
  [{ a: 1 }, { a: '1' }, false],
  [{ a: 1 }, { a: [3, 1] }, true],
  [{ a: [3, 1] }, { a: [3, 1] }, true],
  [{ a: [1, 3] }, { a: [3, 1] }, false],
  [{ a: [1] }, { a: [[1], 2] }, true],
  [{ a: id }, { a: id }, true],
  [{ a: bytes(1, 200) }, { a: bytes(1, 200) }, true],
  [{ a: bytes(1, 200) }, { a: bytes(1, 201) }, false],
  [{ a: { b: 1, c: 2 } }, { a: { b: 1, c: 2 } }, true],
  [{ a: { b: 1, c: 2 } }, { a: { c: 2, b: 1 } }, false],
  [{ a: null }, {}, true],
  [{ a: null }, { a: null }, true],
  [{ a: null }, { a: [1, null] }, true],
  [{ a: null }, { a: 0 }, false],
  [{ a: { $ne: null } }, {}, false],
  [{ a: { $ne: null } }, { a: 0 }, true],
  [{ 'a.b': null }, { a: 5 }, true],
  [{ 'a.b': null }, { a: [1, 2] }, false],
  [{ 'a.b': null }, { a: [{ b: 1 }, {}] }, true],
  [{ 'a.b': 1 }, { a: { b: 1 } }, true],
  [{ 'a.b': 1 }, { a: [{ b: 2 }, { b: 1 }] }, true],
  [{ 'a.1': 5 }, { a: [4, 5] }, true],
  [{ 'a.1.b': 5 }, { a: [{ b: 4 }, { b: 5 }] }, true],
  [{ 'a.0': 5 }, { a: { 0: 5 } }, true],
  [{ a: { $gt: 1 } }, { a: 2 }, true],
  [{ a: { $gt: 1 } }, { a: '2' }, false],
  [{ a: { $gt: 1 } }, {}, false],
  [{ a: { $lt: 1 } }, { a: null }, false],
  [{ a: { $lt: 1 } }, { a: Number.NaN }, false],
  [{ a: { $gte: Number.NaN } }, { a: Number.NaN }, true],
  [{ a: { $gte: null } }, {}, true],
  [{ a: { $gt: null } }, { a: null }, false],
  [{ a: { $gt: 5, $lt: 3 } }, { a: [2, 6] }, true],
  [{ a: { $gt: new Date(1) } }, { a: new Date(2) }, true],
  [{ a: { $in: [1, 'x'] } }, { a: 'x' }, true],
  [{ a: { $in: [1, 'x'] } }, { a: ['y', 1] }, true],
  [{ a: { $in: [null] } }, {}, true],
  [{ a: { $in: [/^ab/] } }, { a: 'abc' }, true],
  [{ a: { $in: [] } }, { a: 1 }, false],
  [{ a: { $nin: [1] } }, {}, true],
  [{ a: { $nin: [1] } }, { a: [1, 2] }, false],
  [{ a: { $ne: 1 } }, { a: [1, 2] }, false],
  [{ a: { $exists: true } }, { a: null }, true],
  [{ a: { $exists: false } }, { a: null }, false],
  [{ 'a.b': { $exists: true } }, { a: [{ c: 1 }, { b: 1 }] }, true],
  [{ 'a.b': { $exists: false } }, { a: [] }, true],
  [{ a: { $type: 'string' } }, { a: 'x' }, true],
  [{ a: { $type: 'number' } }, { a: 1.5 }, true],
  [{ a: { $type: 'array' } }, { a: [] }, true],
  [{ a: { $type: 2 } }, { a: [1, 'x'] }, true],
  [{ a: { $type: ['int', 'null'] } }, { a: 1.5 }, false],
  [{ a: { $not: { $gt: 1 } } }, {}, true],
  [{ a: { $not: { $gt: 1 } } }, { a: [0, 2] }, false],
  [{ a: { $not: /x/ } }, { a: 'y' }, true],
  [{ $and: [{ a: 1 }, { b: 2 }] }, { a: 1, b: 2 }, true],
  [{ $or: [{ a: 1 }, { b: 2 }] }, { b: 2 }, true],
  [{ $nor: [{ a: 1 }, { b: 2 }] }, { b: 2 }, false],
  [{ a: { $elemMatch: { b: 1, c: 2 } } }, { a: [{ b: 1 }, { c: 2 }] }, false],
  [{ a: { $elemMatch: { b: 1, c: 2 } } }, { a: [{ b: 1, c: 2 }] }, true],
  [{ a: { $elemMatch: { $gt: 1, $lt: 3 } } }, { a: [0, 4] }, false],
  [{ a: { $elemMatch: { $gt: 1, $lt: 3 } } }, { a: [0, 2] }, true],
  [{ a: { $elemMatch: { $ne: 1 } } }, { a: [1] }, false],
  [{ a: { $elemMatch: { $or: [{ b: 1 }, { b: 2 }] } } }, { a: [{ b: 2 }] }, true],
  [{ a: { $elemMatch: { b: 1 } } }, { a: { b: 1 } }, false],
  [{ a: { $all: [1, 2] } }, { a: [2, 1, 3] }, true],
  [{ a: { $all: [1, 2] } }, { a: [1] }, false],
  [{ a: { $all: [1] } }, { a: 1 }, true],
  [{ a: { $all: [] } }, { a: [] }, false],
  [{ a: { $all: [{ $elemMatch: { b: 1 } }, { $elemMatch: { b: 2 } }] } }, { a: [{ b: 1 }, { b: 2 }] }, true],
  [{ a: { $size: 2 } }, { a: [1, 2] }, true],
  [{ a: { $size: 2 } }, { a: [[1, 2]] }, false],
  [{ a: /^x/i }, { a: 'Xy' }, true],
  [{ a: { $regex: 'b$', $options: 'm' } }, { a: 'ab\ncd' }, true],
  [{ a: { $regex: '(?i)AB' } }, { a: 'xab' }, true],
  [{ a: /x/ }, { a: ['y', 'x'] }, true],
  [{ a: { $mod: [4, 1] } }, { a: 9 }, true],
  [{ a: { $mod: [4, 1] } }, { a: '9' }, false],
  [{ $expr: { $gt: ['$a', '$b'] } }, { a: 2, b: 1 }, true],
  [{ $expr: { $eq: ['$a', bytes(1)] } }, { a: bytes(2) }, false],
  [{ $expr: { $eq: [{ $toUpper: '$a' }, 'X'] } }, { a: 'x' }, true],
  [{ a: { $eq: null, $exists: true } }, {}, false],
];

describe('a filter', () => {
  it.each(CASES)('%j on %j is %s', (filter, doc, expected) => {
    expect(matches(filter, doc)).toBe(expected);
  });

  it.each([
    [{ $where: 'true' }, '$where'],
    [{ $text: { $search: 'x' } }, '$text'],
    [{ a: { $near: [0, 0] } }, '$near'],
    [{ a: { $gt: 1, $sneaky: 2 } }, '$sneaky'],
    [{ a: { $not: { $sneaky: 2 } } }, '$sneaky'],
    [{ $expr: { $sneaky: 1 } }, '$sneaky'],
  ])('%j is refused by name', (filter, name) => {
    expect(() => matches(filter, { a: 1 })).toThrow(name);
  });

  it('says which element of an array matched', () => {
    expect(matchedElement({ a: 5 }, { a: [4, 5] })).toBe(1);
    expect(matchedElement({ 'a.b': 5 }, { a: [{ b: 4 }, { b: [1, 2, 5] }] })).toBe(1);
    expect(matchedElement({ a: { $elemMatch: { b: 5, c: 1 } } }, { a: [{ b: 5 }, { b: 5 }, { b: 5, c: 1 }] })).toBe(2);
  });
});
