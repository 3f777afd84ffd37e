import { Int32 } from 'bson';
import { isDoc, type Doc } from '../bson/value.ts';
import { CommandError } from '../errors.ts';
import { after, type Soon } from '../soon.ts';
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

function statementsIn(context: CommandContext, field: string): Doc[] {
  const statements = context.command[field];
  if (!Array.isArray(statements) || !statements.every(isDoc))
    throw new CommandError('TypeMismatch', `BSON field '${context.name}.${field}' must be an array of objects`);
  refuseCount(statements.length);
  return statements;
}

/** The reply to a write, when what it did is durable. */
const acknowledge = (context: CommandContext, outcomes: Soon<StatementOutcome[]>, reply: (totals: Totals) => Doc): Soon<Doc> =>
  after(outcomes, (done) => {
    const totals = totalsOf(done);
    const answer = reply(totals);
    if (totals.writeErrors.length > 0) answer['writeErrors'] = totals.writeErrors;
    return after(whenWritten(context), () => answer);
  });

/** The documents as they were sent. */
function documentsIn(context: CommandContext): readonly Buffer[] {
  const documents = context.command['documents'];
  if (documents === undefined) throw new CommandError('MissingField', "BSON field 'insert.documents' is missing but a required field");
  if (!Array.isArray(documents))
    throw new CommandError('TypeMismatch', "BSON field 'insert.documents' is the wrong type, expected type 'array'");
  if (documents.every((document) => Buffer.isBuffer(document))) return documents;
  throw new CommandError('TypeMismatch', "BSON field 'insert.documents' must be an array of objects");
}

export const insert: Command = (context) => {
  allowOptions(context, ['documents', 'ordered', 'bypassDocumentValidation', 'stmtId']);
  const namespace = namespaceOf(context);
  const documents = documentsIn(context);
  refuseCount(documents.length);
  const outcomes = runStatements(context, documents, (document, number) => runInsert(context, namespace, number, document));
  return acknowledge(context, outcomes, ({ n }) => ({ n: new Int32(n) }));
};

export const update: Command = (context) => {
  allowOptions(context, ['updates', 'ordered', 'bypassDocumentValidation', 'let', 'stmtId']);
  const namespace = namespaceOf(context);
  const statements = statementsIn(context, 'updates');
  const outcomes = runStatements(context, statements, (statement, number) => runUpdate(context, namespace, number, statement));
  return acknowledge(context, outcomes, ({ n, nModified, upserted }) => ({
    n: new Int32(n),
    nModified: new Int32(nModified),
    ...(upserted.length > 0 ? { upserted } : {}),
  }));
};

export const deleteCommand: Command = (context) => {
  allowOptions(context, ['deletes', 'ordered', 'let', 'stmtId']);
  const namespace = namespaceOf(context);
  const statements = statementsIn(context, 'deletes');
  const outcomes = runStatements(context, statements, (statement, number) => runDelete(context, namespace, number, statement));
  return acknowledge(context, outcomes, ({ n }) => ({ n: new Int32(n) }));
};
