import { currentCollator } from '../bson/collation.ts';
import { compareSameRank, valuesEqual } from '../bson/compare.ts';
import { keyOf } from '../bson/key.ts';
import { isNumber, toDouble } from '../bson/number.ts';
import { bsonType, isA, RANK, rankOf, type Doc, type Rank } from '../bson/value.ts';
import { CommandError } from '../errors.ts';
import { isRegex, regexFrom, toRegExp } from './regex.ts';

export interface ValueTest {
  test: (value: unknown) => boolean;
  /** Whether the elements of an array are tried as well as the array. */
  expands: boolean;
}

/** `{ field: operand }`: a regular expression searches strings, null is also met by absence. */
export function equalityTest(operand: unknown): (value: unknown) => boolean {
  if (isRegex(operand)) {
    const pattern = regexFrom(operand);
    return (value) => (typeof value === 'string' ? pattern.test(value) : isRegex(value) && valuesEqual(value, operand));
  }
  if (operand === null || operand === undefined) return (value) => value === null || value === undefined;
  if (typeof operand === 'boolean' || (typeof operand === 'string' && !currentCollator())) return (value) => value === operand;
  if (bsonType(operand) === 'Binary' || bsonType(operand) === 'ObjectId') {
    const key = keyOf(operand);
    const tag = bsonType(operand);
    return (value) => bsonType(value) === tag && keyOf(value) === key;
  }
  const rank = rankOf(operand);
  return (value) => rankOf(value) === rank && compareSameRank(rank, value, operand) === 0;
}

export function compileOperator(name: string, operand: unknown, siblings: Doc): ValueTest {
  switch (name) {
    case '$eq':
      return { test: isRegex(operand) ? (value) => isRegex(value) && valuesEqual(value, operand) : equalityTest(operand), expands: true };
    case '$gt':
      return { test: comparison(name, operand, (sign) => sign > 0, false), expands: true };
    case '$gte':
      return { test: comparison(name, operand, (sign) => sign >= 0, true), expands: true };
    case '$lt':
      return { test: comparison(name, operand, (sign) => sign < 0, false), expands: true };
    case '$lte':
      return { test: comparison(name, operand, (sign) => sign <= 0, true), expands: true };
    case '$in':
      return { test: membership(operand), expands: true };
    case '$regex':
      return { test: regexTest(operand, siblings['$options']), expands: true };
    case '$options':
      if (!('$regex' in siblings)) throw new CommandError('BadValue', '$options needs a $regex');
      return { test: () => true, expands: false };
    case '$mod':
      return { test: modulo(operand), expands: true };
    case '$type':
      return { test: typeTest(operand), expands: true };
    case '$size': {
      const size = isNumber(operand) ? toDouble(operand) : Number.NaN;
      if (!Number.isInteger(size) || size < 0) throw new CommandError('BadValue', 'Failed to parse $size. Expected a non-negative integer');
      return { test: (value) => Array.isArray(value) && value.length === size, expands: false };
    }
    default:
      throw new CommandError('BadValue', `unknown operator: ${name}`);
  }
}

/** Only values of the operand's own type compare, and NaN with nothing but itself. */
function comparison(name: string, operand: unknown, accepts: (sign: number) => boolean, orEqual: boolean): (value: unknown) => boolean {
  if (isRegex(operand)) throw new CommandError('BadValue', `Can't have RegEx as arg to predicate over field with ${name}.`);
  const rank = rankOf(operand ?? null);
  if (rank === RANK.null) return (value) => orEqual && (value === null || value === undefined);
  if (rank === RANK.minKey || rank === RANK.maxKey) return (value) => value !== undefined && accepts(rankOf(value) - rank);
  const operandIsNaN = rank === RANK.number && Number.isNaN(toDouble(operand));
  return (value) => {
    if (rankOf(value) !== rank) return false;
    if (rank === RANK.number) {
      const valueIsNaN = Number.isNaN(toDouble(value));
      if (valueIsNaN || operandIsNaN) return valueIsNaN && operandIsNaN && orEqual;
    }
    return accepts(compareSameRank(rank, value, operand));
  };
}

function membership(operand: unknown): (value: unknown) => boolean {
  if (!Array.isArray(operand)) throw new CommandError('BadValue', '$in needs an array');
  const patterns = operand.filter(isRegex).map(equalityTest);
  const values = operand.filter((item) => !isRegex(item));
  for (const item of values) {
    if (
      typeof item === 'object' &&
      item !== null &&
      Object.keys(item).some((key) => key.startsWith('$') && bsonType(item) === undefined && !['$ref', '$id', '$db'].includes(key))
    ) {
      throw new CommandError('BadValue', 'cannot nest $ under $in');
    }
  }
  if (currentCollator()) {
    const tests = operand.map(equalityTest);
    return (value) => tests.some((test) => test(value));
  }
  const acceptsNull = values.some((item) => item === null);
  const strings = new Set(values.filter((item) => typeof item === 'string'));
  const keys = new Set(values.filter((item) => typeof item !== 'string').map(keyOf));
  return (value) => {
    if (value === undefined || value === null) return acceptsNull;
    if (typeof value === 'string' ? strings.has(value) : keys.size > 0 && keys.has(keyOf(value))) return true;
    return patterns.some((test) => test(value));
  };
}

function regexTest(operand: unknown, options: unknown): (value: unknown) => boolean {
  if (options !== undefined && typeof options !== 'string') throw new CommandError('BadValue', '$options has to be a string');
  if (typeof operand !== 'string' && !isRegex(operand)) throw new CommandError('BadValue', '$regex has to be a string');
  const pattern =
    typeof operand === 'string'
      ? toRegExp(operand, options ?? '')
      : options === undefined
        ? regexFrom(operand)
        : toRegExp('pattern' in operand ? operand.pattern : operand.source, options);
  return (value) => typeof value === 'string' && pattern.test(value);
}

function modulo(operand: unknown): (value: unknown) => boolean {
  if (!Array.isArray(operand) || operand.length !== 2 || !operand.every(isNumber))
    throw new CommandError('BadValue', 'malformed mod, needs to be an array of two numbers');
  const divisor = Math.trunc(toDouble(operand[0]));
  const remainder = Math.trunc(toDouble(operand[1]));
  if (divisor === 0) throw new CommandError('BadValue', 'divisor cannot be 0');
  return (value) => isNumber(value) && Number.isFinite(toDouble(value)) && Math.trunc(toDouble(value)) % divisor === remainder;
}

const TYPES: Record<string, number> = {
  double: 1,
  string: 2,
  object: 3,
  array: 4,
  binData: 5,
  undefined: 6,
  objectId: 7,
  bool: 8,
  date: 9,
  null: 10,
  regex: 11,
  javascript: 13,
  symbol: 14,
  javascriptWithScope: 15,
  int: 16,
  timestamp: 17,
  long: 18,
  decimal: 19,
  minKey: -1,
  maxKey: 127,
};
const TYPE_BY_TAG: Record<string, number> = {
  Double: 1,
  Binary: 5,
  ObjectId: 7,
  BSONRegExp: 11,
  BSONSymbol: 14,
  Int32: 16,
  Timestamp: 17,
  Long: 18,
  Decimal128: 19,
  MinKey: -1,
  MaxKey: 127,
};

const TYPE_BY_RANK = new Map<Rank, number>([
  [RANK.string, 2],
  [RANK.boolean, 8],
  [RANK.date, 9],
  [RANK.regex, 11],
  [RANK.binary, 5],
  [RANK.number, 1],
]);

export function typeNumber(value: unknown): number {
  if (value === undefined) return 6;
  const tag = bsonType(value);
  if (isA(value, 'Code')) return value.scope ? 15 : 13;
  if (tag !== undefined) return TYPE_BY_TAG[tag] ?? 3;
  if (value === null) return 10;
  if (Array.isArray(value)) return 4;
  return TYPE_BY_RANK.get(rankOf(value)) ?? 3;
}

export function typeName(value: unknown): string {
  const number = typeNumber(value);
  return Object.entries(TYPES).find(([, code]) => code === number)?.[0] ?? 'object';
}

function typeTest(operand: unknown): (value: unknown) => boolean {
  const wanted = new Set<number>();
  for (const item of Array.isArray(operand) ? operand : [operand]) {
    if (item === 'number') for (const code of [1, 16, 18, 19]) wanted.add(code);
    else if (typeof item === 'string' && TYPES[item] !== undefined) wanted.add(TYPES[item]);
    else if (isNumber(item) && Object.values(TYPES).includes(toDouble(item))) wanted.add(toDouble(item));
    else throw new CommandError('BadValue', `Unknown type name alias: ${String(item)}`);
  }
  return (value) => value !== undefined && wanted.has(typeNumber(value));
}
