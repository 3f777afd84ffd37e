import { Int32 } from 'bson';
import { parseCollation, withCollation } from '../bson/collation.ts';
import { toDouble } from '../bson/number.ts';
import { isDoc, type Doc } from '../bson/value.ts';
import { CommandError } from '../errors.ts';
import { isTruthy } from '../query/expression.ts';
import { parseSort } from '../query/sort.ts';
import { compileUpdate, isReplacement } from '../query/update.ts';
import { allowFields, letVariables, rememberedReply, retryEntry, runStatement, type CommandContext } from './context.ts';
import { after, type Soon } from '../soon.ts';
import { createTurns } from '../turns.ts';
import { inPortions, mayBeDivided } from './portions.ts';
import { deleteMatching, deleteSelected, insertOne, update, updateSelected, type UpdateStatement } from './statements.ts';

const MAX_STATEMENTS = 100_000;

/** What one statement did; `upserted` is there when it inserted by upsert. */
export interface Done {
  n: number;
  nModified: number;
  upserted?: unknown;
}

export type StatementOutcome = { index: number; done: Done } | { index: number; error: CommandError };

export function refuseCount(count: number): void {
  if (count < 1 || count > MAX_STATEMENTS)
    throw new CommandError('InvalidLength', `Write batch sizes must be between 1 and ${MAX_STATEMENTS}. Got ${count} operations.`);
}

/**
 * Runs the statements of one command in order. An error of one is reported with its index; `ordered` stops there.
 * Inside a transaction any error ends the transaction.
 */
export function runStatements<T>(
  context: CommandContext,
  statements: readonly T[],
  run: (statement: T, number: number) => Soon<Done>,
): Soon<StatementOutcome[]> {
  const ordered = context.command['ordered'] !== false;
  const outcomes: StatementOutcome[] = [];
  const remaining = statements.entries();
  // What has been committed must not stay out of the journal while others have their turn.
  const turn = statements.length > 1 ? createTurns(() => context.engine.seal()) : undefined;
  const first = context.command['stmtId'] === undefined ? 0 : toDouble(context.command['stmtId']);

  /** Nearly every statement is done at once; one that waits or fails is settled before the next. */
  function proceed(): Soon<StatementOutcome[]> {
    // An array's iterator goes on where it was left.
    for (const [index, statement] of remaining) {
      const pause = turn?.();
      const done = pause ? pause.then(() => attempt(statement, index)) : attempt(statement, index);
      if (done instanceof Promise) return settle(index, done);
      outcomes.push({ index, done });
    }
    return outcomes;
  }

  function attempt(statement: T, index: number): Soon<Done> {
    try {
      return run(statement, first + index);
    } catch (error) {
      return failed(error);
    }
  }

  async function settle(index: number, waiting: Promise<Done>): Promise<StatementOutcome[]> {
    try {
      outcomes.push({ index, done: await waiting });
    } catch (error) {
      // A conflict in a transaction is the command's failure, with a label, not a statement's.
      if (!(error instanceof CommandError) || error.labels.length > 0) throw error;
      outcomes.push({ index, error });
      if (context.use.transaction) {
        await context.sessions.whenSnapshotDurable(context.use.session);
        context.sessions.abortIfOpen(context.use);
        return outcomes;
      }
      if (ordered) return outcomes;
    }
    return proceed();
  }

  return proceed();
}

async function failed(error: unknown): Promise<never> {
  throw error;
}

function once(context: CommandContext, namespace: string, number: number, statement: Parameters<typeof runStatement<Done>>[2]): Soon<Done> {
  const remembered = rememberedReply(context, number);
  if (remembered) return doneFrom(remembered);
  return runStatement(context, namespace, statement, (done) =>
    retryEntry(context, number, { ...done, n: new Int32(done.n), nModified: new Int32(done.nModified) }),
  );
}

function doneFrom(reply: Doc): Done {
  return { ...reply, n: toDouble(reply['n']), nModified: toDouble(reply['nModified']) };
}

export function runInsert(context: CommandContext, namespace: string, number: number, document: Buffer): Soon<Done> {
  return once(context, namespace, number, (transaction) => {
    insertOne(context.engine.ensure(namespace), transaction, document);
    return { n: 1, nModified: 0 };
  });
}

export function runUpdate(context: CommandContext, namespace: string, number: number, statement: Doc): Soon<Done> {
  const compiled = compileUpdateStatement(context, statement);
  if (!compiled.multi || !mayBeDivided(context)) return updateAtOnce(context, namespace, number, compiled);
  return updateInPortions(context, namespace, compiled).then((done) =>
    done.n > 0 || !compiled.upsert ? done : updateAtOnce(context, namespace, number, compiled),
  );
}

function updateAtOnce(context: CommandContext, namespace: string, number: number, statement: UpdateStatement): Soon<Done> {
  const ended: { failure?: CommandError } = {};
  const running = once(context, namespace, number, (transaction) => {
    const result = update(context.engine.ensure(namespace), transaction, statement);
    if (result.failure) ended.failure = result.failure;
    return result.upserted === undefined
      ? { n: result.matched, nModified: result.modified }
      : { n: 1, nModified: 0, upserted: result.upserted };
  });
  return after(running, (done) => {
    // Only now: outside a transaction the documents changed before the failure are kept, as MongoDB keeps them.
    if (ended.failure) throw ended.failure;
    return done;
  });
}

async function updateInPortions(context: CommandContext, namespace: string, statement: UpdateStatement): Promise<Done> {
  const { filter, sort, hint, variables, collation } = statement;
  const done: Done = { n: 0, nModified: 0 };
  await inPortions(
    context,
    namespace,
    { filter, sort, hint, variables, collation, positions: true },
    (transaction, collection, portion) => {
      const { matched, modified, failure } = updateSelected(collection, transaction, statement, portion);
      // Counted when the portion is committed: it may run again after waiting for another transaction.
      return () => {
        if (failure) throw failure;
        done.n += matched;
        done.nModified += modified;
        return true;
      };
    },
  );
  return done;
}

function compileUpdateStatement(context: CommandContext, statement: Doc) {
  allowFields('update.updates', statement, ['q', 'u', 'multi', 'upsert', 'arrayFilters', 'hint', 'c', 'sort', 'collation']);
  const { q, u } = statement;
  if (!isDoc(q)) throw new CommandError('TypeMismatch', "BSON field 'update.updates.q' must be an object");
  const multi = isTruthy(statement['multi']);
  if (multi && isReplacement(u)) throw new CommandError('FailedToParse', 'multi update is not supported for replacement-style update');
  if (multi && statement['sort'] !== undefined) throw new CommandError('FailedToParse', 'Cannot specify sort with multi=true');
  const collation = parseCollation(statement['collation']);
  const constants = statement['c'];
  const variables = { ...letVariables(context.command), ...(isDoc(constants) ? constants : {}) };
  return {
    filter: q,
    // Array filters are compiled for the collation they will run under.
    update: withCollation(collation, () => compileUpdate(u, statement['arrayFilters'], variables)),
    multi,
    upsert: isTruthy(statement['upsert']),
    sort: parseSort(statement['sort']),
    hint: statement['hint'],
    variables,
    collation,
  };
}

export function runDelete(context: CommandContext, namespace: string, number: number, statement: Doc): Soon<Done> {
  allowFields('delete.deletes', statement, ['q', 'limit', 'hint', 'collation']);
  const filter = statement['q'];
  if (!isDoc(filter)) throw new CommandError('TypeMismatch', "BSON field 'delete.deletes.q' must be an object");
  const limit = toDouble(statement['limit'] ?? Number.NaN);
  if (limit !== 0 && limit !== 1) throw new CommandError('FailedToParse', `The limit field in delete objects must be 0 or 1. Got ${limit}`);
  const selection = {
    filter,
    limit: limit === 1 ? 1 : undefined,
    sort: [],
    hint: statement['hint'],
    variables: letVariables(context.command),
    collation: parseCollation(statement['collation']),
  };
  if (limit === 0 && mayBeDivided(context)) {
    const done: Done = { n: 0, nModified: 0 };
    const running = inPortions(context, namespace, selection, (transaction, collection, portion) => {
      const { deleted } = deleteSelected(collection, transaction, portion);
      return () => {
        done.n += deleted;
        return true;
      };
    });
    return running.then(() => done);
  }
  return once(context, namespace, number, (transaction) => ({
    n: deleteMatching(context.engine.ensure(namespace), transaction, selection).deleted,
    nModified: 0,
  }));
}
