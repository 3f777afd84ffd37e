import { currentCollator } from './collation.ts';
import { keyOf, stringOrder } from './key.ts';
import { toDouble } from './number.ts';
import { bsonType, fieldsOf, RANK, rankOf } from './value.ts';

/** MongoDB's total order over all BSON values. Absent counts as null here; an index alone tells them apart. */
export function compareValues(left: unknown, right: unknown): number {
  const leftRank = rankOf(left ?? null);
  const rightRank = rankOf(right ?? null);
  if (leftRank !== rightRank) return leftRank - rightRank;
  return compareSameRank(leftRank, left ?? null, right ?? null);
}

export function valuesEqual(left: unknown, right: unknown): boolean {
  return left === right || compareValues(left, right) === 0;
}

function order<T extends number | string>(left: T, right: T): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

export function compareSameRank(rank: number, left: unknown, right: unknown): number {
  switch (rank) {
    case RANK.null:
    case RANK.minKey:
    case RANK.maxKey:
      return 0;
    case RANK.boolean:
      return Number(left) - Number(right);
    case RANK.date:
      return Number(left) - Number(right);
    case RANK.string:
      if (typeof left === 'string' && typeof right === 'string') return compareStrings(left, right);
      break;
    case RANK.array:
    case RANK.object:
      if (currentCollator() && typeof left === 'object' && typeof right === 'object' && left && right) return compareByFields(left, right);
      break;
    case RANK.number:
      if (isPlainNumber(left) && isPlainNumber(right)) {
        const a = toDouble(left);
        const b = toDouble(right);
        // NaN equals itself and sorts below every other number.
        if (Number.isNaN(a)) return Number.isNaN(b) ? 0 : -1;
        return Number.isNaN(b) ? 1 : order(a, b);
      }
      break;
    default:
  }
  return order(keyOf(left), keyOf(right));
}

function compareStrings(left: string, right: string): number {
  if (left === right) return 0;
  const collator = currentCollator();
  return collator ? collator.compare(left, right) : order(stringOrder(left), stringOrder(right));
}

/** Type, then name, then value, field by field: keys would do, if they knew the collation. */
function compareByFields(left: object, right: object): number {
  const [ours, theirs] = [fieldsOf(left), fieldsOf(right)];
  for (const [at, [name, value]] of ours.entries()) {
    const other = theirs[at];
    if (!other) return 1;
    const difference = rankOf(value ?? null) - rankOf(other[1] ?? null) || order(name, other[0]) || compareValues(value, other[1]);
    if (difference !== 0) return difference;
  }
  return ours.length - theirs.length;
}

function isPlainNumber(value: unknown): boolean {
  const tag = bsonType(value);
  return tag === 'Int32' || tag === 'Double' || typeof value === 'number';
}
