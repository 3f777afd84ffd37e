import { BSON, type Document } from 'mongodb';

/** What was expected and did not come. */
export class Mismatch extends Error {}

export type Entities = Map<string, unknown>;

const bsonType = (value: unknown): unknown => (value as Document | null | undefined)?.['_bsontype'];
const NUMBERS = new Set<unknown>(['Int32', 'Double', 'Long']);
export const isNumber = (value: unknown): boolean => typeof value === 'number' || typeof value === 'bigint' || NUMBERS.has(bsonType(value));
export const toNumber = (value: unknown): number => Number(typeof value === 'object' && value !== null ? value.valueOf() : value);

export function isPlain(value: unknown): value is Document {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    bsonType(value) === undefined &&
    !(value instanceof Date) &&
    !(value instanceof Uint8Array)
  );
}

const TYPES: Record<string, (value: unknown) => boolean> = {
  double: isNumber,
  int: isNumber,
  long: isNumber,
  number: isNumber,
  string: (value) => typeof value === 'string',
  object: isPlain,
  array: Array.isArray,
  binData: (value) => bsonType(value) === 'Binary' || value instanceof Uint8Array,
  objectId: (value) => bsonType(value) === 'ObjectId',
  bool: (value) => typeof value === 'boolean',
  date: (value) => value instanceof Date,
  null: (value) => value === null,
  timestamp: (value) => bsonType(value) === 'Timestamp',
  decimal: (value) => bsonType(value) === 'Decimal128',
};

function shown(value: unknown): string {
  try {
    return BSON.EJSON.stringify(value).slice(0, 500);
  } catch {
    return String(value);
  }
}

function refuse(path: string, what: string, expected: unknown, actual: unknown): never {
  throw new Mismatch(`${path}: ${what}; expected ${shown(expected)}, got ${shown(actual)}`);
}

/** What the Node driver adds to documents of its own, and no server can help. */
const driverAdds = (name: string, value: unknown): boolean => name === 'didUpsert' || (name === 'wtimeout' && toNumber(value) === 10_000);

/**
 * Expected keys must be there; others are allowed at the root only. `root` goes down into a list of results, because
 * each of them is a root document.
 */
export function expectMatch(expected: unknown, actual: unknown, entities: Entities, path: string, root: boolean): void {
  if (isPlain(expected)) {
    const keys = Object.keys(expected);
    const [first = ''] = keys;
    if (keys.length === 1 && first.startsWith('$$')) matchSpecial(first, expected[first], actual, entities, path, root);
    else matchDocument(expected, actual, entities, path, root);
  } else if (Array.isArray(expected)) {
    if (!Array.isArray(actual) || actual.length !== expected.length) refuse(path, 'another list', expected, actual);
    for (const [index, item] of expected.entries()) expectMatch(item, actual[index], entities, `${path}[${index}]`, root);
  } else if (isNumber(expected)) {
    if (!isNumber(actual) || toNumber(actual) !== toNumber(expected)) refuse(path, 'another number', expected, actual);
  } else if (expected instanceof Date || bsonType(expected) !== undefined) {
    // The driver asks GridFS for a file by `{ _id: { $eq: id } }`.
    const value = isPlain(actual) && Object.keys(actual).join(',') === '$eq' ? actual['$eq'] : actual;
    if (BSON.EJSON.stringify(expected) !== BSON.EJSON.stringify(value)) refuse(path, 'another value', expected, actual);
  } else if (expected !== actual) refuse(path, 'another value', expected, actual);
}

function matchDocument(expected: Document, given: unknown, entities: Entities, path: string, root: boolean): void {
  const actual: unknown = given instanceof Map ? Object.fromEntries(given) : given;
  if (typeof actual !== 'object' || actual === null) refuse(path, 'not a document', expected, actual);
  const fields = actual as Document;
  for (const [key, value] of Object.entries(expected)) {
    const mayLack = isPlain(value) && ('$$exists' in value || '$$unsetOrMatches' in value);
    if (!mayLack && fields[key] === undefined) refuse(path, `lacks '${key}'`, expected, actual);
    expectMatch(value, fields[key], entities, `${path}.${key}`, false);
  }
  if (root) return;
  for (const [key, value] of Object.entries(fields)) {
    if (!(key in expected) && value !== undefined && !driverAdds(key, value)) refuse(path, `has '${key}' too`, expected, actual);
  }
}

function matchSpecial(operator: string, operand: unknown, actual: unknown, entities: Entities, path: string, root: boolean): void {
  switch (operator) {
    case '$$exists':
      if ((actual !== undefined) !== operand) refuse(path, operand ? 'is missing' : 'exists', operand, actual);
      return;
    case '$$type':
      if (![operand].flat().some((type) => TYPES[String(type)]?.(actual))) refuse(path, 'another type', operand, actual);
      return;
    case '$$unsetOrMatches':
      if (actual !== undefined) expectMatch(operand, actual, entities, path, root);
      return;
    case '$$matchesEntity':
      expectMatch(entities.get(String(operand)), actual, entities, path, root);
      return;
    case '$$sessionLsid':
      // Kept apart, because a session that has ended no longer gives its id.
      expectMatch(entities.get(`lsid of ${String(operand)}`), actual, entities, path, false);
      return;
    case '$$matchesHexBytes':
      if (!(actual instanceof Uint8Array) || Buffer.from(actual).toString('hex') !== operand) refuse(path, 'other bytes', operand, actual);
      return;
    case '$$lte':
      if (!(toNumber(actual) <= toNumber(operand))) refuse(path, 'greater', operand, actual);
      return;
    default:
      refuse(path, `the runner does not know ${operator}`, operand, actual);
  }
}
