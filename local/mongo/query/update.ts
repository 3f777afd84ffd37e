import { withCollation } from '../bson/collation.ts';
import { valuesEqual } from '../bson/compare.ts';
import { isDoc, type Doc } from '../bson/value.ts';
import { CommandError } from '../errors.ts';
import { Draft } from './draft.ts';
import { compileDocumentPipeline } from './document-stages.ts';
import { compileFilter, isOperatorDoc } from './match.ts';
import { splitPath, type Position } from './path.ts';
import { isRegex } from './regex.ts';
import { UPDATE_OPERATORS, type Apply } from './update-operators.ts';
import type { Variables } from './expression.ts';

export interface UpdateTarget {
  /** The array element the filter matched: what a positional `$` means. */
  position?: Position;
  /** An upsert that inserts: `$setOnInsert` applies. */
  inserting?: boolean;
}

export type Update = (doc: Doc, target: UpdateTarget) => Doc;
type ElementFilters = ReadonlyMap<string, (element: unknown) => boolean>;

export function isReplacement(update: unknown): update is Doc {
  return isDoc(update) && !Object.keys(update)[0]?.startsWith('$');
}

export function compileUpdate(update: unknown, arrayFilters: unknown, variables: Variables = {}): Update {
  if (Array.isArray(update)) {
    if (arrayFilters !== undefined) throw new CommandError('FailedToParse', 'arrayFilters may not be specified for pipeline-syle updates');
    return keepingId(compileDocumentPipeline(update, variables));
  }
  if (!isDoc(update)) throw new CommandError('FailedToParse', 'Update argument must be either an object or an array');
  if (isReplacement(update)) {
    if (arrayFilters !== undefined) throw new CommandError('FailedToParse', 'arrayFilters may not be specified for replacement updates');
    const bad = Object.keys(update).find((name) => name.startsWith('$'));
    if (bad !== undefined)
      throw new CommandError(
        'DollarPrefixedFieldName',
        `The dollar ($) prefixed field '${bad}' is not allowed in the context of an update's replacement document`,
      );
    return keepingId((doc) => ({ ...('_id' in doc ? { _id: doc['_id'] } : {}), ...update }));
  }
  return compileOperators(update, compileArrayFilters(arrayFilters));
}

function keepingId(change: (doc: Doc) => Doc): Update {
  return (doc) => {
    const next = change(doc);
    if (!('_id' in doc)) return next;
    if ('_id' in next && !sameId(next['_id'], doc['_id'])) throw immutableId();
    return { ...next, _id: doc['_id'] };
  };
}

/** Whatever the collation: two spellings are two documents. */
function sameId(left: unknown, right: unknown): boolean {
  return withCollation(undefined, () => valuesEqual(left, right));
}

export function immutableId(): CommandError {
  return new CommandError('ImmutableField', "Performing an update on the path '_id' would modify the immutable field '_id'");
}

interface Step {
  path: string;
  parts: readonly string[];
  apply: Apply;
  onlyOnInsert: boolean;
}

function compileOperators(update: Doc, filters: ElementFilters): Update {
  const steps: Step[] = [];
  const paths: string[] = [];
  const used = new Set<string>();
  for (const [name, fields] of Object.entries(update)) {
    const operator = UPDATE_OPERATORS[name];
    if (!operator && name !== '$rename') {
      throw new CommandError(
        'FailedToParse',
        `Unknown modifier: ${name}. Expected a valid update modifier or pipeline-style update specified as an array`,
      );
    }
    if (!isDoc(fields))
      throw new CommandError(
        'FailedToParse',
        `Modifiers operate on fields but we found another type instead. For example: {$mod: {<field>: ...}} not {${name}: ${JSON.stringify(fields)}}`,
      );
    for (const [path, operand] of Object.entries(fields)) {
      const parts = checkedPath(path);
      for (const part of parts) if (part.startsWith('$[') && part !== '$[]') used.add(part.slice(2, -1));
      paths.push(path);
      if (operator) {
        steps.push({ path, parts, apply: operator(operand, path), onlyOnInsert: name === '$setOnInsert' });
      } else {
        if (typeof operand !== 'string') throw new CommandError('BadValue', `The 'to' field for $rename must be a string: ${path}`);
        const to = checkedPath(operand);
        if (operand === path) throw new CommandError('BadValue', `The source and target field for $rename must differ: ${path}`);
        if ([...parts, ...to].some((part) => part.startsWith('$')))
          throw new CommandError('BadValue', `The source and target fields of $rename may not be dynamic: ${path}`);
        paths.push(operand);
        steps.push({ path, parts, apply: renameTo(to), onlyOnInsert: false });
      }
    }
  }
  refuseConflicts(paths);
  const unused = [...filters.keys()].find((identifier) => !used.has(identifier));
  if (unused !== undefined)
    throw new CommandError(
      'FailedToParse',
      `The array filter for identifier '${unused}' was not used in the update { ${Object.keys(update).join(', ')} }`,
    );
  const missing = [...used].find((identifier) => !filters.has(identifier));
  if (missing !== undefined) throw new CommandError('BadValue', `No array filter found for identifier '${missing}'`);
  // New fields appear in the order of their names, whatever the order of the operators.
  steps.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  return (doc, target) => {
    const draft = new Draft(doc);
    for (const { parts, apply, onlyOnInsert } of steps) {
      if (onlyOnInsert && target.inserting !== true) continue;
      for (const path of concretePaths(draft, parts, filters, target.position)) apply(draft, path);
    }
    if ('_id' in doc && !sameId(draft.root['_id'], doc['_id'])) throw immutableId();
    return draft.root;
  };
}

function checkedPath(path: string): string[] {
  const parts = splitPath(path);
  if (path === '') throw new CommandError('EmptyFieldName', 'An empty update path is not valid.');
  if (parts.includes(''))
    throw new CommandError('EmptyFieldName', `The update path '${path}' contains an empty field name, which is not allowed.`);
  const dynamic = parts.findIndex((part) => part.startsWith('$'));
  if (dynamic === 0) throw new CommandError('DollarPrefixedFieldName', `The dollar ($) prefixed field '${path}' is not valid for storage.`);
  const odd = parts.find((part) => part.startsWith('$') && part !== '$' && !/^\$\[\w*\]$/.test(part));
  if (odd !== undefined)
    throw new CommandError(
      'DollarPrefixedFieldName',
      `The dollar ($) prefixed field '${odd}' in '${path}' is not allowed in the context of an update.`,
    );
  return parts;
}

function refuseConflicts(paths: readonly string[]): void {
  const seen = new Set(paths);
  for (const [index, path] of paths.entries()) {
    if (paths.indexOf(path) !== index) throw conflict(path, path);
    for (let dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1)) {
      if (seen.has(path.slice(0, dot))) throw conflict(path, path.slice(0, dot));
    }
  }
}

function conflict(path: string, at: string): CommandError {
  return new CommandError('ConflictingUpdateOperators', `Updating the path '${path}' would create a conflict at '${at}'`);
}

function renameTo(to: readonly string[]): Apply {
  return (draft, path) => {
    const value = draft.get(path);
    if (value === undefined) return;
    draft.unset(path);
    draft.set(to, value);
  };
}

function compileArrayFilters(arrayFilters: unknown): ElementFilters {
  const filters = new Map<string, (element: unknown) => boolean>();
  if (arrayFilters === undefined) return filters;
  if (!Array.isArray(arrayFilters)) throw new CommandError('TypeMismatch', 'arrayFilters must be an array');
  for (const filter of arrayFilters) {
    if (!isDoc(filter)) throw new CommandError('TypeMismatch', 'each array filter must be an object');
    const identifier = identifierOf(filter);
    if (filters.has(identifier))
      throw new CommandError('FailedToParse', `Found multiple array filters with the same top-level field name ${identifier}`);
    const matches = compileFilter(filter);
    // The filter's paths begin with the identifier: `{ 'seat.row': 1 }` speaks of an element named seat.
    filters.set(identifier, (element) => matches({ [identifier]: element }));
  }
  return filters;
}

function identifierOf(filter: Doc): string {
  for (const [name, operand] of Object.entries(filter)) {
    if (!name.startsWith('$')) return splitPath(name)[0] ?? '';
    if (Array.isArray(operand) && isDoc(operand[0])) return identifierOf(operand[0]);
  }
  throw new CommandError('FailedToParse', 'Cannot use an expression without a top-level field name in arrayFilters');
}

/** Replaces `$`, `$[]` and `$[id]` by the indexes they stand for in this document. */
function concretePaths(
  draft: Draft,
  parts: readonly string[],
  filters: ElementFilters,
  position: Position | undefined,
): (readonly string[])[] {
  if (!parts.some((part) => part.startsWith('$'))) return [parts];
  let paths: string[][] = [[]];
  for (const part of parts) {
    if (part === '$') {
      const index = position?.index;
      if (index === undefined) throw new CommandError('BadValue', 'The positional operator did not find the match needed from the query.');
      paths = paths.map((path) => [...path, String(index)]);
    } else if (part.startsWith('$[')) {
      const accepts = part === '$[]' ? () => true : filters.get(part.slice(2, -1));
      paths = paths.flatMap((path) =>
        elementsOf(draft, path, part).flatMap((item, index) => (accepts?.(item) ? [[...path, String(index)]] : [])),
      );
    } else paths = paths.map((path) => [...path, part]);
  }
  return paths;
}

function elementsOf(draft: Draft, path: readonly string[], part: string): unknown[] {
  const value = draft.get(path);
  if (value === undefined)
    throw new CommandError('BadValue', `The path '${path.join('.')}' must exist in the document in order to apply array updates.`);
  if (!Array.isArray(value))
    throw new CommandError('BadValue', `Cannot apply array updates to non-array element ${path.join('.')} (${part})`);
  return value as unknown[];
}

/** The document an upsert starts from: what the filter says by equality. */
export function upsertBase(filter: Doc): Doc {
  const draft = new Draft({});
  const collect = (part: Doc): void => {
    for (const [name, operand] of Object.entries(part)) {
      if (name === '$and' && Array.isArray(operand)) operand.filter(isDoc).forEach(collect);
      else if (name === '$or' && Array.isArray(operand) && operand.length === 1 && isDoc(operand[0])) collect(operand[0]);
      else if (!name.startsWith('$')) {
        const equal = equalityIn(operand);
        if (equal) draft.set(splitPath(name), equal.value);
      }
    }
  };
  collect(filter);
  return draft.root;
}

function equalityIn(operand: unknown): { value: unknown } | undefined {
  if (!isOperatorDoc(operand)) return isRegex(operand) ? undefined : { value: operand };
  if ('$eq' in operand) return { value: operand['$eq'] };
  const single = operand['$in'] ?? operand['$all'];
  return Array.isArray(single) && single.length === 1 ? { value: single[0] as unknown } : undefined;
}
