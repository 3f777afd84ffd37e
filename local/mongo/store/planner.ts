import { currentCollator } from '../bson/collation.ts';
import { valuesEqual } from '../bson/compare.ts';
import { invertKey, keyOf } from '../bson/key.ts';
import { isDoc, type Doc } from '../bson/value.ts';
import { CommandError } from '../errors.ts';
import { isOperatorDoc } from '../query/match.ts';
import type { SortField } from '../query/sort.ts';
import type { Collection } from './collection.ts';
import { constraintsOf, point, type Constraints } from './constraints.ts';
import type { DocumentIndex } from './document-index.ts';
import { implies } from './implies.ts';
import { visibleVersion, type DocumentRecord, type Version, type View } from './mvcc.ts';

interface IndexPlan {
  index: DocumentIndex;
  /** Joined keys of the leading fields with equality; full when they cover every field of the index. */
  prefixes: readonly string[];
  full: boolean;
  low: string;
  high: string;
  direction: 1 | -1;
  sorted: boolean;
  score: number;
}

export interface Plan {
  /** Null: all documents in their natural order. */
  steps: readonly IndexPlan[] | null;
  sorted: boolean;
}

/** More lookups than this and one scan is better. */
const MAX_PREFIXES = 4096;

export function planFind(collection: Collection, filter: Doc, sort: readonly SortField[], hint?: unknown): Plan {
  if (currentCollator()) {
    // Every index is in the order of bytes.
    if (hint !== undefined && !(isDoc(hint) && '$natural' in hint)) hintedIndex(collection, hint);
    return { steps: null, sorted: sort.length === 0 };
  }
  const single = hint === undefined ? byId(collection, filter['_id']) : undefined;
  if (single) return single;
  const constraints = constraintsOf(filter);
  if (hint !== undefined) return planHinted(collection, constraints, filter, sort, hint);
  const best = bestIndex(collection, constraints, filter, sort);
  if (best && best.score > 0) return { steps: [best], sorted: best.sorted };
  const branches = planBranches(collection, filter);
  return branches ? { steps: branches, sorted: sort.length === 0 } : { steps: null, sorted: sort.length === 0 };
}

/** One document at most: no other index is better, and any order is its order. */
function byId({ idIndex }: Collection, id: unknown): Plan | undefined {
  if (id === undefined || isOperatorDoc(id)) return undefined;
  const constraint = point(id);
  if (constraint?.kind !== 'points') return undefined;
  const step = {
    index: idIndex,
    prefixes: constraint.keys,
    full: true,
    low: '',
    high: '\uffff',
    direction: 1,
    sorted: true,
    score: 11,
  } as const;
  return { steps: [step], sorted: true };
}

function bestIndex(collection: Collection, constraints: Constraints, filter: Doc, sort: readonly SortField[]): IndexPlan | undefined {
  let best: IndexPlan | undefined;
  for (const index of collection.indexes) {
    const plan = planIndex(index, constraints, filter, sort);
    if (plan && (!best || plan.score > best.score)) best = plan;
  }
  return best;
}

/** Each branch of a `$or` by an index of its own, or none. */
function planBranches(collection: Collection, filter: Doc): IndexPlan[] | undefined {
  const branches = filter['$or'];
  if (!Array.isArray(branches)) return undefined;
  const steps: IndexPlan[] = [];
  for (const branch of branches) {
    if (!isDoc(branch)) return undefined;
    const best = bestIndex(collection, constraintsOf(branch), branch, []);
    if (!best || best.score === 0) return undefined;
    steps.push(best);
  }
  return steps;
}

export function hintedIndex(collection: Collection, hint: unknown): DocumentIndex | undefined {
  const index = collection.indexes.find(({ name, spec }) => (typeof hint === 'string' ? name === hint : valuesEqual(spec['key'], hint)));
  if (!index)
    throw new CommandError(
      'BadValue',
      'error processing query: planner returned error :: caused by :: hint provided does not correspond to an existing index',
    );
  return index;
}

function planHinted(collection: Collection, constraints: Constraints, filter: Doc, sort: readonly SortField[], hint: unknown): Plan {
  if (isDoc(hint) && '$natural' in hint) return { steps: null, sorted: sort.length === 0 };
  const index = hintedIndex(collection, hint);
  const plan = index && planIndex(index, constraints, filter, sort);
  return plan ? { steps: [plan], sorted: plan.sorted } : { steps: null, sorted: sort.length === 0 };
}

function planIndex(index: DocumentIndex, constraints: Constraints, filter: Doc, sort: readonly SortField[]): IndexPlan | undefined {
  if (index.partialFilter && !implies(filter, index.partialFilter)) return undefined;
  let prefixes: string[] = [''];
  let equal = 0;
  for (const { path, direction } of index.fields) {
    const keys = pointKeys(constraints, path);
    if (!keys || prefixes.length * keys.length > MAX_PREFIXES) break;
    // A sparse index leaves out what lacks the field.
    if (index.sparse && keys.includes(keyOf(null))) break;
    prefixes = prefixes.flatMap((prefix) => keys.map((key) => prefix + (direction === 1 ? key : invertKey(key))));
    equal += 1;
  }
  const next = index.fields[equal];
  const bounds = next && rangeBounds(constraints, next.path, next.direction, index.multikey);
  if (index.sparse && equal === 0 && !bounds) return undefined;
  const order = prefixes.length === 1 && !index.multikey ? sortDirection(index, equal, sort, constraints) : undefined;
  const sorted = sort.length === 0 || order !== undefined;
  const score =
    equal * 10 + (bounds ? 4 : 0) + (sort.length > 0 && order !== undefined ? 3 : 0) + (equal === index.fields.length && equal > 0 ? 1 : 0);
  return {
    index,
    prefixes,
    full: equal === index.fields.length,
    low: bounds?.low ?? '',
    high: bounds?.high ?? '\uffff',
    direction: order ?? 1,
    sorted,
    score,
  };
}

function pointKeys(constraints: Constraints, path: string): readonly string[] | undefined {
  let best: readonly string[] | undefined;
  for (const constraint of constraints.get(path) ?? []) {
    if (constraint.kind === 'points' && (!best || constraint.keys.length < best.length)) best = constraint.keys;
  }
  return best;
}

/** With several keys per document, two bounds may be met by two different elements: only one of them can be used. */
function rangeBounds(
  constraints: Constraints,
  path: string,
  direction: 1 | -1,
  multikey: boolean,
): { low: string; high: string } | undefined {
  let low: string | undefined;
  let high: string | undefined;
  for (const constraint of constraints.get(path) ?? []) {
    if (constraint.kind !== 'range') continue;
    if (multikey && low !== undefined) break;
    low = low === undefined || constraint.low > low ? constraint.low : low;
    high = high === undefined || constraint.high < high ? constraint.high : high;
  }
  if (low === undefined || high === undefined) return undefined;
  return direction === 1 ? { low, high: `${high}\uffff` } : { low: invertKey(high), high: `${invertKey(low)}\uffff` };
}

/** Which way the index must be read to give the sort's order; undefined when it cannot. */
function sortDirection(index: DocumentIndex, equal: number, sort: readonly SortField[], constraints: Constraints): 1 | -1 | undefined {
  if (sort.length === 0 || index.sparse) return undefined;
  const fixed = (path: string): boolean => pointKeys(constraints, path)?.length === 1;
  const wanted = sort.filter(({ path }) => !(fixed(path) && index.fields.slice(0, equal).some((field) => field.path === path)));
  let direction: 1 | -1 | undefined;
  for (const [offset, { path, direction: wantedDirection }] of wanted.entries()) {
    const field = index.fields[equal + offset];
    if (field?.path !== path) return undefined;
    const needed = field.direction === wantedDirection ? 1 : -1;
    if (direction !== undefined && direction !== needed) return undefined;
    direction = needed;
  }
  return direction ?? 1;
}

export interface Candidate {
  record: DocumentRecord;
  version: Version;
}

/** The visible documents a plan leads to, each once; not yet matched against the filter. */
export function* candidates(collection: Collection, plan: Plan, view: View): Generator<Candidate> {
  if (!plan.steps) {
    for (const record of collection.records.values()) {
      const version = visibleVersion(record, view);
      if (version) yield { record, version };
    }
    return;
  }
  const seen =
    plan.steps.length > 1 || plan.steps.some(({ index, prefixes }) => index.multikey && prefixes.length >= 1)
      ? new Set<DocumentRecord>()
      : undefined;
  for (const step of plan.steps) {
    for (const prefix of step.prefixes) {
      const keys = step.full ? [prefix] : step.index.keysBetween(prefix + step.low, prefix + step.high, step.direction);
      for (const key of keys) {
        for (const record of step.index.at(key)) {
          const version = visibleVersion(record, view);
          // An entry may belong to another version than the one this view sees.
          if (!version?.keys[step.index.slot]?.includes(key) || seen?.has(record)) continue;
          seen?.add(record);
          yield { record, version };
        }
      }
    }
  }
}
