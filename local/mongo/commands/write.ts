import { Int32 } from 'bson';
import { rawArrayItems, rawField } from '../bson/raw.ts';
import { isDoc, type Doc } from '../bson/value.ts';
import { toDouble } from '../bson/number.ts';
import { CommandError } from '../errors.ts';
import { isTruthy } from '../query/expression.ts';
import { parseSort } from '../query/sort.ts';
import { compileUpdate, isReplacement } from '../query/update.ts';
import { allowFields, allowOptions, letVariables, namespaceOf, rememberedReply, retryEntry, runStatement, whenWritten, type Command, type CommandContext } from './context.ts';
import { deleteMatching, insertOne, update as updateDocuments } from './statements.ts';

const MAX_STATEMENTS = 100_000;

interface Outcome {
  n: number;
  nModified: number;
  upserted: Doc[];
  writeErrors: Doc[];
}

/**
 * Runs the statements of one command in order. An error of one is reported with its index; `ordered` stops there.
 * Inside a transaction any error ends the transaction.
 */
async function runStatements(context: CommandContext, count: number, run: (index: number) => Promise<Doc>): Promise<Outcome> {
  const ordered = context.command['ordered'] !== false;
  const outcome: Outcome = { n: 0, nModified: 0, upserted: [], writeErrors: [] };
  const firstStatement = context.command['stmtId'] === undefined ? 0 : toDouble(context.command['stmtId']);
  for (let index = 0; index < count; index += 1) {
    try {
      const done = rememberedReply(context, firstStatement + index) ?? (await run(index));
      outcome.n += toDouble(done['n'] ?? 0);
      outcome.nModified += toDouble(done['nModified'] ?? 0);
      if ('upserted' in done) outcome.upserted.push({ index: new Int32(index), _id: done['upserted'] });
    } catch (error) {
      // A conflict in a transaction is the command's failure, with a label, not a statement's.
      if (!(error instanceof CommandError) || error.labels.length > 0) throw error;
      outcome.writeErrors.push({ index: new Int32(index), code: new Int32(error.code), errmsg: error.message, ...error.fields });
      if (context.use.transaction && context.use.session) {
        await context.sessions.whenSnapshotDurable(context.use.session);
        context.sessions.abortOpen(context.use.session);
        break;
      }
      if (ordered) break;
    }
  }
  await whenWritten(context);
  return outcome;
}

function errorsOf({ writeErrors }: Outcome): Doc {
  return writeErrors.length > 0 ? { writeErrors } : {};
}

function statementsIn(context: CommandContext, field: string): Doc[] {
  const statements = context.command[field];
  if (!Array.isArray(statements) || !statements.every(isDoc)) throw new CommandError('TypeMismatch', `BSON field '${context.name}.${field}' must be an array of objects`);
  refuseCount(statements.length);
  return statements;
}

function refuseCount(count: number): void {
  if (count < 1 || count > MAX_STATEMENTS) throw new CommandError('InvalidLength', `Write batch sizes must be between 1 and ${MAX_STATEMENTS}. Got ${count} operations.`);
}

export const insert: Command = async (context) => {
  allowOptions(context, ['documents', 'ordered', 'bypassDocumentValidation', 'stmtId']);
  const namespace = namespaceOf(context);
  const array = rawField(context.body, 'documents');
  if (!array) throw new CommandError('MissingField', "BSON field 'insert.documents' is missing but a required field");
  const documents = rawArrayItems(array);
  refuseCount(documents.length);
  const outcome = await runStatements(context, documents.length, (index) =>
    runStatement(
      context,
      namespace,
      (transaction) => {
        insertOne(context.engine.ensure(namespace), transaction, documents[index] ?? Buffer.alloc(0));
        return { n: 1 };
      },
      (result) => retryEntry(context, index, result),
    ),
  );
  return { n: new Int32(outcome.n), ...errorsOf(outcome) };
};

export const update: Command = async (context) => {
  allowOptions(context, ['updates', 'ordered', 'bypassDocumentValidation', 'let', 'stmtId']);
  const namespace = namespaceOf(context);
  const statements = statementsIn(context, 'updates');
  const outcome = await runStatements(context, statements.length, async (index) => {
    const statement = statements[index] ?? {};
    const run = compileUpdateStatement(context, statement);
    return runStatement(
      context,
      namespace,
      (transaction): Doc => {
        const result = updateDocuments(context.engine.ensure(namespace), transaction, run);
        return result.upserted === undefined ? { n: result.matched, nModified: result.modified } : { n: 1, nModified: 0, upserted: result.upserted };
      },
      (result) => retryEntry(context, index, result),
    );
  });
  return {
    n: new Int32(outcome.n),
    nModified: new Int32(outcome.nModified),
    ...(outcome.upserted.length > 0 ? { upserted: outcome.upserted } : {}),
    ...errorsOf(outcome),
  };
};

function compileUpdateStatement(context: CommandContext, statement: Doc) {
  allowFields('update.updates', statement, ['q', 'u', 'multi', 'upsert', 'arrayFilters', 'hint', 'c', 'sort']);
  const { q, u } = statement;
  if (!isDoc(q)) throw new CommandError('TypeMismatch', "BSON field 'update.updates.q' must be an object");
  const multi = isTruthy(statement['multi']);
  if (multi && isReplacement(u)) throw new CommandError('FailedToParse', 'multi update is not supported for replacement-style update');
  if (multi && statement['sort'] !== undefined) throw new CommandError('FailedToParse', "Cannot specify sort with multi=true");
  const constants = statement['c'];
  const variables = { ...letVariables(context.command), ...(isDoc(constants) ? constants : {}) };
  return {
    filter: q,
    update: compileUpdate(u, statement['arrayFilters'], variables),
    multi,
    upsert: isTruthy(statement['upsert']),
    sort: parseSort(statement['sort']),
    hint: statement['hint'],
    variables,
  };
}

export const deleteCommand: Command = async (context) => {
  allowOptions(context, ['deletes', 'ordered', 'let', 'stmtId']);
  const namespace = namespaceOf(context);
  const statements = statementsIn(context, 'deletes');
  const outcome = await runStatements(context, statements.length, async (index) => {
    const statement = statements[index] ?? {};
    allowFields('delete.deletes', statement, ['q', 'limit', 'hint']);
    const filter = statement['q'];
    if (!isDoc(filter)) throw new CommandError('TypeMismatch', "BSON field 'delete.deletes.q' must be an object");
    const limit = toDouble(statement['limit'] ?? Number.NaN);
    if (limit !== 0 && limit !== 1) throw new CommandError('FailedToParse', `The limit field in delete objects must be 0 or 1. Got ${limit}`);
    const selection = { filter, limit: limit === 1 ? 1 : undefined, sort: [], hint: statement['hint'], variables: letVariables(context.command) };
    return runStatement(
      context,
      namespace,
      (transaction): Doc => ({ n: deleteMatching(context.engine.ensure(namespace), transaction, selection).deleted }),
      (result) => retryEntry(context, index, result),
    );
  });
  return { n: new Int32(outcome.n), ...errorsOf(outcome) };
};
