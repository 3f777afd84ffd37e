import { Int32 } from 'bson';
import { rawArrayItems, rawField } from '../bson/raw.ts';
import { isDoc, type Doc } from '../bson/value.ts';
import { CommandError } from '../errors.ts';
import { allowOptions, namespaceOf, whenWritten, type Command, type CommandContext } from './context.ts';
import { refuseCount, runDelete, runInsert, runStatements, runUpdate, type StatementOutcome } from './statement-runs.ts';

interface Totals {
  n: number;
  nModified: number;
  upserted: Doc[];
  writeErrors: Doc[];
}

function totalsOf(outcomes: readonly StatementOutcome[]): Totals {
  const totals: Totals = { n: 0, nModified: 0, upserted: [], writeErrors: [] };
  for (const outcome of outcomes) {
    const index = new Int32(outcome.index);
    if ('error' in outcome) {
      const { code, message, fields } = outcome.error;
      totals.writeErrors.push({ index, code: new Int32(code), errmsg: message, ...fields });
      continue;
    }
    totals.n += outcome.done.n;
    totals.nModified += outcome.done.nModified;
    if ('upserted' in outcome.done) totals.upserted.push({ index, _id: outcome.done.upserted });
  }
  return totals;
}

function errorsOf({ writeErrors }: Totals): Doc {
  return writeErrors.length > 0 ? { writeErrors } : {};
}

function statementsIn(context: CommandContext, field: string): Doc[] {
  const statements = context.command[field];
  if (!Array.isArray(statements) || !statements.every(isDoc))
    throw new CommandError('TypeMismatch', `BSON field '${context.name}.${field}' must be an array of objects`);
  refuseCount(statements.length);
  return statements;
}

export const insert: Command = async (context) => {
  allowOptions(context, ['documents', 'ordered', 'bypassDocumentValidation', 'stmtId']);
  const namespace = namespaceOf(context);
  const array = rawField(context.body, 'documents');
  if (array && !Array.isArray(context.command['documents']))
    throw new CommandError('TypeMismatch', "BSON field 'insert.documents' is the wrong type, expected type 'array'");
  if (!array) throw new CommandError('MissingField', "BSON field 'insert.documents' is missing but a required field");
  const documents = rawArrayItems(array);
  refuseCount(documents.length);
  const totals = totalsOf(await runStatements(context, documents, (document, number) => runInsert(context, namespace, number, document)));
  await whenWritten(context);
  return { n: new Int32(totals.n), ...errorsOf(totals) };
};

export const update: Command = async (context) => {
  allowOptions(context, ['updates', 'ordered', 'bypassDocumentValidation', 'let', 'stmtId']);
  const namespace = namespaceOf(context);
  const statements = statementsIn(context, 'updates');
  const totals = totalsOf(
    await runStatements(context, statements, (statement, number) => runUpdate(context, namespace, number, statement)),
  );
  await whenWritten(context);
  return {
    n: new Int32(totals.n),
    nModified: new Int32(totals.nModified),
    ...(totals.upserted.length > 0 ? { upserted: totals.upserted } : {}),
    ...errorsOf(totals),
  };
};

export const deleteCommand: Command = async (context) => {
  allowOptions(context, ['deletes', 'ordered', 'let', 'stmtId']);
  const namespace = namespaceOf(context);
  const statements = statementsIn(context, 'deletes');
  const totals = totalsOf(
    await runStatements(context, statements, (statement, number) => runDelete(context, namespace, number, statement)),
  );
  await whenWritten(context);
  return { n: new Int32(totals.n), ...errorsOf(totals) };
};
