import { Binary, deserialize, ObjectId, serialize } from 'bson';
import { describe, expect, it } from 'vitest';
import { parseDoc, serializeDoc, type Doc } from '../bson/value.ts';
import { compileExpression } from './expression.ts';

const bson = (doc: Doc): Doc => parseDoc(Buffer.from(serialize(doc)));
function compute(expression: unknown, doc: Doc = {}, variables: Doc = {}): unknown {
  const value = compileExpression(bson({ expression })['expression'])(bson(doc), bson(variables));
  return value === undefined ? undefined : deserialize(serializeDoc({ value }))['value'];
}
const id = new ObjectId();

/** An object literal with a field `then` looks like a promise to the linter. */
const parseJson = (text: string): unknown => JSON.parse(text);

const CASES: [expression: unknown, doc: Doc, expected: unknown][] = [
  ['$a.b', { a: { b: 1 } }, 1],
  ['$a.b', { a: [{ b: 1 }, {}, { b: 2 }] }, [1, 2]],
  ['$missing', {}, undefined],
  [{ $add: ['$a', 1.5] }, { a: 2 }, 3.5],
  [{ $add: ['$when', 1000] }, { when: new Date(0) }, new Date(1000)],
  [{ $subtract: ['$a', '$missing'] }, { a: 2 }, null],
  [{ $multiply: ['$a', 2, 3] }, { a: 2 }, 12],
  [{ $divide: [1, 4] }, {}, 0.25],
  [{ $eq: ['$a', id] }, { a: id }, true],
  [{ $eq: ['$a', '$b'] }, { a: new Binary(Buffer.from([0xfe])), b: new Binary(Buffer.from([0xff])) }, false],
  [{ $lt: ['$missing', null] }, {}, true],
  [{ $cmp: [1, 'a'] }, {}, -1],
  [{ $and: [1, { $not: [0] }] }, {}, true],
  [{ $cond: [{ $gt: ['$a', 1] }, 'more', 'less'] }, { a: 2 }, 'more'],
  [{ $switch: parseJson('{"branches":[{"case":{"$eq":["$a",1]},"then":"one"}],"default":"other"}') }, { a: 3 }, 'other'],
  [{ $round: [2.5, 0] }, {}, 2],
  [{ $trunc: ['$a', -1] }, { a: 187 }, 180],
  [{ $ifNull: ['$missing', null, 'x'] }, {}, 'x'],
  [{ $in: [id, '$ids'] }, { ids: [id] }, true],
  [{ $map: { input: '$a', as: 'n', in: { $multiply: ['$$n', 2] } } }, { a: [1, 2] }, [2, 4]],
  [{ $filter: { input: '$a', cond: { $gte: ['$$this', 2] } } }, { a: [1, 2] }, [2]],
  [{ $reduce: { input: '$a', initialValue: 0, in: { $add: ['$$value', '$$this'] } } }, { a: [1, 2, 3] }, 6],
  [{ $let: { vars: { n: '$a' }, in: { $add: ['$$n', 1] } } }, { a: 1 }, 2],
  [{ $concat: ['$a', '-', 'b'] }, { a: 'a' }, 'a-b'],
  [{ $mergeObjects: ['$a', { c: 3 }] }, { a: { b: 1 } }, { b: 1, c: 3 }],
  [{ $arrayElemAt: ['$a', -1] }, { a: [1, 2] }, 2],
  [{ $max: '$a' }, { a: [1, 5, 3] }, 5],
  [{ $literal: '$a' }, { a: 1 }, '$a'],
  [{ $toString: '$a' }, { a: id }, id.toHexString()],
  [{ $type: '$a' }, { a: 1 }, 'int'],
  [{ $round: [{ $multiply: ['$a', 1.05] }, 1] }, { a: 3 }, 3.2],
  [{ $toUpper: '$a' }, { a: '$x' }, '$X'],
  [{ $dateToString: { format: '%Y-%m-%d', date: '$a' } }, { a: new Date('2026-05-06T07:08:09Z') }, '2026-05-06'],
  [{ $dateTrunc: { date: '$a', unit: 'hour' } }, { a: new Date('2026-05-06T07:08:09Z') }, new Date('2026-05-06T07:00:00Z')],
  [{ $slice: ['$a', 2] }, { a: [1, 2, 3] }, [1, 2]],
  [{ $sum: '$items.price' }, { items: [{ price: 2 }, { price: 'x' }, { price: 3.5 }] }, 5.5],
  [{ $avg: ['$a', 4] }, { a: 2 }, 3],
  [{ $setUnion: ['$ids', [id]] }, { ids: [id] }, [id]],
  [{ $setDifference: [[1, 2], [2]] }, {}, [1]],
  [{ $setField: { field: 'a.b', input: '$$ROOT', value: 1 } }, { a: 2 }, { a: 2, 'a.b': 1 }],
  [{ $getField: 'a.b' }, { 'a.b': 3 }, 3],
  [{ $split: ['$a', ','] }, { a: 'x,y' }, ['x', 'y']],
];

describe('an expression', () => {
  it.each(CASES)('%j of %j is %j', (expression, doc, expected) => {
    expect(compute(expression, doc)).toEqual(expected);
  });

  it('reads variables', () => {
    expect(compute({ $add: ['$$limit', 1] }, {}, { limit: 2 })).toBe(3);
    expect(() => compute('$$unknown')).toThrow('unknown');
  });

  it.each([
    [{ $function: {} }, '$function'],
    [{ $sortArray: {} }, '$sortArray'],
    [{ $add: [1, { $sneaky: 1 }] }, '$sneaky'],
    [{ $add: ['x', 1] }, '$add'],
  ])('%j is refused by name', (expression, name) => {
    expect(() => compute(expression)).toThrow(name);
  });
});
