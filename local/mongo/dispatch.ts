import { setTimeout } from 'node:timers/promises';
import { Int32, Long } from 'bson';
import { firstFieldName } from './bson/raw.ts';
import { isNumber, toDouble } from './bson/number.ts';
import { isDoc, parseCommand, parseDoc, serializeDoc, setField, type Doc } from './bson/value.ts';
import type { CommandContext, Reply, Server } from './commands/context.ts';
import { COMMANDS } from './commands/registry.ts';
import { createTimeFields } from './cluster-time.ts';
import { codeName, CommandError, errorReply } from './errors.ts';
import { createFailPoints, labelsFor, type FailPoints } from './failpoints.ts';
import { buildInfoReply, helloReply, serverStatusReply, type Identity } from './hello.ts';
import type { Session } from './session.ts';
import { after, type Soon } from './soon.ts';
import type { Request } from './wire.ts';

/** Writes a driver repeats under the same number when the answer was lost. */
const RETRYABLE_WRITES = new Set(['insert', 'update', 'delete', 'findAndModify', 'findandmodify', 'bulkWrite']);

export interface DispatcherDeps extends Server {
  identity: Identity;
  testCommands: boolean;
  connections: () => number;
  syncs: () => number;
}

const OK = new Int32(1);

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

  function run(name: string, command: Doc, request: Request): Soon<Reply> {
    const registered = COMMANDS[name];
    if (!registered) throw new CommandError('CommandNotFound', `no such command: '${name}'`);
    const database = request.database ?? command['$db'];
    if (typeof database !== 'string') throw new CommandError('InvalidNamespace', "the command lacks '$db'");
    checkConcerns(name, command);
    const session = sessions.peek(command['lsid']);
    return exclusively(session, () => {
      const use = sessions.use(command, name, session);
      if (use.transaction && !registered.inTransaction) {
        sessions.abortIfOpen(use);
        throw new CommandError('OperationNotSupportedInTransaction', `Cannot run '${name}' in a multi-document transaction.`);
      }
      const context: CommandContext = { engine, sessions, cursors, name, database, command, use };
      // What an error tells may stem from a commit that is not durable yet: another's key, a document gone.
      const fail = async (error: unknown): Promise<never> => {
        await sessions.whenSnapshotDurable(use.session);
        sessions.abortIfOpen(use);
        if (!use.transaction) {
          engine.seal();
          await engine.whenDurable(engine.now);
        }
        await engine.whenDefined();
        throw error;
      };
      try {
        const reply = after(registered.run(context), (made) => after(engine.whenDefined(), () => made));
        return reply instanceof Promise ? reply.catch(fail) : reply;
      } catch (error) {
        return fail(error);
      }
    });
  }

  const carryOut = (name: string, command: Doc, request: Request, connectionId: number): Soon<Reply> =>
    aboutServer(name, command, connectionId) ?? run(name, command, request);

  function encode(command: Doc, reply: Reply, more?: Doc): Answer {
    const time = timeFields(engine.durableAt);
    if (Buffer.isBuffer(reply)) return { reply: [reply, time] };
    reply['ok'] = OK;
    if (more || command['writeConcern'] !== undefined) Object.assign(reply, concernError(command), more);
    return { reply: [serializeDoc(reply), time] };
  }

  async function carryOutWithFaults(
    points: FailPoints,
    name: string,
    command: Doc,
    request: Request,
    connectionId: number,
  ): Promise<Answer> {
    const fault = name === 'configureFailPoint' ? undefined : points.forCommand(name);
    if (fault) {
      if (fault.blockMs > 0) await setTimeout(fault.blockMs);
      if (fault.closeConnection) return { cut: true };
      if (fault.error) return { reply: [serializeDoc(faultReply(fault.error, name, command)), timeFields(engine.durableAt)] };
    }
    const writeFault =
      RETRYABLE_WRITES.has(name) && command['txnNumber'] !== undefined && command['autocommit'] === undefined && !sessions.isRetry(command)
        ? points.forRetryableWrite()
        : undefined;
    if (writeFault?.failBeforeCommitCode !== undefined) return { cut: true };
    const reply = await carryOut(name, command, request, connectionId);
    if (writeFault) return { cut: true };
    return encode(command, reply, fault?.writeConcernError && concernFault(fault.writeConcernError, fault.labels, name, command));
  }

  const refusal = (error: unknown): Answer => ({ reply: [serializeDoc(errorReply(error)), timeFields(engine.durableAt)] });

  function answer(request: Request, connectionId: number): Soon<Answer> {
    try {
      const name = firstFieldName(request.body);
      const command = commandIn(request, name);
      const answered = failPoints
        ? carryOutWithFaults(failPoints, name, command, request, connectionId)
        : after(carryOut(name, command, request, connectionId), (reply) => encode(command, reply));
      return answered instanceof Promise ? answered.catch(refusal) : answered;
    } catch (error) {
      return refusal(error);
    }
  }

  const dispatch = (request: Request, connectionId: number): Soon<Answer> => {
    const answered = answer(request, connectionId);
    if (!(answered instanceof Promise)) return answered;
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

/** The command with the sequences that came beside it. What is inserted stays bytes: it is stored as it came. */
function commandIn({ body, sequences }: Request, name: string): Doc {
  const command = parseCommand(body, name === 'insert' ? 'documents' : undefined);
  for (const sequence of sequences) setField(command, sequence.name, name === 'insert' ? sequence.items : sequence.items.map(parseDoc));
  return command;
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
function exclusively<T>(session: Session | undefined, run: () => Soon<T>): Soon<T> {
  if (!session) return run();
  if (session.busy) return session.busy.then(() => exclusively(session, run));
  const running = run();
  if (!(running instanceof Promise)) return running;
  const free = (): void => {
    session.busy = undefined;
  };
  // The one who waits wants the end, not the outcome.
  session.busy = running.then(free, free);
  return running;
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
