import { fieldsOf, getField, isA, isDoc, type Doc } from '../bson/value.ts';

/** Which element of an array made a filter match: what `$` stands for in the update that follows. The outermost array wins. */
export interface Position {
  index?: number;
}

export type Leaf = (value: unknown) => boolean;

export function splitPath(path: string): string[] {
  return path.split('.');
}

export function isArrayIndex(part: string): boolean {
  return /^(0|[1-9]\d{0,8})$/.test(part);
}

/** An embedded document to walk into; a DBRef is read as its fields. */
export function asDoc(value: unknown): Doc | undefined {
  if (isDoc(value)) return value;
  return isA(value, 'DBRef') ? Object.fromEntries(fieldsOf(value)) : undefined;
}

/**
 * Whether any value at the path satisfies the leaf, with MongoDB's implicit walk through arrays of documents.
 * The leaf sees undefined where the path ends early, but not for scalars inside arrays: those are passed over.
 */
export function somePath(doc: Doc, parts: readonly string[], depth: number, leaf: Leaf, position?: Position): boolean {
  const value = getField(doc, parts[depth] ?? '');
  if (depth === parts.length - 1) return leaf(value);
  if (Array.isArray(value)) return someElement(value, parts, depth + 1, leaf, position);
  const inner = asDoc(value);
  return inner ? somePath(inner, parts, depth + 1, leaf, position) : leaf(undefined);
}

function someElement(array: readonly unknown[], parts: readonly string[], depth: number, leaf: Leaf, position?: Position): boolean {
  const part = parts[depth] ?? '';
  if (isArrayIndex(part) && Number(part) < array.length && atIndex(array[Number(part)], parts, depth, leaf, position)) return true;
  for (const [index, item] of array.entries()) {
    const inner = asDoc(item);
    if (inner && somePath(inner, parts, depth, leaf, position)) {
      if (position) position.index = index;
      return true;
    }
  }
  return false;
}

function atIndex(item: unknown, parts: readonly string[], depth: number, leaf: Leaf, position?: Position): boolean {
  if (depth === parts.length - 1) return leaf(item);
  if (Array.isArray(item)) return someElement(item, parts, depth + 1, leaf, position);
  const inner = asDoc(item);
  return inner ? somePath(inner, parts, depth + 1, leaf, position) : false;
}

/** Every value at the path, arrays of documents walked; terminal arrays are given as they are. */
export function valuesAt(doc: Doc, parts: readonly string[]): unknown[] {
  const values: unknown[] = [];
  somePath(doc, parts, 0, (value) => {
    values.push(value);
    return false;
  });
  return values;
}
