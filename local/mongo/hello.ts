import { Int32, Long, ObjectId } from 'bson';
import type { Doc } from './bson/value.ts';
import { SESSION_TIMEOUT_MINUTES } from './session.ts';
import { MAX_MESSAGE_BYTES } from './wire.ts';

/** What this store says it is. Drivers choose their behaviour by the wire version: 25 is MongoDB 8.0. */
export const VERSION = '8.0.0';
const WIRE_VERSION = 25;

export interface Identity {
  address: string;
  setName: string;
}

const electionId = new ObjectId('7fffffff0000000000000001');

/**
 * The reply to `hello` and its older names. `hosts` must hold exactly the address of the URI, or the driver waits for
 * another server; without `isWritablePrimary` writes time out. There is no topologyVersion: the driver then polls.
 */
export function helloReply(identity: Identity, connectionId: number, name: string): Doc {
  return {
    ...(name === 'hello' ? { isWritablePrimary: true } : { ismaster: true, helloOk: true }),
    hosts: [identity.address],
    setName: identity.setName,
    setVersion: new Int32(1),
    secondary: false,
    primary: identity.address,
    me: identity.address,
    electionId,
    maxBsonObjectSize: new Int32(16 * 1024 * 1024),
    maxMessageSizeBytes: new Int32(MAX_MESSAGE_BYTES),
    maxWriteBatchSize: new Int32(100_000),
    localTime: new Date(),
    // Alone switches on sessions, retryable writes and transactions in the driver.
    logicalSessionTimeoutMinutes: new Int32(SESSION_TIMEOUT_MINUTES),
    connectionId: new Int32(connectionId),
    minWireVersion: new Int32(0),
    maxWireVersion: new Int32(WIRE_VERSION),
    readOnly: false,
  };
}

export function buildInfoReply(): Doc {
  return {
    version: VERSION,
    versionArray: VERSION.split('.')
      .map((part) => new Int32(Number(part)))
      .concat(new Int32(0)),
    gitVersion: 'embedded document store',
    modules: [],
    storageEngines: ['embedded'],
    bits: new Int32(64),
    debug: false,
    maxBsonObjectSize: new Int32(16 * 1024 * 1024),
  };
}

export function serverStatusReply(identity: Identity, startedAt: number, connections: number): Doc {
  return {
    host: identity.address,
    version: VERSION,
    process: 'embedded document store',
    pid: Long.fromNumber(process.pid),
    uptime: (Date.now() - startedAt) / 1000,
    localTime: new Date(),
    connections: { current: new Int32(connections) },
    repl: { setName: identity.setName, isWritablePrimary: true, hosts: [identity.address], me: identity.address },
    storageEngine: { name: 'embedded', persistent: true },
  };
}
