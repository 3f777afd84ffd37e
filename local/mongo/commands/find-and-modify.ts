import { Int32 } from 'bson';
import { parseCollation, withCollation } from '../bson/collation.ts';
import type { Doc } from '../bson/value.ts';
import { CommandError } from '../errors.ts';
import { isTruthy } from '../query/expression.ts';
import { compileProjection } from '../query/project.ts';
import { parseSort } from '../query/sort.ts';
import { compileUpdate } from '../query/update.ts';
import type { Transaction } from '../store/mvcc.ts';
import {
  allowOptions,
  docOption,
  letVariables,
  namespaceOf,
  rememberedReply,
  retryEntry,
  runStatement,
  whenWritten,
  type Command,
  type CommandContext,
} from './context.ts';
import { deleteMatching, update } from './statements.ts';

export const findAndModify: Command = async (context) => {
  const { command } = context;
  allowOptions(context, [
    'query',
    'sort',
    'remove',
    'update',
    'new',
    'fields',
    'upsert',
    'arrayFilters',
    'hint',
    'let',
    'bypassDocumentValidation',
    'stmtId',
    'collation',
  ]);
  const namespace = namespaceOf(context);
  const statement = compile(context, namespace);
  const remembered = rememberedReply(context, 0);
  try {
    // A copy: the reply is completed on its way out.
    return remembered
      ? { ...remembered }
      : await runStatement(context, namespace, statement, (reply) => retryEntry(context, 0, { ...reply }));
  } finally {
    await whenWritten(context);
    if (command['remove'] === undefined) await context.sessions.whenSnapshotDurable(context.use.session);
  }
};

function compile(context: CommandContext, namespace: string): (transaction: Transaction) => Doc {
  const { command, engine } = context;
  const filter = docOption(context, 'query') ?? {};
  const sort = parseSort(command['sort']);
  const fields = docOption(context, 'fields');
  const variables = letVariables(command);
  const hint = command['hint'];
  const collation = parseCollation(command['collation']);
  const project =
    fields && Object.keys(fields).length > 0 ? withCollation(collation, () => compileProjection(fields, 'find')) : (doc: Doc) => doc;
  const returned = (doc: Doc | null): Doc | null => (doc ? withCollation(collation, () => project(doc, variables)) : null);
  if (isTruthy(command['remove'])) {
    if (command['update'] !== undefined) throw new CommandError('FailedToParse', 'Cannot specify both an update and remove=true');
    if (isTruthy(command['upsert'])) throw new CommandError('FailedToParse', 'Cannot specify both upsert=true and remove=true');
    if (isTruthy(command['new']))
      throw new CommandError('FailedToParse', "Cannot specify both new=true and remove=true; 'remove' always returns the deleted document");
    return (transaction) => {
      const { deleted, last } = deleteMatching(engine.ensure(namespace), transaction, {
        filter,
        limit: 1,
        sort,
        hint,
        variables,
        collation,
      });
      return { lastErrorObject: { n: new Int32(deleted) }, value: returned(last) };
    };
  }
  if (command['update'] === undefined) throw new CommandError('FailedToParse', 'Either an update or remove=true must be specified');
  const change = withCollation(collation, () => compileUpdate(command['update'], command['arrayFilters'], variables));
  const wantsNew = isTruthy(command['new']);
  return (transaction) => {
    const result = update(engine.ensure(namespace), transaction, {
      filter,
      update: change,
      multi: false,
      upsert: isTruthy(command['upsert']),
      sort,
      hint,
      variables,
      collation,
    });
    const upserted = result.upserted !== undefined;
    return {
      lastErrorObject: {
        n: new Int32(upserted ? 1 : result.matched),
        updatedExisting: result.matched > 0,
        ...(upserted ? { upserted: result.upserted } : {}),
      },
      value: returned(wantsNew ? result.after : result.before),
    };
  };
}
