import { BSON, MongoClient, type Document, type MongoClientOptions } from 'mongodb';
import { toNumber } from './matching.ts';

export interface ObservedEvent {
  name: string;
  fields: Document;
}

export interface ObservedClient {
  client: MongoClient;
  events: ObservedEvent[];
  /** Every command sent, for the assertions about sessions. */
  commands: Document[];
  checkedOut: () => number;
}

/** Handshake, fail points and the end of a client never count. */
const NEVER_OBSERVED = ['configureFailPoint', 'hello', 'isMaster', 'ismaster', 'endSessions'];

/** The driver reuses the object of a command: a copy shows what was sent. */
const copy = (value: Document): Document =>
  BSON.EJSON.parse(BSON.EJSON.stringify(value, { relaxed: false }), { relaxed: false }) as Document;

function clientOptions(uriOptions: Document): MongoClientOptions {
  const options: Document = {};
  for (const [name, value] of Object.entries(uriOptions)) {
    if (name === 'readConcernLevel') options['readConcern'] = { level: value };
    else if (name === 'w') options['writeConcern'] = { ...options['writeConcern'], w: value };
    else if (name === 'wTimeoutMS') options['writeConcern'] = { ...options['writeConcern'], wtimeoutMS: toNumber(value) };
    else if (name === 'appname') options['appName'] = value;
    else options[name] = value;
  }
  return options;
}

export async function openClient(uri: string, spec: Document): Promise<ObservedClient> {
  const client = new MongoClient(uri, {
    ...clientOptions(spec['uriOptions'] ?? {}),
    ...(spec['serverApi'] ? { serverApi: spec['serverApi'] } : {}),
    monitorCommands: true,
  });
  const wanted = new Set<string>(spec['observeEvents'] ?? []);
  const ignored = new Set<string>([...NEVER_OBSERVED, ...(spec['ignoreCommandMonitoringEvents'] ?? [])]);
  const events: ObservedEvent[] = [];
  const commands: Document[] = [];
  let checkedOut = 0;
  const observe = (name: string, commandName: string, fields: () => Document): void => {
    if (wanted.has(name) && !ignored.has(commandName)) events.push({ name, fields: { commandName, ...fields() } });
  };
  client.on('commandStarted', ({ command, commandName, databaseName }) => {
    commands.push(copy(command));
    observe('commandStartedEvent', commandName, () => ({ command: copy(command), databaseName }));
  });
  client.on('commandSucceeded', ({ commandName, reply }) =>
    observe('commandSucceededEvent', commandName, () => ({ reply: copy(reply as Document) })),
  );
  client.on('commandFailed', ({ commandName }) => observe('commandFailedEvent', commandName, () => ({})));
  client.on('connectionCheckedOut', () => {
    checkedOut += 1;
  });
  client.on('connectionCheckedIn', () => {
    checkedOut -= 1;
  });
  await client.connect();
  // What connecting took is not part of the test.
  events.length = 0;
  return { client, events, commands, checkedOut: () => checkedOut };
}
