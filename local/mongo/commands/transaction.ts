import { CommandError } from '../errors.ts';
import { allowOptions, type Command } from './context.ts';

export const commitTransaction: Command = (context) => {
  allowOptions(context, ['recoveryToken']);
  const { engine, sessions, use } = context;
  if (!use.session || context.command['autocommit'] !== false)
    throw new CommandError('InvalidOptions', 'commitTransaction must be run within a transaction');
  sessions.commit(use.session);
  // Also for a commit repeated after a lost answer: the first one may still be on its way to the disk.
  return engine.whenDurable(engine.now).then(() => ({}));
};

export const abortTransaction: Command = (context) => {
  allowOptions(context, ['recoveryToken']);
  const { sessions, use } = context;
  if (!use.session || context.command['autocommit'] !== false)
    throw new CommandError('InvalidOptions', 'abortTransaction must be run within a transaction');
  sessions.abortOpen(use.session);
  return {};
};

export const endSessions: Command = (context) => {
  for (const id of sessionIds(context.command['endSessions'] ?? context.command['killSessions'])) {
    context.sessions.end(id);
    context.cursors.endSession(id);
  }
  return {};
};

export const killAllSessions: Command = (context) => {
  context.sessions.endAll();
  return {};
};

function sessionIds(list: unknown): string[] {
  if (!Array.isArray(list)) throw new CommandError('TypeMismatch', 'sessions must be an array');
  return list.map((each: { id?: { toString(encoding: string): string } }) => String(each.id?.toString('hex')));
}
