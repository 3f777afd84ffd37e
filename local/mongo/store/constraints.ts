import { keyOf } from '../bson/key.ts';
import { isDoc, RANK, rankOf, type Doc } from '../bson/value.ts';
import { isOperatorDoc } from '../query/match.ts';
import { isRegex } from '../query/regex.ts';
import { isTruthy } from '../query/expression.ts';

/** What a filter demands of one path, as index keys. A superset is enough: the matcher always runs again. */
export type Constraint = { kind: 'points'; keys: readonly string[] } | { kind: 'range'; low: string; high: string };

export type Constraints = ReadonlyMap<string, readonly Constraint[]>;

/** The parts of a filter that an index can serve; the rest is left to the matcher. */
export function constraintsOf(filter: Doc): Constraints {
  const found = new Map<string, Constraint[]>();
  collect(filter, '', found);
  return found;
}

function collect(filter: Doc, prefix: string, found: Map<string, Constraint[]>): void {
  for (const [name, operand] of Object.entries(filter)) {
    if (name === '$and' && Array.isArray(operand)) {
      for (const part of operand) if (isDoc(part)) collect(part, prefix, found);
    } else if (!name.startsWith('$')) collectField(prefix + name, operand, found);
  }
}

function collectField(path: string, operand: unknown, found: Map<string, Constraint[]>): void {
  const add = (constraint: Constraint | undefined): void => {
    if (!constraint) return;
    const list = found.get(path);
    if (list) list.push(constraint);
    else found.set(path, [constraint]);
  };
  if (!isOperatorDoc(operand)) {
    add(point(operand));
    return;
  }
  for (const [name, value] of Object.entries(operand)) {
    switch (name) {
      case '$eq':
        add(point(value));
        break;
      case '$in':
        add(points(value));
        break;
      case '$gt':
      case '$gte':
        add(range(value, 'low'));
        break;
      case '$lt':
      case '$lte':
        add(range(value, 'high'));
        break;
      case '$exists':
        if (!isTruthy(value)) add({ kind: 'points', keys: [keyOf(null)] });
        break;
      case '$elemMatch':
        if (isDoc(value) && !isOperatorDoc(value)) collect(value, `${path}.`, found);
        break;
      default:
    }
  }
}

/** An array may be equal as a whole or by an element, and a pattern searches: neither is one key. */
export function point(value: unknown): Constraint | undefined {
  if (Array.isArray(value)) return undefined;
  if (isRegex(value)) return undefined;
  return { kind: 'points', keys: [keyOf(value ?? null)] };
}

function points(value: unknown): Constraint | undefined {
  if (!Array.isArray(value) || value.some((item) => Array.isArray(item) || isRegex(item))) return undefined;
  return { kind: 'points', keys: [...new Set(value.map((item) => keyOf(item ?? null)))].toSorted() };
}

/** Bounded on the other side by the operand's own type: comparisons never cross types. */
function range(value: unknown, side: 'low' | 'high'): Constraint | undefined {
  const rank = rankOf(value ?? null);
  if (rank === RANK.minKey || rank === RANK.maxKey || rank === RANK.array || rank === RANK.null) return undefined;
  const key = keyOf(value);
  return side === 'low'
    ? { kind: 'range', low: key, high: `${String.fromCharCode(rank)}\uffff` }
    : { kind: 'range', low: String.fromCharCode(rank), high: key };
}
