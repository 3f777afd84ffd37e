import { currentCollator } from '../bson/collation.ts';
import { compareValues } from '../bson/compare.ts';
import { invertKey, keyOf } from '../bson/key.ts';
import { isNumber, toDouble } from '../bson/number.ts';
import { isDoc, type Doc } from '../bson/value.ts';
import { CommandError } from '../errors.ts';
import { splitPath, valuesAt } from './path.ts';

export interface SortField {
  path: string;
  direction: 1 | -1;
}

export function parseSort(spec: unknown): SortField[] {
  if (spec === undefined || spec === null) return [];
  if (!isDoc(spec)) throw new CommandError('TypeMismatch', "Expected field 'sort' to be of type object");
  return Object.entries(spec).map(([path, direction]) => {
    if (!isNumber(direction)) throw new CommandError('BadValue', `sort by ${path}: only 1 and -1 are supported by this store`);
    const sign = toDouble(direction);
    if (sign !== 1 && sign !== -1)
      throw new CommandError('BadValue', '$sort key ordering must be 1 (for ascending) or -1 (for descending)');
    if (path.startsWith('$')) throw new CommandError('BadValue', `sort by '${path}' is not supported by this store`);
    if (path === '' || path.split('.').includes('')) throw new CommandError('BadValue', 'FieldPath must not have an empty part');
    return { path, direction: sign };
  });
}

/** The keys a document has at a path: one per element of an array. Absent is null, an empty array is below null. */
export function keysAt(doc: Doc, parts: readonly string[]): string[] {
  const keys: string[] = [];
  for (const value of valuesAt(doc, parts)) {
    if (Array.isArray(value)) {
      if (value.length === 0) keys.push(keyOf(undefined));
      else for (const item of value) keys.push(keyOf(item ?? null));
    } else keys.push(keyOf(value ?? null));
  }
  return keys.length > 0 ? keys : [keyOf(null)];
}

/** One string per document, ordered as the sort wants: an array counts by its least element ascending, its greatest descending. */
export function compileSortKey(fields: readonly SortField[]): (doc: Doc) => string {
  const parts = fields.map(({ path, direction }) => ({ parts: splitPath(path), direction }));
  return (doc) => {
    let key = '';
    for (const { parts: path, direction } of parts) {
      const keys = keysAt(doc, path);
      let chosen = keys[0] ?? '';
      for (const candidate of keys) if (direction === 1 ? candidate < chosen : candidate > chosen) chosen = candidate;
      key += direction === 1 ? chosen : invertKey(chosen);
    }
    return key;
  };
}

export function sortBy<T>(items: readonly T[], fields: readonly SortField[], read: (item: T) => Doc): T[] {
  if (currentCollator()) return sortCollated(items, fields, read);
  const keyFor = compileSortKey(fields);
  return items
    .map((item) => ({ item, key: keyFor(read(item)) }))
    .toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ item }) => item);
}

/** A collation gives an order of two strings but no key: values are compared as they are. */
function sortCollated<T>(items: readonly T[], fields: readonly SortField[], read: (item: T) => Doc): T[] {
  const parts = fields.map(({ path, direction }) => ({ parts: splitPath(path), direction }));
  const chosen = (doc: Doc) =>
    parts.map(({ parts: path, direction }) => {
      const values = valuesAt(doc, path).flatMap((value) => (Array.isArray(value) && value.length > 0 ? (value as unknown[]) : [value]));
      return values.length === 0 ? null : values.reduce((best, value) => (compareValues(value, best) * direction < 0 ? value : best));
    });
  return items
    .map((item) => ({ item, values: chosen(read(item)) }))
    .toSorted((a, b) => {
      for (const [at, { direction }] of parts.entries()) {
        const difference = compareValues(a.values[at], b.values[at]);
        if (difference !== 0) return difference * direction;
      }
      return 0;
    })
    .map(({ item }) => item);
}
