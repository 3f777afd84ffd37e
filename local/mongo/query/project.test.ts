import { deserialize, serialize } from 'bson';
import { describe, expect, it } from 'vitest';
import { parseDoc, serializeDoc, type Doc } from '../bson/value.ts';
import { compileProjection } from './project.ts';

const bson = (doc: Doc): Doc => parseDoc(Buffer.from(serialize(doc)));
const project = (spec: Doc, doc: Doc): Doc => deserialize(serializeDoc(compileProjection(bson(spec), 'find')(bson(doc), {}, { index: 1 })));

const CASES: [spec: Doc, doc: Doc, expected: Doc][] = [
  [{ a: 1 }, { _id: 1, a: 2, b: 3 }, { _id: 1, a: 2 }],
  [{ a: 1, _id: 0 }, { _id: 1, a: 2, b: 3 }, { a: 2 }],
  [{ _id: 1 }, { _id: 1, a: 2 }, { _id: 1 }],
  [{ _id: 0 }, { _id: 1, a: 2 }, { a: 2 }],
  [{ a: 0 }, { _id: 1, a: 2, b: 3 }, { _id: 1, b: 3 }],
  [{ 'a.b': 1 }, { _id: 1, a: { b: 1, c: 2 } }, { _id: 1, a: { b: 1 } }],
  [{ a: { b: 1 } }, { _id: 1, a: [{ b: 1, c: 2 }, 5] }, { _id: 1, a: [{ b: 1 }] }],
  [{ 'a.b': 0 }, { _id: 1, a: [{ b: 1, c: 2 }, 5] }, { _id: 1, a: [{ c: 2 }, 5] }],
  [{ a: { $slice: 1 } }, { _id: 1, a: [1, 2], b: 3 }, { _id: 1, a: [1], b: 3 }],
  [{ a: { $slice: [-2, 1] } }, { _id: 1, a: [1, 2, 3] }, { _id: 1, a: [2] }],
  [{ a: { $elemMatch: { b: 2 } } }, { _id: 1, a: [{ b: 1 }, { b: 2, c: 1 }], d: 1 }, { _id: 1, a: [{ b: 2, c: 1 }] }],
  [{ 'a.$': 1 }, { _id: 1, a: [5, 6, 7], b: 1 }, { _id: 1, a: [6] }],
  [
    { a: 1, total: { $add: ['$b', 1] } },
    { _id: 1, a: 2, b: 3 },
    { _id: 1, a: 2, total: 4 },
  ],
  [{ name: '$a.b' }, { _id: 1, a: { b: 'x' } }, { _id: 1, name: 'x' }],
];

describe('a projection', () => {
  it.each(CASES)('%j of %j is %j', (spec, doc, expected) => {
    expect(project(spec, doc)).toEqual(expected);
  });

  it.each<[Doc, string]>([
    [{ a: 1, b: 0 }, 'exclusion'],
    [{ a: { $meta: 'textScore' } }, '$meta'],
    [{ a: 1, 'a.b': 1 }, 'collision'],
    [{ a: { $sneaky: 1 } }, '$sneaky'],
  ])('%j is refused: %s', (spec, message) => {
    expect(() => project(spec, { _id: 1 })).toThrow(message);
  });
});
