import { invertKey } from '../bson/key.ts';
import { rawKeyAt } from '../bson/raw-key.ts';
import { isNumber, toDouble } from '../bson/number.ts';
import { isA, isDoc, type Doc } from '../bson/value.ts';
import { CommandError } from '../errors.ts';
import { compileFilter, type Matcher } from '../query/match.ts';
import { splitPath, valuesAt } from '../query/path.ts';
import { keysAt } from '../query/sort.ts';
import { SortedKeys } from './sorted-keys.ts';
import type { DocumentRecord } from './mvcc.ts';

export interface IndexField {
  path: string;
  parts: readonly string[];
  /** The parts in UTF-8. */
  names: readonly Uint8Array[];
  direction: 1 | -1;
}

const OPTIONS = new Set([
  'v',
  'key',
  'name',
  'unique',
  'sparse',
  'partialFilterExpression',
  'expireAfterSeconds',
  'background',
  'ns',
  'hidden',
]);

/** Keys lead to records, of which any version may have had the key: the reader looks at the version it sees. */
export class DocumentIndex {
  readonly name: string;
  readonly spec: Doc;
  readonly slot: number;
  readonly fields: readonly IndexField[];
  readonly unique: boolean;
  readonly sparse: boolean;
  readonly partialFilter: Doc | undefined;
  readonly expireAfterSeconds: number | undefined;
  /** Documents with more than one key, now or ever: such an index cannot give an order. */
  multikey = false;
  private readonly inPart: Matcher | undefined;
  private readonly entries: Map<string, DocumentRecord | Set<DocumentRecord>>;
  /** The index of `_id` finds records where the collection keeps them: only the order of the keys is its own. */
  private readonly entriesAreRecords: boolean;
  private readonly sorted = new SortedKeys();

  constructor(spec: Doc, slot: number, records?: Map<string, DocumentRecord>) {
    this.entries = records ?? new Map();
    this.entriesAreRecords = records !== undefined;
    this.spec = spec;
    this.slot = slot;
    this.name = String(spec['name']);
    this.fields = indexFields(spec['key']);
    this.unique = spec['unique'] === true;
    this.sparse = spec['sparse'] === true;
    const filter = spec['partialFilterExpression'];
    this.partialFilter = isDoc(filter) ? filter : undefined;
    this.inPart = this.partialFilter && compileFilter(this.partialFilter);
    this.expireAfterSeconds = isNumber(spec['expireAfterSeconds']) ? toDouble(spec['expireAfterSeconds']) : undefined;
  }

  /** Distinct keys of a document; none when a partial or sparse index leaves it out. */
  keysFor(doc: Doc): readonly string[] {
    if (this.inPart && !this.inPart(doc)) return [];
    if (this.sparse && this.fields.every(({ parts }) => valuesAt(doc, parts).every((value) => value === undefined))) return [];
    let keys = [''];
    for (const { parts, direction } of this.fields) {
      const own = keysAt(doc, parts).map((key) => (direction === 1 ? key : invertKey(key)));
      keys = own.length === 1 ? keys.map((key) => key + (own[0] ?? '')) : keys.flatMap((key) => own.map((each) => key + each));
    }
    return keys.length === 1 ? keys : [...new Set(keys)];
  }

  /** The same from a document's bytes; undefined when it has to be parsed for that. */
  rawKeysFor(bytes: Buffer): readonly string[] | undefined {
    if (this.inPart || this.sparse) return undefined;
    let key = '';
    for (const { names, direction } of this.fields) {
      const own = rawKeyAt(bytes, names);
      if (own === undefined) return undefined;
      key += direction === 1 ? own : invertKey(own);
    }
    return [key];
  }

  add(keys: readonly string[], record: DocumentRecord): void {
    this.addEach(keys, record, (key) => this.sorted.add(key));
  }

  /** For many at once: the order is made by one `sort` in the end. */
  addUnsorted(keys: readonly string[], record: DocumentRecord): void {
    this.addEach(keys, record, () => {});
  }

  sort(): void {
    this.sorted.load([...this.entries.keys()].toSorted());
  }

  private addEach(keys: readonly string[], record: DocumentRecord, addKey: (key: string) => void): void {
    if (keys.length > 1) this.multikey = true;
    if (this.entriesAreRecords) {
      for (const key of keys) addKey(key);
      return;
    }
    for (const key of keys) {
      const present = this.entries.get(key);
      if (present === undefined) {
        this.entries.set(key, record);
        addKey(key);
      } else if (present instanceof Set) present.add(record);
      else if (present !== record) this.entries.set(key, new Set([present, record]));
    }
  }

  remove(key: string, record: DocumentRecord): void {
    if (this.entriesAreRecords) {
      this.sorted.delete(key);
      return;
    }
    const present = this.entries.get(key);
    if (present instanceof Set) {
      present.delete(record);
      if (present.size > 0) return;
    } else if (present !== record) return;
    this.entries.delete(key);
    this.sorted.delete(key);
  }

  *at(key: string): Generator<DocumentRecord> {
    const present = this.entries.get(key);
    if (present instanceof Set) yield* present;
    else if (present) yield present;
  }

  keysBetween(low: string, high: string, direction: 1 | -1): Generator<string> {
    return this.sorted.between(low, high, direction);
  }
}

function indexFields(key: unknown): IndexField[] {
  if (!isDoc(key) || Object.keys(key).length === 0) throw new CommandError('CannotCreateIndex', 'Index keys cannot be empty.');
  return Object.entries(key).map(([path, direction]) => {
    if (!isNumber(direction))
      throw new CommandError(
        'CannotCreateIndex',
        `index type '${String(direction)}' of ${path} is not supported by this store: only 1 and -1`,
      );
    const sign = toDouble(direction);
    if (sign === 0 || Number.isNaN(sign))
      throw new CommandError('CannotCreateIndex', `Values in the index key pattern cannot be 0: ${path}`);
    if (path === '' || path.split('.').some((part) => part === '' || part.startsWith('$')))
      throw new CommandError('CannotCreateIndex', `Index key contains an illegal field name: '${path}'`);
    return { path, parts: splitPath(path), names: splitPath(path).map((part) => Buffer.from(part)), direction: sign > 0 ? 1 : -1 };
  });
}

/** Completes an index description as MongoDB stores it, refusing the options this store lacks. */
export function normalizeIndexSpec(spec: Doc): Doc {
  const unknown = Object.keys(spec).find((option) => !OPTIONS.has(option));
  if (unknown !== undefined)
    throw new CommandError('InvalidOptions', `The field '${unknown}' of an index specification is not supported by this store`);
  if (spec['hidden'] === true) throw new CommandError('InvalidOptions', 'hidden indexes are not supported by this store');
  const fields = indexFields(spec['key']);
  if (typeof spec['name'] !== 'string' || spec['name'] === '')
    throw new CommandError('FailedToParse', "The 'name' field is a required property of an index specification");
  if (spec['partialFilterExpression'] !== undefined) {
    if (!isDoc(spec['partialFilterExpression']))
      throw new CommandError('CannotCreateIndex', '"partialFilterExpression" for an index must be a document');
    if (spec['sparse'] === true) throw new CommandError('CannotCreateIndex', 'cannot mix "partialFilterExpression" and "sparse" options');
    compileFilter(spec['partialFilterExpression']);
  }
  const expiry = spec['expireAfterSeconds'];
  if (expiry !== undefined) {
    if (!isNumber(expiry) || toDouble(expiry) < 0)
      throw new CommandError('CannotCreateIndex', "TTL index 'expireAfterSeconds' must be a number that is not negative");
    if (fields.length > 1)
      throw new CommandError('CannotCreateIndex', 'TTL indexes are single-field indexes, compound indexes do not support TTL');
  }
  const { v: _version, ns: _namespace, background: _background, hidden: _hidden, ...rest } = spec;
  for (const option of ['unique', 'sparse']) if (rest[option] === false) delete rest[option];
  return rest;
}

/** `keyPattern` and `keyValue` of a duplicate key, and the sentence that goes with them. */
export function duplicateKey(namespace: string, index: DocumentIndex, doc: Doc): CommandError {
  const keyValue: Doc = {};
  for (const { path, parts } of index.fields) keyValue[path] = valuesAt(doc, parts)[0] ?? null;
  const shown = Object.entries(keyValue).map(([path, value]) => `${path}: ${show(value)}`);
  return new CommandError(
    'DuplicateKey',
    `E11000 duplicate key error collection: ${namespace} index: ${index.name} dup key: { ${shown.join(', ')} }`,
    {
      fields: { keyPattern: index.spec['key'], keyValue },
    },
  );
}

function show(value: unknown): string {
  if (isA(value, 'ObjectId')) return `ObjectId('${value.toHexString()}')`;
  return JSON.stringify(value) ?? 'null';
}
