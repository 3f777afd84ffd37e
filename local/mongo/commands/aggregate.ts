import { Int32 } from 'bson';
import { currentCollator, parseCollation, withCollation } from '../bson/collation.ts';
import { isA, isDoc, serializeDoc, type Doc } from '../bson/value.ts';
import { CommandError } from '../errors.ts';
import { compilePipeline, parsePipeline, type PipelineScope } from '../query/aggregate.ts';
import { parseSort } from '../query/sort.ts';
import type { View } from '../store/mvcc.ts';
import {
  allowOptions,
  checkedNamespace,
  collectionSeen,
  countOption,
  docOption,
  letVariables,
  snapshotMoment,
  viewOf,
  type Command,
  type CommandContext,
} from './context.ts';
import { writeStage, type OutputStage } from './merge.ts';
import { select, selectInTurns, type Selected } from './select.ts';

export const aggregate: Command = async (context) => {
  const { command, cursors, sessions, use } = context;
  allowOptions(context, ['pipeline', 'cursor', 'let', 'hint', 'allowDiskUse', 'bypassDocumentValidation', 'collation']);
  const target = command['aggregate'];
  if (typeof target !== 'string')
    throw new CommandError('InvalidNamespace', 'aggregate without a collection (aggregate: 1) is not supported by this store');
  const cursor = docOption(context, 'cursor');
  if (!cursor) throw new CommandError('FailedToParse', "The 'cursor' option is required, except for aggregate with the explain argument");
  const namespace = checkedNamespace(context.database, target);
  const view = viewOf(context, namespace);
  const collation = parseCollation(command['collation']);
  const scope: PipelineScope = {
    variables: letVariables(command),
    read: (collection, filter) => readAll(context, checkedNamespace(context.database, collection), filter, view),
  };
  const { source, rest, output } = splitPipeline(parsePipeline(command['pipeline']));
  const run = compilePipeline(rest);
  const counted = countedAs(rest);
  // `$lookup` reads what the first stage saw, however long that took.
  const release = context.engine.hold(view);
  let selected: Selected[];
  let docs: Doc[];
  let results: readonly Doc[];
  try {
    selected = await selectInTurns(
      context.engine,
      collectionSeen(context, namespace),
      {
        filter: source.filter,
        sort: parseSort(source.sort),
        limit: source.limit,
        hint: command['hint'],
        variables: scope.variables,
        collation,
        keepDocs: counted === undefined,
      },
      view,
    );
    docs = counted ? [] : selected.map(({ doc, version }) => doc ?? version.doc);
    results = counted ? numbered(counted, selected.length) : withCollation(collation, () => run(docs, scope));
  } finally {
    release();
  }
  const moment = snapshotMoment(context);
  await sessions.whenSnapshotDurable(use.session);
  if (output) {
    await writeStage(context, output, results);
    results = [];
  }
  // A document no stage has touched is sent as the bytes it is stored in.
  const stored = new Map(results.length === 0 ? [] : selected.map(({ version }, at) => [docs[at], version.bytes]));
  const bytes = results.map((doc) => stored.get(doc) ?? serializeDoc(doc));
  return cursors.open(namespace, bytes, {
    batchSize: countOption(cursor, 'batchSize'),
    single: false,
    session: use.session?.id,
    readAt: moment,
  });
};

/** What `countDocuments` of every driver ends with: the number is known without a look at the documents again. */
function countedAs([stage, ...others]: readonly Doc[]): Doc | undefined {
  const group = stage?.['$group'];
  if (others.length > 0 || !isDoc(group) || Object.keys(group).join(',') !== '_id,n') return undefined;
  const { _id, n } = group;
  const one = isDoc(n) && Object.keys(n).join(',') === '$sum' ? n['$sum'] : undefined;
  return isA(_id, 'Int32') && isA(one, 'Int32') && one.value === 1 ? { _id } : undefined;
}

function numbered(id: Doc, count: number): Doc[] {
  return count === 0 ? [] : [{ ...id, n: new Int32(count) }];
}

function readAll(context: CommandContext, namespace: string, filter: Doc, view: View): Doc[] {
  context.use.transaction?.namespaces.add(namespace);
  return select(collectionSeen(context, namespace), { filter, sort: [], collation: currentCollator() }, view).map(
    ({ version }) => version.doc,
  );
}

type ParsedStages = ReturnType<typeof parsePipeline>;

/** Leading $match, $sort and $limit are answered by indexes; a last $merge or $out is a write. */
function splitPipeline(stages: ParsedStages): {
  source: { filter: Doc; sort: unknown; limit: number | undefined };
  rest: Doc[];
  output: OutputStage | undefined;
} {
  const source: { filter: Doc; sort: unknown; limit: number | undefined } = { filter: {}, sort: undefined, limit: undefined };
  let at = 0;
  const [first] = stages;
  if (first?.name === '$match' && isDoc(first.operand)) {
    source.filter = first.operand;
    at += 1;
  }
  const second = stages[at];
  if (second?.name === '$sort' && isDoc(second.operand) && Object.keys(second.operand).length > 0) {
    source.sort = second.operand;
    at += 1;
  }
  const last = stages.at(-1);
  const output = outputStage(last?.name, last?.operand);
  const rest = stages.slice(at, output ? -1 : undefined);
  const limit = rest[0]?.name === '$limit' ? countOption({ limit: rest[0].operand }, 'limit') : undefined;
  // The stage itself stays and checks its operand.
  if (limit !== undefined && limit > 0) source.limit = limit;
  return { source, rest: rest.map(({ name, operand }) => ({ [name]: operand })), output };
}

function outputStage(name: string | undefined, operand: unknown): OutputStage | undefined {
  return name === '$merge' || name === '$out' ? { name, operand } : undefined;
}
