import { Int32 } from 'bson';
import { firstFieldName } from './bson/raw.ts';
import { isNumber, toDouble } from './bson/number.ts';
import { isDoc, parseDoc, parseDocKeeping, serializeDoc, type Doc } from './bson/value.ts';
import type { CommandContext, Reply, Server } from './commands/context.ts';
import { COMMANDS } from './commands/registry.ts';
import { CommandError, errorReply } from './errors.ts';
import { buildInfoReply, helloReply, serverStatusReply, type Identity } from './hello.ts';
import type { Session } from './session.ts';
import type { Request } from './wire.ts';

export interface DispatcherDeps extends Server {
  identity: Identity;
  testCommands: boolean;
  connections: () => number;
}

/** What a command came to: a reply, or a connection to be cut (a fail point's doing). */
export type Answer = { reply: Buffer } | { cut: true };

export function createDispatcher(deps: DispatcherDeps) {
  const { sessions, cursors, engine, identity } = deps;
  const startedAt = Date.now();
  const running = new Set<Promise<unknown>>();

  /** Commands about the server itself: no session, no data. */
  function aboutServer(name: string, connectionId: number): Doc | undefined {
    switch (name) {
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
        return serverStatusReply(identity, startedAt, deps.connections());
      case 'connectionStatus':
        return { authInfo: { authenticatedUsers: [], authenticatedUserRoles: [] } };
      case 'getCmdLineOpts':
        return { argv: [], parsed: {} };
      default:
        return undefined;
    }
  }

  async function run(name: string, command: Doc, request: Request): Promise<Reply> {
    const registered = COMMANDS[name];
    if (!registered) throw new CommandError('CommandNotFound', `no such command: '${name}'`);
    const database = request.database ?? command['$db'];
    if (typeof database !== 'string') throw new CommandError('InvalidNamespace', "the command lacks '$db'");
    checkConcerns(command);
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
      const reply = aboutServer(name, connectionId) ?? (await run(name, command, request));
      return { reply: reply instanceof Buffer ? reply : serializeDoc({ ...reply, ok: new Int32(1), ...concernError(command) }) };
    } catch (error) {
      return { reply: serializeDoc(errorReply(error)) };
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

/** A session belongs to one command at a time: a retry waits for the attempt it repeats. */
async function exclusively<T>(session: Session | undefined, run: () => Promise<T>): Promise<T> {
  if (!session) return run();
  while (session.busy) await session.busy;
  let release = (): void => {};
  session.busy = new Promise((resolve) => {
    release = resolve;
  });
  try {
    return await run();
  } finally {
    session.busy = undefined;
    release();
  }
}

const READ_LEVELS = ['local', 'available', 'majority', 'linearizable', 'snapshot'];

function checkConcerns(command: Doc): void {
  const read = command['readConcern'];
  if (read !== undefined) {
    const level = isDoc(read) ? (read['level'] ?? 'local') : undefined;
    if (typeof level !== 'string' || !READ_LEVELS.includes(level)) throw new CommandError('FailedToParse', `unknown read concern: ${JSON.stringify(read)}`);
    if (level === 'snapshot' && command['autocommit'] !== false) throw new CommandError('InvalidOptions', "readConcern level 'snapshot' outside a transaction is not supported by this store");
  }
  const write = command['writeConcern'];
  if (write === undefined) return;
  if (!isDoc(write)) throw new CommandError('FailedToParse', 'writeConcern must be an object');
  const w = write['w'];
  if (w !== undefined && !isNumber(w) && w !== 'majority') throw new CommandError('FailedToParse', `unknown write concern mode: ${JSON.stringify(w)}`);
}

/** This set has one member: a write that asks for more is done, and told so, as MongoDB does. */
function concernError(command: Doc): Doc {
  const write = command['writeConcern'];
  const w = isDoc(write) ? write['w'] : undefined;
  if (!isNumber(w) || toDouble(w) <= 1) return {};
  return { writeConcernError: { code: new Int32(100), codeName: 'UnsatisfiableWriteConcern', errmsg: 'Not enough data-bearing nodes' } };
}

