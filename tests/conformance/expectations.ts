import type { Document } from 'mongodb';
import type { World } from './entities.ts';
import { expectMatch, isPlain, Mismatch, type Entities } from './matching.ts';

function require(holds: boolean, what: string): void {
  if (!holds) throw new Mismatch(what);
}

const same = (left: unknown, right: unknown): boolean => String(left).toLowerCase() === String(right).toLowerCase();

/** An error of the driver, as far as the format asks about it. */
interface Failure extends Document {
  name: string;
  message: string;
  hasErrorLabel?: (label: string) => boolean;
}

function isFromServer(error: Failure): boolean {
  return error['errorResponse'] !== undefined || /MongoServer|Bulk/.test(error.name);
}

export function expectFailure(expected: Document, error: Failure, entities: Entities): void {
  const { isClientError, errorCode, errorCodeName, errorContains, errorLabelsContain, errorLabelsOmit } = expected;
  if (isClientError !== undefined) {
    const client = error.name.includes('Network') || !isFromServer(error);
    require(client ===
      isClientError, `${isClientError ? 'an error of the client' : 'an error of the server'} was expected: ${error.message}`);
  }
  const code: unknown =
    error['code'] ?? error['writeConcernError']?.code ?? error['result']?.writeConcernError?.code ?? error['cause']?.code;
  if (errorCode !== undefined) require(Number(code) === Number(errorCode), `code ${String(code)}, not ${errorCode}: ${error.message}`);
  if (errorCodeName !== undefined)
    require(same(error['codeName'], errorCodeName), `code name ${error['codeName']}, not ${errorCodeName}: ${error.message}`);
  const said = `${error.message} ${String(error['cause']?.message ?? '')}`;
  if (errorContains !== undefined)
    require(said.toLowerCase().includes(String(errorContains).toLowerCase()), `the message '${said}' lacks '${errorContains}'`);
  for (const label of errorLabelsContain ?? [])
    require(error.hasErrorLabel?.(label) === true, `lacks the label ${label}: ${error.message}`);
  for (const label of errorLabelsOmit ?? []) require(error.hasErrorLabel?.(label) !== true, `has the label ${label}: ${error.message}`);
  if (expected['errorResponse'] !== undefined) {
    // A bulk write's error is the driver's; the server's is its cause.
    const response: unknown = error['cause']?.errorResponse ?? error['errorResponse'];
    expectMatch(expected['errorResponse'], response, entities, 'errorResponse', true);
  }
  if (expected['expectResult'] !== undefined) expectMatch(expected['expectResult'], partialResult(error), entities, 'partial result', true);
  for (const [index, each] of Object.entries(expected['writeErrors'] ?? {}))
    expectMatch(each, (error['writeErrors'] as Map<number, unknown>).get(Number(index)), entities, `writeErrors[${index}]`, true);
  if (expected['writeConcernErrors'] !== undefined)
    expectMatch(expected['writeConcernErrors'], error['writeConcernErrors'], entities, 'writeConcernErrors', true);
}

/** After a network error the driver lists in `insertedIds` what it tried to insert: that is overlooked. */
function partialResult(error: Failure): unknown {
  const result: unknown = error['partialResult'] ?? error['result'];
  const network = error.name.includes('Network') || String(error['cause']?.name).includes('Network') || error['code'] === undefined;
  if (!network || !isPlain(result) || !('insertedIds' in result)) return result;
  return Object.create(result, { insertedIds: { value: result['insertedCount'] === 0 ? {} : result['insertedIds'], enumerable: true } });
}

export function expectEvents(world: World, expected: Document): void {
  if ((expected['eventType'] ?? 'command') !== 'command') return;
  const observed = world.clients.get(expected['client'])?.events ?? [];
  const events = expected['events'] as Document[];
  const enough = expected['ignoreExtraEvents'] ? observed.length >= events.length : observed.length === events.length;
  const names = observed.map(({ name, fields }) => `${name}:${fields['commandName']}`).join(', ');
  if (!enough) throw new Mismatch(`${events.length} events were expected, observed: ${names}`);
  for (const [index, event] of events.entries()) {
    const [[name, fields] = ['', {}]] = Object.entries(event);
    const actual = observed[index];
    if (actual?.name !== name) throw new Mismatch(`event ${index} is ${String(actual?.name)}, not ${name}`);
    for (const [field, value] of Object.entries(fields as Document))
      expectMatch(value, actual.fields[field], world.entities, `event ${index} ${field}`, true);
  }
}
