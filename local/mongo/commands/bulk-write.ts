import { Int32 } from 'bson';
import { joinDocuments } from '../bson/raw.ts';
import { isDoc, serializeDoc, type Doc } from '../bson/value.ts';
import { CommandError } from '../errors.ts';
import { isTruthy } from '../query/expression.ts';
import {
  allowFields,
  allowOptions,
  checkedNamespace,
  countOption,
  docOption,
  whenWritten,
  type Command,
  type CommandContext,
} from './context.ts';
import { refuseCount, runDelete, runInsert, runStatements, runUpdate, type Done, type StatementOutcome } from './statement-runs.ts';

/** `client.bulkWrite`: inserts, updates and deletes of several collections in one command, answered by a cursor. */
export const bulkWrite: Command = async (context) => {
  const { command } = context;
  allowOptions(context, ['ops', 'nsInfo', 'ordered', 'errorsOnly', 'bypassDocumentValidation', 'let', 'cursor']);
  const { ops, nsInfo } = command;
  if (!Array.isArray(ops) || !ops.every(isDoc) || !Array.isArray(nsInfo))
    throw new CommandError('TypeMismatch', "bulkWrite needs the arrays 'ops' and 'nsInfo'");
  refuseCount(ops.length);
  const namespaces = nsInfo.map(namespaceFrom);
  const totals = { nInserted: 0, nMatched: 0, nModified: 0, nUpserted: 0, nDeleted: 0 };
  const outcomes = await runStatements(context, ops, async (op, number) => {
    const done = await runOp(context, op, number, namespaces);
    addTo(totals, op, done);
    return done;
  });
  await whenWritten(context);
  const counts: Doc = { nErrors: new Int32(outcomes.filter((outcome) => 'error' in outcome).length) };
  for (const [name, count] of Object.entries(totals)) counts[name] = new Int32(count);
  const listed = outcomes
    .filter((outcome) => 'error' in outcome || !isTruthy(command['errorsOnly']))
    .map((outcome) => serializeDoc(lineFor(outcome, ops[outcome.index])));
  const batchSize = countOption(docOption(context, 'cursor') ?? {}, 'batchSize');
  const reply = context.cursors.open('admin.$cmd.bulkWrite', listed, { batchSize, single: false, session: context.use.session?.id });
  return joinDocuments(reply, serializeDoc(counts));
};

function namespaceFrom(entry: unknown): string {
  const ns = isDoc(entry) ? entry['ns'] : undefined;
  if (typeof ns !== 'string' || !ns.includes('.'))
    throw new CommandError('InvalidNamespace', `Invalid namespace specified '${String(ns)}'`);
  const dot = ns.indexOf('.');
  return checkedNamespace(ns.slice(0, dot), ns.slice(dot + 1));
}

async function runOp(context: CommandContext, op: Doc, number: number, namespaces: readonly string[]): Promise<Done> {
  const [kind = ''] = Object.keys(op);
  const namespace = namespaces[countOption(op, kind) ?? -1];
  if (namespace === undefined) throw new CommandError('BadValue', `BulkWrite ops entry '${kind}' has an invalid nsInfo index.`);
  switch (kind) {
    case 'insert': {
      allowFields('bulkWrite.ops', op, ['insert', 'document']);
      if (!isDoc(op['document'])) throw new CommandError('MissingField', "BSON field 'bulkWrite.ops.document' must be an object");
      return runInsert(context, namespace, number, serializeDoc(op['document']));
    }
    case 'update': {
      const { update: _namespace, filter, updateMods, constants, ...rest } = op;
      return runUpdate(context, namespace, number, {
        q: filter,
        u: updateMods,
        ...(constants === undefined ? {} : { c: constants }),
        ...rest,
      });
    }
    case 'delete': {
      const { delete: _namespace, filter, multi, ...rest } = op;
      return runDelete(context, namespace, number, { q: filter, limit: new Int32(isTruthy(multi) ? 0 : 1), ...rest });
    }
    default:
      throw new CommandError('UnknownField', `BSON field 'bulkWrite.ops.${kind}' is an unknown field.`);
  }
}

function addTo(
  totals: { nInserted: number; nMatched: number; nModified: number; nUpserted: number; nDeleted: number },
  op: Doc,
  done: Done,
): void {
  if ('insert' in op) totals.nInserted += done.n;
  else if ('delete' in op) totals.nDeleted += done.n;
  else if ('upserted' in done) totals.nUpserted += 1;
  else {
    totals.nMatched += done.n;
    totals.nModified += done.nModified;
  }
}

function lineFor(outcome: StatementOutcome, op: Doc | undefined): Doc {
  const idx = new Int32(outcome.index);
  if ('error' in outcome)
    return { ok: 0, idx, code: new Int32(outcome.error.code), errmsg: outcome.error.message, ...outcome.error.fields, n: new Int32(0) };
  const { n, nModified } = outcome.done;
  const line: Doc = { ok: 1, idx, n: new Int32(n) };
  if (op && 'update' in op) line['nModified'] = new Int32(nModified);
  if ('upserted' in outcome.done) line['upserted'] = { _id: outcome.done.upserted };
  return line;
}
