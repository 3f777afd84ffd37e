import { isNumber, toDouble, toInteger } from '../bson/number.ts';
import { getField, isDoc, setField, type Doc } from '../bson/value.ts';
import { CommandError } from '../errors.ts';
import { compileExpression, type Expression, type Variables } from './expression.ts';
import { compileFilter } from './match.ts';
import { splitPath, type Position } from './path.ts';

export type Projection = (doc: Doc, variables: Variables, position?: Position) => Doc;

/** A tree of paths: true where a whole subtree is chosen, an expression where a value is computed. */
type Node = Map<string, Node | true | Expression>;

interface Parsed {
  tree: Node;
  computed: [string[], Expression][];
  id: boolean | undefined;
  including: boolean | undefined;
  /** Operators of find's projection that act on the result: $slice, $elemMatch, `.$`. */
  arrays: { parts: string[]; change: ArrayChange; includes: boolean }[];
}
type ArrayChange = (array: unknown[], position: Position | undefined) => unknown[] | undefined;

export function compileProjection(spec: Doc, where: 'find' | 'aggregate'): Projection {
  const parsed: Parsed = { tree: new Map(), computed: [], id: undefined, including: undefined, arrays: [] };
  parse(spec, [], parsed, where);
  const onlyId =
    parsed.including === undefined &&
    parsed.id !== undefined &&
    parsed.tree.size === 0 &&
    parsed.computed.length === 0 &&
    parsed.arrays.length === 0;
  const including = onlyId
    ? parsed.id === true
    : (parsed.including ?? (parsed.computed.length > 0 || parsed.arrays.some(({ includes }) => includes)));
  const { tree, computed, arrays } = parsed;
  if (including) {
    if (parsed.id !== false) tree.set('_id', true);
    for (const { parts } of arrays) plant(tree, parts, true);
  } else if (parsed.id === false) tree.set('_id', true);
  return (doc, variables, position) => {
    let result = including ? include(doc, tree) : exclude(doc, tree);
    for (const [parts, evaluate] of computed) {
      const value = evaluate(doc, { ...variables, ROOT: doc });
      if (value !== undefined) result = placeInDocument(result, parts, value);
    }
    for (const { parts, change } of arrays) result = changeArray(result, parts, change, position);
    return result;
  };
}

function parse(spec: Doc, prefix: string[], parsed: Parsed, where: 'find' | 'aggregate'): void {
  for (const [name, value] of Object.entries(spec)) {
    const parts = [...prefix, ...splitPath(name)];
    if (parts.includes('')) throw new CommandError('BadValue', `FieldPath '${name}' must not have an empty part`);
    if (where === 'find' && parts.at(-1) === '$') {
      parsed.arrays.push({ parts: parts.slice(0, -1), change: (array, position) => positional(array, position), includes: true });
      parsed.including ??= true;
    } else if (parts.some((part) => part.startsWith('$'))) {
      throw new CommandError('FailedToParse', `a projection of '${name}' is not supported`);
    } else if (isNumber(value) || typeof value === 'boolean')
      choose(parts, value === true || (value !== false && toDouble(value) !== 0), parsed);
    else if (isDoc(value)) parseDocument(name, value, parts, parsed, where);
    else {
      compute(parts, value, parsed);
    }
  }
}

function parseDocument(name: string, value: Doc, parts: string[], parsed: Parsed, where: 'find' | 'aggregate'): void {
  const [operator] = Object.keys(value);
  if (operator === undefined)
    throw new CommandError('BadValue', `An empty sub-projection is not a valid value. Found empty object at path ${name}`);
  if (where === 'find' && operator === '$elemMatch') {
    const [field] = parts;
    const condition = value['$elemMatch'];
    const matches = compileFilter({ [field ?? '']: { $elemMatch: condition } });
    parsed.arrays.push({
      parts,
      includes: true,
      change: (array) => {
        const found = array.find((item) => matches({ [field ?? '']: [item] }));
        return found === undefined ? undefined : [found];
      },
    });
    parsed.including ??= true;
  } else if (where === 'find' && operator === '$slice') {
    const slice = findSlice(value['$slice']);
    if (slice) parsed.arrays.push({ parts, change: slice, includes: false });
    else compute(parts, value, parsed);
  } else if (operator === '$meta') throw new CommandError('BadValue', `$meta in a projection is not supported by this store: ${name}`);
  else if (operator.startsWith('$')) compute(parts, value, parsed);
  else parse(value, parts, parsed, where);
}

function compute(parts: string[], value: unknown, parsed: Parsed): void {
  if (parsed.including === false)
    throw new CommandError(
      'BadValue',
      `Bad projection specification, cannot include fields or add computed fields during an exclusion projection: ${parts.join('.')}`,
    );
  parsed.including = true;
  parsed.computed.push([parts, compileExpression(value)]);
  if (parts.length === 1 && parts[0] === '_id') parsed.id = false;
}

function choose(parts: string[], included: boolean, parsed: Parsed): void {
  if (parts.length === 1 && parts[0] === '_id') {
    parsed.id = included;
    return;
  }
  if (parsed.including !== undefined && parsed.including !== included) {
    const [kind, other] = included ? ['inclusion', 'exclusion'] : ['exclusion', 'inclusion'];
    throw new CommandError(
      included ? 'InclusionInExclusion' : 'ExclusionInInclusion',
      `Cannot do ${kind} on field ${parts.join('.')} in ${other} projection`,
    );
  }
  parsed.including = included;
  plant(parsed.tree, parts, true);
}

function plant(tree: Node, parts: readonly string[], leaf: true): void {
  let node = tree;
  for (const [depth, part] of parts.entries()) {
    const child = node.get(part);
    if (depth === parts.length - 1) {
      if (child instanceof Map) throw new CommandError('BadValue', `Path collision at ${parts.join('.')}`);
      node.set(part, leaf);
    } else if (child instanceof Map) node = child;
    else if (child !== undefined)
      throw new CommandError('BadValue', `Path collision at ${parts.join('.')} remaining portion ${parts.slice(depth + 1).join('.')}`);
    else {
      const next: Node = new Map();
      node.set(part, next);
      node = next;
    }
  }
}

function include(doc: Doc, tree: Node): Doc {
  const result: Doc = {};
  for (const [name, value] of Object.entries(doc)) {
    const node = tree.get(name);
    if (node === true) setField(result, name, value);
    else if (node instanceof Map) {
      const kept = includeValue(value, node);
      if (kept !== undefined) setField(result, name, kept);
    }
  }
  return result;
}

/** Scalars where the projection wants a field of a document are dropped, in arrays too. */
function includeValue(value: unknown, node: Node): unknown {
  if (Array.isArray(value)) return value.map((item) => includeValue(item, node)).filter((item) => item !== undefined);
  return isDoc(value) ? include(value, node) : undefined;
}

function exclude(doc: Doc, tree: Node): Doc {
  const result: Doc = {};
  for (const [name, value] of Object.entries(doc)) {
    const node = tree.get(name);
    if (node === true) continue;
    setField(result, name, node instanceof Map ? excludeValue(value, node) : value);
  }
  return result;
}

function excludeValue(value: unknown, node: Node): unknown {
  if (Array.isArray(value)) return value.map((item) => excludeValue(item, node));
  return isDoc(value) ? exclude(value, node) : value;
}

/** A computed value under a path: documents in arrays each get it, anything else in the way is replaced. */
function placeComputed(target: unknown, parts: readonly string[], depth: number, value: unknown): unknown {
  if (depth === parts.length) return value;
  if (Array.isArray(target) && depth > 0) return target.map((item) => placeComputed(item, parts, depth, value));
  const result: Doc = isDoc(target) ? { ...target } : {};
  const part = parts[depth] ?? '';
  setField(result, part, placeComputed(getField(result, part), parts, depth + 1, value));
  return result;
}

export function placeInDocument(doc: Doc, parts: readonly string[], value: unknown): Doc {
  const placed = placeComputed(doc, parts, 0, value);
  return isDoc(placed) ? placed : doc;
}

export function removeFromDocument(doc: Doc, parts: readonly string[]): Doc {
  const rest = removePath(doc, parts, 0);
  return isDoc(rest) ? rest : doc;
}

function removePath(target: unknown, parts: readonly string[], depth: number): unknown {
  if (Array.isArray(target)) return target.map((item) => removePath(item, parts, depth));
  const part = parts[depth] ?? '';
  if (!isDoc(target) || !Object.hasOwn(target, part)) return target;
  const result = { ...target };
  if (depth === parts.length - 1) delete result[part];
  else setField(result, part, removePath(getField(result, part), parts, depth + 1));
  return result;
}

function positional(array: unknown[], position: Position | undefined): unknown[] {
  if (position?.index === undefined)
    throw new CommandError(
      'BadValue',
      "Executor error during find command :: caused by :: positional operator '.$' couldn't find a matching element in the array",
    );
  return array.slice(position.index, position.index + 1);
}

/** `$slice: n` and `$slice: [skip, n]` act on the stored array; with an expression inside it is a computed field. */
function findSlice(operand: unknown): ArrayChange | undefined {
  const count = toInteger(operand);
  if (count !== undefined) return (array) => (count < 0 ? array.slice(count) : array.slice(0, count));
  if (!Array.isArray(operand) || operand.length !== 2) return undefined;
  const [skip, limit] = operand.map(toInteger);
  if (skip === undefined || limit === undefined) return undefined;
  return (array) => {
    const start = skip < 0 ? Math.max(0, array.length + skip) : skip;
    return array.slice(start, start + limit);
  };
}

function changeArray(doc: Doc, parts: readonly string[], change: ArrayChange, position: Position | undefined): Doc {
  const [name = '', ...rest] = parts;
  const value = getField(doc, name);
  const result = { ...doc };
  if (rest.length > 0) {
    if (isDoc(value)) setField(result, name, changeArray(value, rest, change, position));
    return result;
  }
  const changed = Array.isArray(value) ? change(value, position) : undefined;
  if (changed !== undefined) setField(result, name, changed);
  else if (Array.isArray(value)) delete result[name];
  return result;
}
