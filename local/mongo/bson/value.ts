import {
  deserialize,
  serialize,
  type Binary,
  type BSONRegExp,
  type BSONSymbol,
  type Code,
  type DBRef,
  type Decimal128,
  type Double,
  type Int32,
  type Long,
  type ObjectId,
  type Timestamp,
} from 'bson';
import { decodeDoc } from './decode.ts';
import { encodeDoc } from './encode.ts';

/** A BSON document as this store holds it: number types kept apart, so a stored 1.0 stays a double. Never mutated once it can be reached from a version. */
export type Doc = Record<string, unknown>;

/** The `bson` package here and the one inside the driver are two worlds of classes; the tag is the only thing they share. */
export function bsonType(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const tag = (value as { [TAG]?: unknown })[TAG];
  return typeof tag === 'string' ? tag : undefined;
}

const TAG = '_bsontype';

interface Tagged {
  Binary: Binary;
  BSONRegExp: BSONRegExp;
  BSONSymbol: BSONSymbol;
  Code: Code;
  DBRef: DBRef;
  Decimal128: Decimal128;
  Double: Double;
  Int32: Int32;
  Long: Long;
  ObjectId: ObjectId;
  Timestamp: Timestamp;
}

export function isA<Tag extends keyof Tagged>(value: unknown, tag: Tag): value is Tagged[Tag] {
  return bsonType(value) === tag;
}

/** The order of BSON types in comparisons and sorts (MongoDB's canonical types; an absent value sorts below null only inside index keys of empty arrays). */
export const RANK = {
  minKey: 1,
  undefined: 2,
  null: 3,
  number: 4,
  string: 5,
  object: 6,
  array: 7,
  binary: 8,
  objectId: 9,
  boolean: 10,
  date: 11,
  timestamp: 12,
  regex: 13,
  code: 14,
  codeWithScope: 15,
  maxKey: 16,
} as const;
export type Rank = (typeof RANK)[keyof typeof RANK];

const RANK_BY_TAG: Record<string, Rank> = {
  Int32: RANK.number,
  Double: RANK.number,
  Long: RANK.number,
  Decimal128: RANK.number,
  ObjectId: RANK.objectId,
  Binary: RANK.binary,
  Timestamp: RANK.timestamp,
  BSONRegExp: RANK.regex,
  BSONSymbol: RANK.string,
  MinKey: RANK.minKey,
  MaxKey: RANK.maxKey,
  DBRef: RANK.object,
};

export function rankOf(value: unknown): Rank {
  if (value === undefined) return RANK.undefined;
  if (value === null) return RANK.null;
  if (typeof value === 'string') return RANK.string;
  if (typeof value === 'number' || typeof value === 'bigint') return RANK.number;
  if (typeof value === 'boolean') return RANK.boolean;
  if (Array.isArray(value)) return RANK.array;
  const tag = bsonType(value);
  if (tag !== undefined) {
    if (isA(value, 'Code')) return value.scope ? RANK.codeWithScope : RANK.code;
    return RANK_BY_TAG[tag] ?? RANK.object;
  }
  if (value instanceof Date) return RANK.date;
  if (value instanceof RegExp) return RANK.regex;
  if (value instanceof Uint8Array) return RANK.binary;
  return RANK.object;
}

/** A plain embedded document, the only kind of value a path can walk into by name. */
export function isDoc(value: unknown): value is Doc {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && rankOf(value) === RANK.object && bsonType(value) === undefined
  );
}

/** The fields of an embedded document; a DBRef is one with fixed names. */
export function fieldsOf(value: object): [string, unknown][] {
  if (!isA(value, 'DBRef')) return Object.entries(value);
  const database: [string, unknown][] = value.db ? [['$db', value.db]] : [];
  return [['$ref', value.collection], ['$id', value.oid], ...database, ...Object.entries(value.fields)];
}

const PARSE = { promoteValues: false, promoteLongs: false, promoteBuffers: false, bsonRegExp: true } as const;

export function parseDoc(bytes: Uint8Array): Doc {
  return (Buffer.isBuffer(bytes) ? decodeDoc(bytes) : undefined) ?? deserialize(bytes, PARSE);
}

/** A command: drivers send `$clusterTime` with each, and nobody reads it. The elements of `rawArray` stay bytes. */
export function parseCommand(bytes: Buffer, rawArray?: string): Doc {
  return (
    decodeDoc(bytes, { skipped: '$clusterTime', rawArray }) ??
    deserialize(bytes, rawArray === undefined ? PARSE : { ...PARSE, fieldsAsRaw: { [rawArray]: true } })
  );
}

export function serializeDoc(doc: Doc): Buffer {
  const encoded = encodeDoc(doc);
  if (encoded) return encoded;
  const bytes = serialize(doc, { ignoreUndefined: true });
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Sets a field without the trap that `__proto__` is on plain objects: such a name is legal in a document. */
export function setField(doc: Doc, name: string, value: unknown): void {
  if (name === '__proto__') Object.defineProperty(doc, name, { value, writable: true, enumerable: true, configurable: true });
  else doc[name] = value;
}

/** Reads an own field; inherited names (`constructor`) are absent. */
export function getField(doc: object, name: string): unknown {
  return Object.hasOwn(doc, name) ? Reflect.get(doc, name) : undefined;
}
