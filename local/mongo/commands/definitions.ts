import { Int32 } from 'bson';
import { isDoc, serializeDoc, type Doc } from '../bson/value.ts';
import { valuesEqual } from '../bson/compare.ts';
import { CommandError } from '../errors.ts';
import { compileFilter } from '../query/match.ts';
import { normalizeIndexSpec } from '../store/document-index.ts';
import type { Collection } from '../store/collection.ts';
import { after, type Soon } from '../soon.ts';
import {
  allowOptions,
  countOption,
  docOption,
  namespaceOf,
  whenWritten,
  type Command,
  type CommandContext,
  type Reply,
} from './context.ts';

/** Collections and indexes: made, listed and dropped. */

export const create: Command = async (context) => {
  const { engine, command } = context;
  for (const option of ['capped', 'validator', 'timeseries', 'viewOn', 'clusteredIndex']) {
    if (command[option] !== undefined && command[option] !== false)
      throw new CommandError('InvalidOptions', `create with '${option}' is not supported by this store`);
    delete command[option];
  }
  allowOptions(context, []);
  const namespace = namespaceOf(context);
  const { transaction } = context.use;
  if (transaction) {
    if (engine.find(namespace)?.exists) throw new CommandError('NamespaceExists', `Collection ${namespace} already exists.`);
    transaction.namespaces.add(namespace);
    transaction.created.push({ namespace });
    return {};
  }
  if (!engine.find(namespace)?.exists) await engine.whenUnused(namespace);
  engine.create(namespace, {});
  await whenWritten(context);
  return {};
};

/** MongoDB allows some of these in a transaction; here only a collection can be made in one. */
function refuseInTransaction(context: CommandContext): void {
  if (context.use.transaction)
    throw new CommandError(
      'OperationNotSupportedInTransaction',
      `Cannot run '${context.name}' in a multi-document transaction on this store.`,
    );
}

export const drop: Command = async (context) => {
  allowOptions(context, []);
  refuseInTransaction(context);
  const { engine } = context;
  const namespace = namespaceOf(context);
  await engine.whenUnused(namespace);
  const collection = engine.find(namespace);
  if (!collection?.exists) return { ns: namespace };
  engine.drop(namespace);
  await whenWritten(context);
  return { nIndexesWas: new Int32(collection.indexes.length), ns: namespace };
};

export const dropDatabase: Command = async (context) => {
  allowOptions(context, []);
  refuseInTransaction(context);
  const { engine, database } = context;
  for (const collection of inDatabase(context)) {
    await engine.whenUnused(collection.namespace);
    if (engine.find(collection.namespace)) engine.drop(collection.namespace);
  }
  await whenWritten(context);
  return { dropped: database };
};

function inDatabase(context: CommandContext): Collection[] {
  const prefix = `${context.database}.`;
  return [...context.engine.collections.values()].filter(({ namespace, exists }) => exists && namespace.startsWith(prefix));
}

export const listCollections: Command = (context) => {
  allowOptions(context, ['filter', 'nameOnly', 'authorizedCollections', 'cursor']);
  const matches = compileFilter(docOption(context, 'filter') ?? {});
  const nameOnly = context.command['nameOnly'] === true;
  const listed = inDatabase(context)
    .map((collection): Doc => {
      const name = collection.namespace.slice(context.database.length + 1);
      if (nameOnly) return { name, type: 'collection' };
      return {
        name,
        type: 'collection',
        options: collection.options,
        info: { readOnly: false },
        idIndex: { v: new Int32(2), key: { _id: new Int32(1) }, name: '_id_' },
      };
    })
    .filter((entry) => matches(entry));
  return openCursor(context, `${context.database}.$cmd.listCollections`, listed);
};

export const listDatabases: Command = (context) => {
  allowOptions(context, ['filter', 'nameOnly', 'authorizedDatabases']);
  const matches = compileFilter(docOption(context, 'filter') ?? {});
  const names = new Set(
    [...context.engine.collections.values()]
      .filter(({ exists }) => exists)
      .map(({ namespace }) => namespace.slice(0, namespace.indexOf('.'))),
  );
  const databases = [...names]
    .toSorted()
    .map((name): Doc => (context.command['nameOnly'] === true ? { name } : { name, sizeOnDisk: new Int32(0), empty: false }));
  return after(whenWritten(context), () => ({ databases: databases.filter((entry) => matches(entry)) }));
};

export const listIndexes: Command = (context) => {
  allowOptions(context, ['cursor']);
  const namespace = namespaceOf(context);
  const collection = context.engine.find(namespace);
  if (!collection?.exists) throw new CommandError('NamespaceNotFound', `ns does not exist: ${namespace}`);
  return openCursor(
    context,
    namespace,
    collection.indexes.map(({ spec }) => ({ v: new Int32(2), ...spec })),
  );
};

/** What is listed may have come with documents that are not durable yet. */
function openCursor(context: CommandContext, namespace: string, items: readonly Doc[]): Soon<Reply> {
  const cursor = context.command['cursor'];
  const batchSize = isDoc(cursor) ? countOption(cursor, 'batchSize') : undefined;
  return after(whenWritten(context), () =>
    context.cursors.open(namespace, items.map(serializeDoc), { batchSize, single: false, session: context.use.session?.id }),
  );
}

export const createIndexes: Command = async (context) => {
  allowOptions(context, ['indexes', 'commitQuorum']);
  refuseInTransaction(context);
  const { engine, command } = context;
  const namespace = namespaceOf(context);
  const specs = command['indexes'];
  if (!Array.isArray(specs) || specs.length === 0 || !specs.every(isDoc))
    throw new CommandError('BadValue', 'Must specify at least one index to create');
  const wanted = specs.map(normalizeIndexSpec);
  const present = engine.find(namespace);
  // As in MongoDB: what is there already is no work, so whoever starts does not wait for the transactions of a process that died.
  if (present?.exists && wanted.every((spec) => isPresent(present, spec)))
    return indexesMade(present.indexes.length, present.indexes.length, false);
  await engine.whenUnused(namespace);
  const isNew = !engine.find(namespace)?.exists;
  const collection = isNew ? engine.create(namespace, {}) : engine.ensure(namespace);
  const before = collection.indexes.length;
  try {
    for (const spec of wanted) if (!isPresent(collection, spec)) engine.createIndex(collection, spec);
  } finally {
    await whenWritten(context);
  }
  return indexesMade(before, collection.indexes.length, isNew);
};

function indexesMade(before: number, now: number, isNew: boolean): Doc {
  return {
    numIndexesBefore: new Int32(before),
    numIndexesAfter: new Int32(now),
    createdCollectionAutomatically: isNew,
    ...(before === now ? { note: 'all indexes already exist' } : {}),
  };
}

/** The same index again is no work; a namesake or a twin with other options is an error. */
function isPresent(collection: Collection, spec: Doc): boolean {
  for (const { spec: present } of collection.indexes) {
    if (valuesEqual(sorted(present), sorted(spec))) return true;
    const sameKey = valuesEqual(present['key'], spec['key']);
    if (sameKey && present['name'] === '_id_') return true;
    if (present['name'] === spec['name']) {
      const code = sameKey ? 'IndexOptionsConflict' : 'IndexKeySpecsConflict';
      throw new CommandError(
        code,
        `An existing index has the same name as the requested index '${String(spec['name'])}' but other keys or options.`,
      );
    }
    if (
      sameKey &&
      valuesEqual(present['partialFilterExpression'], spec['partialFilterExpression']) &&
      present['unique'] === spec['unique'] &&
      present['sparse'] === spec['sparse']
    ) {
      throw new CommandError('IndexOptionsConflict', `Index already exists with a different name or options: ${String(present['name'])}`);
    }
  }
  return false;
}

function sorted(spec: Doc): Doc {
  return Object.fromEntries(Object.entries(spec).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

export const dropIndexes: Command = async (context) => {
  allowOptions(context, ['index']);
  refuseInTransaction(context);
  const { engine, command } = context;
  const namespace = namespaceOf(context);
  await engine.whenUnused(namespace);
  const collection = engine.find(namespace);
  if (!collection?.exists) throw new CommandError('NamespaceNotFound', `ns not found ${namespace}`);
  const before = collection.indexes.length;
  for (const name of namesToDrop(collection, command['index'])) engine.dropIndex(collection, name);
  await whenWritten(context);
  return { nIndexesWas: new Int32(before) };
};

function namesToDrop(collection: Collection, index: unknown): string[] {
  if (index === '*') return collection.indexes.slice(1).map(({ name }) => name);
  const names = (Array.isArray(index) ? index : [index]).map((each: unknown) => {
    if (typeof each === 'string') return each;
    const found = collection.indexes.find(({ spec }) => valuesEqual(spec['key'], each));
    if (!found) throw new CommandError('IndexNotFound', `can't find index with key: ${JSON.stringify(each)}`);
    return found.name;
  });
  if (names.includes('_id_')) throw new CommandError('InvalidOptions', 'cannot drop _id index');
  return names;
}
