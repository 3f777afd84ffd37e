import { Int32 } from 'bson';
import { parseCollation, withCollation } from '../bson/collation.ts';
import { compareValues } from '../bson/compare.ts';
import { keyOf } from '../bson/key.ts';
import { isA, isDoc } from '../bson/value.ts';
import { toTimestamp } from '../cluster-time.ts';
import { CommandError } from '../errors.ts';
import { isTruthy } from '../query/expression.ts';
import { splitPath, valuesAt } from '../query/path.ts';
import { parseSort } from '../query/sort.ts';
import {
  allowOptions,
  checkedNamespace,
  collectionSeen,
  countOption,
  docOption,
  letVariables,
  namespaceOf,
  snapshotMoment,
  viewOf,
  type Command,
} from './context.ts';
import { resultBytes, selectInTurns } from './select.ts';

const FIND_OPTIONS = [
  'filter',
  'sort',
  'projection',
  'skip',
  'limit',
  'batchSize',
  'singleBatch',
  'hint',
  'let',
  'noCursorTimeout',
  'allowDiskUse',
  'allowPartialResults',
  'collation',
];

export const find: Command = async (context) => {
  const { command, cursors, sessions, use } = context;
  // Switched off they are what everyone gets; switched on they would need what is not here.
  for (const option of ['tailable', 'awaitData', 'returnKey', 'showRecordId', 'oplogReplay'])
    if (command[option] === false) delete command[option];
  allowOptions(context, FIND_OPTIONS);
  const namespace = namespaceOf(context);
  const limit = countOption(command, 'limit') ?? 0;
  const skip = countOption(command, 'skip') ?? 0;
  if (skip < 0) throw new CommandError('BadValue', `Skip value must be non-negative, but received: ${skip}`);
  if (limit < 0) throw new CommandError('BadValue', `Limit value must be non-negative, but received: ${limit}`);
  const collation = parseCollation(command['collation']);
  const projection = docOption(context, 'projection');
  const variables = letVariables(command);
  const positions = projection !== undefined && Object.keys(projection).some((path) => path.endsWith('.$'));
  const selected = await selectInTurns(
    context.engine,
    collectionSeen(context, namespace),
    {
      filter: docOption(context, 'filter') ?? {},
      sort: parseSort(command['sort']),
      skip,
      limit: limit === 0 ? undefined : limit,
      hint: command['hint'],
      variables,
      positions,
      collation,
    },
    viewOf(context, namespace),
  );
  const results = withCollation(collation, () => resultBytes(selected, projection, variables));
  const readAt = snapshotMoment(context);
  await sessions.whenSnapshotDurable(use.session);
  return cursors.open(namespace, results, {
    batchSize: countOption(command, 'batchSize'),
    single: isTruthy(command['singleBatch']),
    session: use.session?.id,
    readAt,
  });
};

export const getMore: Command = (context) => {
  const { command, cursors, use } = context;
  allowOptions(context, ['collection', 'batchSize']);
  const id = command['getMore'];
  if (!isA(id, 'Long')) throw new CommandError('TypeMismatch', "Field 'getMore' must be of type long");
  const collection = command['collection'];
  if (typeof collection !== 'string') throw new CommandError('TypeMismatch', "Field 'collection' must be a string");
  return cursors.more(
    id.toString(),
    checkedCursorNamespace(context.database, collection),
    countOption(command, 'batchSize'),
    use.session?.id,
  );
};

/** Lists of collections and aggregations of a database have cursors under names with a dollar. */
function checkedCursorNamespace(database: string, collection: string): string {
  return collection.startsWith('$cmd.') ? `${database}.${collection}` : checkedNamespace(database, collection);
}

export const killCursors: Command = (context) => {
  const ids = context.command['cursors'];
  if (!Array.isArray(ids)) throw new CommandError('TypeMismatch', "Field 'cursors' must be an array");
  const killed = ids.filter((id) => context.cursors.kill(String(id)));
  return { cursorsKilled: killed, cursorsNotFound: ids.filter((id) => !killed.includes(id)), cursorsAlive: [], cursorsUnknown: [] };
};

export const count: Command = async (context) => {
  const { command, sessions, use } = context;
  allowOptions(context, ['query', 'limit', 'skip', 'hint', 'fields', 'collation']);
  const namespace = namespaceOf(context);
  // A negative limit counts as a positive one, for the sake of old shells.
  const limit = Math.abs(countOption(command, 'limit') ?? 0);
  const selected = await selectInTurns(
    context.engine,
    collectionSeen(context, namespace),
    {
      filter: docOption(context, 'query') ?? {},
      sort: [],
      skip: countOption(command, 'skip') ?? 0,
      limit: limit === 0 ? undefined : limit,
      hint: command['hint'],
      collation: parseCollation(command['collation']),
    },
    viewOf(context, namespace),
  );
  await sessions.whenSnapshotDurable(use.session);
  return { n: new Int32(selected.length) };
};

export const distinct: Command = async (context) => {
  const { command, sessions, use } = context;
  allowOptions(context, ['key', 'query', 'hint', 'collation']);
  const namespace = namespaceOf(context);
  const key = command['key'];
  if (typeof key !== 'string')
    throw new CommandError('TypeMismatch', "BSON field 'distinct.key' is the wrong type, expected type 'string'");
  const collation = parseCollation(command['collation']);
  const query = command['query'];
  if (query !== undefined && query !== null && !isDoc(query))
    throw new CommandError('TypeMismatch', "BSON field 'distinct.query' is the wrong type, expected type 'object'");
  const selected = await selectInTurns(
    context.engine,
    collectionSeen(context, namespace),
    { filter: query ?? {}, sort: [], hint: command['hint'], collation },
    viewOf(context, namespace),
  );
  const parts = splitPath(key);
  const found = selected
    .flatMap(({ version }) => valuesAt(version.doc, parts))
    .flatMap((value) => (Array.isArray(value) ? (value as unknown[]) : [value]))
    .filter((value) => value !== undefined);
  const readAt = snapshotMoment(context);
  await sessions.whenSnapshotDurable(use.session);
  return { values: differing(found, collation), ...(readAt === undefined ? {} : { atClusterTime: toTimestamp(readAt) }) };
};

/** Each value once, the first of those that are equal. */
function differing(values: readonly unknown[], collation: Intl.Collator | undefined): unknown[] {
  if (!collation) return [...new Map(values.toReversed().map((value) => [keyOf(value), value])).values()].toReversed();
  return withCollation(collation, () => {
    const sorted = values.toSorted(compareValues);
    return sorted.filter((value, at) => at === 0 || compareValues(sorted[at - 1], value) !== 0);
  });
}
