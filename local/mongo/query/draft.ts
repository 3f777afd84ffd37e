import { getField, isDoc, setField, type Doc } from '../bson/value.ts';
import { CommandError } from '../errors.ts';
import { isArrayIndex } from './path.ts';

/** Padding an array is bounded, as on MongoDB: `{ $set: { 'a.1000000000': 1 } }` must not fill the memory. */
const MAX_PADDING = 1_500_000;

/** A document being changed. The stored one is shared by readers, so containers are copied along each changed path, once. */
export class Draft {
  readonly root: Doc;
  private readonly owned = new Set<object>();

  constructor(doc: Doc) {
    this.root = { ...doc };
    this.owned.add(this.root);
  }

  get(path: readonly string[]): unknown {
    let value: unknown = this.root;
    for (const part of path) {
      if (Array.isArray(value)) value = isArrayIndex(part) ? value[Number(part)] : undefined;
      else if (isDoc(value)) value = getField(value, part);
      else return undefined;
    }
    return value;
  }

  set(path: readonly string[], value: unknown): void {
    const last = path.at(-1) ?? '';
    const parent = this.ownedContainer(path);
    place(parent, last, value);
  }

  unset(path: readonly string[]): void {
    if (this.get(path) === undefined) return;
    const parent = this.ownedContainer(path);
    // Removing an element would shift its neighbours; MongoDB leaves null in its place.
    if (Array.isArray(parent)) parent[Number(path.at(-1))] = null;
    else delete parent[path.at(-1) ?? ''];
  }

  private ownedContainer(path: readonly string[]): Doc | unknown[] {
    let container: Doc | unknown[] = this.root;
    for (let depth = 0; depth < path.length - 1; depth += 1) {
      const part = path[depth] ?? '';
      const child: unknown = Array.isArray(container) ? container[this.arrayIndex(path, depth)] : getField(container, part);
      const next = this.own(child, path, depth);
      if (next !== child) place(container, part, next);
      container = next;
    }
    if (Array.isArray(container)) this.arrayIndex(path, path.length - 1);
    return container;
  }

  private own(child: unknown, path: readonly string[], depth: number): Doc | unknown[] {
    let copy: Doc | unknown[];
    if (child === undefined) copy = {};
    else if (Array.isArray(child)) {
      const array: unknown[] = child;
      if (this.owned.has(array)) return array;
      copy = [...array];
    } else if (isDoc(child)) {
      if (this.owned.has(child)) return child;
      copy = { ...child };
    } else
      throw new CommandError(
        'PathNotViable',
        `Cannot create field '${path[depth + 1] ?? ''}' in element {${path[depth] ?? ''}: ${JSON.stringify(child)}}`,
      );
    this.owned.add(copy);
    return copy;
  }

  private arrayIndex(path: readonly string[], depth: number): number {
    const part = path[depth] ?? '';
    if (!isArrayIndex(part))
      throw new CommandError('PathNotViable', `Cannot create field '${part}' in element {${path[depth - 1] ?? ''}: an array}`);
    return Number(part);
  }
}

function place(container: Doc | unknown[], part: string, value: unknown): void {
  if (!Array.isArray(container)) {
    setField(container, part, value);
    return;
  }
  const index = Number(part);
  if (index > container.length + MAX_PADDING)
    throw new CommandError('BadValue', `cannot pad an array of ${container.length} elements up to index ${part}`);
  while (container.length < index) container.push(null);
  container[index] = value;
}
