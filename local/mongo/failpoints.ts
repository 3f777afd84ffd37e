import { isDoc, type Doc } from './bson/value.ts';
import { isNumber, toDouble } from './bson/number.ts';
import { CommandError } from './errors.ts';

/** Faults that a test asks for, as MongoDB's own `configureFailPoint` gives them. Only with --test-commands. */
export interface Fault {
  blockMs: number;
  closeConnection: boolean;
  error: { code: number; labels: string[] | undefined } | undefined;
  writeConcernError: Doc | undefined;
  labels: string[] | undefined;
}

/** `onPrimaryTransactionalWrite`: the write is done and the answer lost, or the write fails before it is committed. */
export interface WriteFault {
  failBeforeCommitCode: number | undefined;
}

interface Active {
  data: Doc;
  skip: number;
  times: number;
}

const DATA_FIELDS: Record<string, readonly string[]> = {
  failCommand: [
    'failCommands',
    'errorCode',
    'errorLabels',
    'closeConnection',
    'writeConcernError',
    'blockConnection',
    'blockTimeMS',
    'appName',
    'failInternalCommands',
    'namespace',
  ],
  onPrimaryTransactionalWrite: ['closeConnection', 'failBeforeCommitExceptionCode'],
};

export function createFailPoints() {
  const active = new Map<string, Active>();

  function hit(point: Active): boolean {
    if (point.skip > 0) {
      point.skip -= 1;
      return false;
    }
    if (point.times <= 0) return false;
    point.times -= 1;
    return true;
  }

  return {
    configure(command: Doc): Doc {
      const name = command['configureFailPoint'];
      if (typeof name !== 'string' || !DATA_FIELDS[name])
        throw new CommandError('BadValue', `fail point ${String(name)} is not supported by this store`);
      const { mode } = command;
      if (mode === 'off') {
        active.delete(name);
        return {};
      }
      const data = isDoc(command['data']) ? command['data'] : {};
      const unknown = Object.keys(data).find((field) => !DATA_FIELDS[name]?.includes(field));
      if (unknown !== undefined) throw new CommandError('BadValue', `fail point ${name} does not support '${unknown}'`);
      if (mode === 'alwaysOn') active.set(name, { data, skip: 0, times: Infinity });
      else if (isDoc(mode) && isNumber(mode['times'])) active.set(name, { data, skip: 0, times: toDouble(mode['times']) });
      else if (isDoc(mode) && isNumber(mode['skip'])) active.set(name, { data, skip: toDouble(mode['skip']), times: Infinity });
      else throw new CommandError('BadValue', 'the mode of a fail point is off, alwaysOn, {times: n} or {skip: n}');
      return {};
    },

    forCommand(name: string): Fault | undefined {
      const point = active.get('failCommand');
      if (!point) return undefined;
      const { data } = point;
      const names = data['failCommands'];
      if (!Array.isArray(names) || !names.includes(name) || !hit(point)) return undefined;
      const labels = Array.isArray(data['errorLabels']) ? data['errorLabels'].map(String) : undefined;
      const code = data['errorCode'];
      return {
        blockMs: data['blockConnection'] === true ? toDouble(data['blockTimeMS']) : 0,
        closeConnection: data['closeConnection'] === true,
        error: isNumber(code) ? { code: toDouble(code), labels } : undefined,
        writeConcernError: isDoc(data['writeConcernError']) ? data['writeConcernError'] : undefined,
        labels,
      };
    },

    forRetryableWrite(): WriteFault | undefined {
      const point = active.get('onPrimaryTransactionalWrite');
      if (!point || !hit(point)) return undefined;
      const code = point.data['failBeforeCommitExceptionCode'];
      return { failBeforeCommitCode: isNumber(code) ? toDouble(code) : undefined };
    },
  };
}

export type FailPoints = ReturnType<typeof createFailPoints>;

const RETRYABLE = new Set([6, 7, 89, 91, 134, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436]);
const TRANSIENT_ALWAYS = new Set([24, 112, 239, 246, 251, 267]);

/** The labels a server gives an error of that code, which drivers obey. */
export function labelsFor(code: number, where: { inTransaction: boolean; endsTransaction: boolean; retryable: boolean }): string[] {
  const labels: string[] = [];
  if (where.inTransaction && !where.endsTransaction && (TRANSIENT_ALWAYS.has(code) || RETRYABLE.has(code)))
    labels.push('TransientTransactionError');
  if (where.endsTransaction && TRANSIENT_ALWAYS.has(code)) labels.push('TransientTransactionError');
  if ((where.retryable || where.endsTransaction) && RETRYABLE.has(code)) labels.push('RetryableWriteError');
  return labels;
}
