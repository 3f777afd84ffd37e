import { ObjectId } from 'bson';
import { withCollation } from '../bson/collation.ts';
import { isDoc, serializeDoc, parseDoc, RANK, rankOf, type Doc } from '../bson/value.ts';
import { withIdFirst } from '../bson/raw.ts';
import { CommandError } from '../errors.ts';
import type { Variables } from '../query/expression.ts';
import type { SortField } from '../query/sort.ts';
import { upsertBase, type Update } from '../query/update.ts';
import type { Collection } from '../store/collection.ts';
import type { Transaction } from '../store/mvcc.ts';
import { select, type Selected } from './select.ts';

export const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024;

/** What inserts, updates and deletes do to a collection within one transaction, whichever command asked for it. */

export function insertOne(collection: Collection, transaction: Transaction, sent: Buffer): void {
  refuseTooLarge(sent);
  let bytes = withIdFirst(sent);
  let doc = parseDoc(bytes);
  if (!Object.hasOwn(doc, '_id')) {
    doc = { _id: new ObjectId(), ...doc };
    bytes = serializeDoc(doc);
  }
  refuseBadId(doc['_id']);
  refuseTooDeep(doc, bytes);
  collection.insert(transaction, bytes, doc);
}

export interface UpdateStatement {
  filter: Doc;
  update: Update;
  multi: boolean;
  upsert: boolean;
  sort: readonly SortField[];
  hint: unknown;
  variables: Variables;
  collation: Intl.Collator | undefined;
}

export interface UpdateResult {
  matched: number;
  modified: number;
  upserted: unknown;
  /** The documents before and after, for findAndModify. */
  before: Doc | null;
  after: Doc | null;
  /** Why an update of many ended early. What it had changed until then stays changed. */
  failure?: CommandError;
}

export function update(collection: Collection, transaction: Transaction, statement: UpdateStatement): UpdateResult {
  const { filter, sort, hint, variables, collation } = statement;
  const selected = select(
    collection,
    { filter, sort, hint, variables, collation, limit: statement.multi ? undefined : 1, positions: true },
    transaction,
  );
  if (selected.length > 0 || !statement.upsert) return updateSelected(collection, transaction, statement, selected);
  const base = upsertBase(filter);
  const made = changeOf(statement)(base, { inserting: true });
  const { doc, bytes } = storable(Object.hasOwn(made, '_id') ? made : { _id: new ObjectId(), ...made });
  collection.insert(transaction, bytes, doc);
  return { matched: 0, modified: 0, upserted: doc['_id'], before: null, after: doc };
}

const changeOf =
  ({ collation, update: change }: UpdateStatement): Update =>
  (doc, target) =>
    withCollation(collation, () => change(doc, target));

export function updateSelected(
  collection: Collection,
  transaction: Transaction,
  statement: UpdateStatement,
  selected: readonly Selected[],
): UpdateResult {
  const change = changeOf(statement);
  let modified = 0;
  let before: Doc | null = null;
  let after: Doc | null = null;
  for (const [matched, { record, version, position }] of selected.entries()) {
    try {
      const { doc, bytes } = storable(change(version.doc, position ? { position } : {}));
      // What is equal byte for byte is not written again, but it still conflicts with a concurrent writer.
      if (version.bytes?.equals(bytes)) transaction.refuseConflict(record.head);
      else {
        collection.update(transaction, record, bytes, doc);
        modified += 1;
      }
      before = version.doc;
      after = doc;
    } catch (error) {
      if (!statement.multi || !(error instanceof CommandError)) throw error;
      return { matched, modified, upserted: undefined, before, after, failure: error };
    }
  }
  return { matched: selected.length, modified, upserted: undefined, before, after };
}

function storable(doc: Doc): { doc: Doc; bytes: Buffer } {
  refuseBadId(doc['_id']);
  const ordered = Object.keys(doc)[0] === '_id' ? doc : { _id: doc['_id'], ...doc };
  const bytes = serializeDoc(ordered);
  refuseTooLarge(bytes);
  refuseTooDeep(ordered, bytes);
  return { doc: ordered, bytes };
}

function refuseTooLarge(bytes: Buffer): void {
  if (bytes.length > MAX_DOCUMENT_BYTES) {
    throw new CommandError(
      'BSONObjectTooLarge',
      `BSONObj size: ${bytes.length} is invalid. Size must be between 0 and ${MAX_DOCUMENT_BYTES}(16MB)`,
    );
  }
}

const MAX_DEPTH = 180;
/** One level takes at least a type, a name of one letter, a length and an end. */
const BYTES_PER_LEVEL = 8;

/** What is nested without end would exhaust the stack of whoever walks through it later. */
function refuseTooDeep(doc: Doc, bytes: Buffer): void {
  if (bytes.length > MAX_DEPTH * BYTES_PER_LEVEL && isDeeper(doc, MAX_DEPTH))
    throw new CommandError('Overflow', `cannot store a document that exceeds ${MAX_DEPTH} levels of nesting`);
}

function isDeeper(value: unknown, levels: number): boolean {
  if (!Array.isArray(value) && !isDoc(value)) return false;
  if (levels === 0) return true;
  return (Array.isArray(value) ? (value as unknown[]) : Object.values(value)).some((item) => isDeeper(item, levels - 1));
}

function refuseBadId(id: unknown): void {
  const rank = rankOf(id);
  if (rank === RANK.array || rank === RANK.regex || rank === RANK.undefined) {
    throw new CommandError(
      'InvalidIdField',
      `The '_id' value cannot be of type ${rank === RANK.array ? 'array' : rank === RANK.regex ? 'regex' : 'undefined'}`,
    );
  }
  if (isDoc(id) && Object.keys(id)[0]?.startsWith('$'))
    throw new CommandError(
      'DollarPrefixedFieldName',
      `The dollar ($) prefixed field in '_id' is not valid for storage: ${Object.keys(id)[0] ?? ''}`,
    );
}

export function deleteMatching(
  collection: Collection,
  transaction: Transaction,
  selection: {
    filter: Doc;
    limit: number | undefined;
    sort: readonly SortField[];
    hint: unknown;
    variables: Variables;
    collation: Intl.Collator | undefined;
  },
): { deleted: number; last: Doc | null } {
  return deleteSelected(collection, transaction, select(collection, selection, transaction));
}

export function deleteSelected(
  collection: Collection,
  transaction: Transaction,
  selected: readonly Selected[],
): { deleted: number; last: Doc | null } {
  for (const { record } of selected) collection.delete(transaction, record);
  return { deleted: selected.length, last: selected.at(-1)?.version.doc ?? null };
}
