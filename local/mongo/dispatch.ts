import { setTimeout } from 'node:timers/promises';
import { Int32, Long } from 'bson';
import { firstFieldName } from './bson/raw.ts';
import { isNumber, toDouble } from './bson/number.ts';
import { isDoc, parseDoc, parseDocKeeping, serializeDoc, type Doc } from './bson/value.ts';
import type { CommandContext, Reply, Server } from './commands/context.ts';
import { COMMANDS } from './commands/registry.ts';
import { createTimeFields } from './cluster-time.ts';
import { codeName, CommandError, errorReply } from './errors.ts';
import { createFailPoints, labelsFor } from './failpoints.ts';
import { buildInfoReply, helloReply, serverStatusReply, type Identity } from './hello.ts';
import type { Session } from './session.ts';
import type { Request } from './wire.ts';

/** Writes a driver repeats under the same number when the answer was lost. */
const RETRYABLE_WRITES = new Set(['insert', 'update', 'delete', 'findAndModify', 'findandmodify', 'bulkWrite']);

export interface DispatcherDeps extends Server {
  identity: Identity;
  testCommands: boolean;
  connections: () => number;
  syncs: () => number;
}

/** What a command came to: a reply, or a connection to be cut (a fail point's doing). */
export type Answer = { reply: readonly Buffer[] } | { cut: true };

export function createDispatcher(deps: DispatcherDeps) {
  const { sessions, cursors, engine, identity } = deps;
  const startedAt = Date.now();
  const timeFields = createTimeFields();
  const running = new Set<Promise<unknown>>();
  const failPoints = deps.testCommands ? createFailPoints() : undefined;

  /** Commands about the server itself: no session, no data. */
  function aboutServer(name: string, command: Doc, connectionId: number): Doc | undefined {
    switch (name) {
      case 'configureFailPoint':
        return failPoints?.configure(command);
      case 'hello':
      case 'isMaster':
      case 'ismaster':
        return helloReply(identity, connectionId, name);
      case 'ping':
        return {};
      case 'buildInfo':
      case 'buildinfo':
        return buildInfoReply();
      case 'serverStatus':
        return { ...serverStatusReply(identity, startedAt, deps.connections()), journal: { syncs: Long.fromNumber(deps.syncs()) } };
      case 'connectionStatus':
        return { authInfo: { authenticatedUsers: [], authenticatedUserRoles: [] } };
      default:
        return undefined;
    }
  }

  async function run(name: string, command: Doc, request: Request): Promise<Reply> {
    const registered = COMMANDS[name];
    if (!registered) throw new CommandError('CommandNotFound', `no such command: '${name}'`);
    const database = request.database ?? command['$db'];
    if (typeof database !== 'string') throw new CommandError('InvalidNamespace', "the command lacks '$db'");
    checkConcerns(name, command);
    const session = sessions.peek(command['lsid']);
    return exclusively(session, async () => {
      const use = sessions.use(command, name);
      if (use.transaction && !registered.inTransaction) {
        sessions.abortIfOpen(use);
        throw new CommandError('OperationNotSupportedInTransaction', `Cannot run '${name}' in a multi-document transaction.`);
      }
      const context: CommandContext = { engine, sessions, cursors, name, database, command, body: request.body, use };
      try {
        return await registered.run(context);
      } catch (error) {
        // What an error tells may stem from a commit that is not durable yet: another's key, a document gone.
        await sessions.whenSnapshotDurable(use.session);
        sessions.abortIfOpen(use);
        if (!use.transaction) {
          engine.seal();
          await engine.whenDurable(engine.now);
        }
        throw error;
      }
    });
  }

  async function answer(request: Request, connectionId: number): Promise<Answer> {
    let name = '';
    try {
      name = firstFieldName(request.body);
      const command = name === 'insert' ? parseDocKeeping(request.body, 'documents') : parseDoc(request.body);
      const fault = name === 'configureFailPoint' ? undefined : failPoints?.forCommand(name);
      if (fault) {
        if (fault.blockMs > 0) await setTimeout(fault.blockMs);
        if (fault.closeConnection) return { cut: true };
        if (fault.error) return { reply: [serializeDoc(faultReply(fault.error, name, command)), timeFields(engine.durableAt)] };
      }
      const writeFault =
        RETRYABLE_WRITES.has(name) &&
        command['txnNumber'] !== undefined &&
        command['autocommit'] === undefined &&
        !sessions.isRetry(command)
          ? failPoints?.forRetryableWrite()
          : undefined;
      if (writeFault?.failBeforeCommitCode !== undefined) return { cut: true };
      const reply = aboutServer(name, command, connectionId) ?? (await run(name, command, request));
      if (writeFault) return { cut: true };
      if (Buffer.isBuffer(reply)) return { reply: [reply, timeFields(engine.durableAt)] };
      const body = serializeDoc(
        Object.assign(
          reply,
          { ok: new Int32(1) },
          concernError(command),
          fault?.writeConcernError && concernFault(fault.writeConcernError, fault.labels, name, command),
        ),
      );
      return { reply: [body, timeFields(engine.durableAt)] };
    } catch (error) {
      return { reply: [serializeDoc(errorReply(error)), timeFields(engine.durableAt)] };
    }
  }

  const dispatch = (request: Request, connectionId: number): Promise<Answer> => {
    const answered = answer(request, connectionId);
    running.add(answered);
    return answered.finally(() => running.delete(answered));
  };
  return Object.assign(dispatch, {
    /** Resolves when no command is under way. */
    async idle(): Promise<void> {
      sessions.endAll();
      await Promise.allSettled(running);
    },
  });
}

function labelPlace(name: string, command: Doc) {
  const endsTransaction = name === 'commitTransaction' || name === 'abortTransaction';
  const inTransaction = command['autocommit'] === false;
  return { inTransaction, endsTransaction, retryable: !inTransaction && command['txnNumber'] !== undefined };
}

function faultReply({ code, labels }: { code: number; labels: string[] | undefined }, name: string, command: Doc): Doc {
  const errorLabels = labels ?? labelsFor(code, labelPlace(name, command));
  return {
    ok: 0,
    errmsg: `Failing command via 'failCommand' failpoint`,
    code: new Int32(code),
    codeName: codeName(code),
    ...(errorLabels.length > 0 ? { errorLabels } : {}),
  };
}

function concernFault(writeConcernError: Doc, labels: string[] | undefined, name: string, command: Doc): Doc {
  const errorLabels =
    labels ??
    labelsFor(toDouble(writeConcernError['code'] ?? 0), labelPlace(name, command)).filter((label) => label === 'RetryableWriteError');
  return { writeConcernError, ...(errorLabels.length > 0 ? { errorLabels } : {}) };
}

/** A session belongs to one command at a time: a retry waits for the attempt it repeats. */
async function exclusively<T>(session: Session | undefined, run: () => Promise<T>): Promise<T> {
  if (!session) return run();
  while (session.busy) await session.busy;
  const running = run();
  session.busy = running.then(ignore, ignore);
  try {
    return await running;
  } finally {
    session.busy = undefined;
  }
}

function ignore(): void {
  // The one who waits wants the end, not the outcome.
}

const READ_LEVELS = ['local', 'available', 'majority', 'linearizable', 'snapshot'];

const SNAPSHOT_READS = new Set(['find', 'aggregate', 'distinct']);

function checkConcerns(name: string, command: Doc): void {
  const read = command['readConcern'];
  if (read !== undefined) {
    const level = isDoc(read) ? (read['level'] ?? 'local') : undefined;
    if (typeof level !== 'string' || !READ_LEVELS.includes(level))
      throw new CommandError('FailedToParse', `unknown read concern: ${JSON.stringify(read)}`);
    if (level === 'snapshot' && command['autocommit'] === undefined && !SNAPSHOT_READS.has(name))
      throw new CommandError('InvalidOptions', `readConcern level 'snapshot' is not supported for '${name}' outside a transaction`);
  }
  const write = command['writeConcern'];
  if (write === undefined) return;
  if (!isDoc(write)) throw new CommandError('FailedToParse', 'writeConcern must be an object');
  const w = write['w'];
  if (w !== undefined && !isNumber(w) && w !== 'majority')
    throw new CommandError('FailedToParse', `unknown write concern mode: ${JSON.stringify(w)}`);
}

/** This set has one member: a write that asks for more is done, and told so, as MongoDB does. */
function concernError(command: Doc): Doc {
  const write = command['writeConcern'];
  const w = isDoc(write) ? write['w'] : undefined;
  if (!isNumber(w) || toDouble(w) <= 1) return {};
  return { writeConcernError: { code: new Int32(100), codeName: 'UnsatisfiableWriteConcern', errmsg: 'Not enough data-bearing nodes' } };
}
