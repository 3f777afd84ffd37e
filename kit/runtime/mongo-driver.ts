import { createRequire } from 'node:module';
import type { Socket } from 'node:net';
import { MongoError, MongoNetworkError } from 'mongodb';

type WriteCommand = (this: DriverConnection, command: unknown, options?: { readonly signal?: AbortSignal }) => Promise<void>;
/** What is touched of a class that the driver does not export. */
type DriverConnection = { readonly socket: Socket; writeCommand: WriteCommand };
type DriverModule = { readonly Connection: { readonly prototype: DriverConnection } };

function isDriverModule(module: unknown): module is DriverModule {
  if (typeof module !== 'object' || module === null || !('Connection' in module) || typeof module.Connection !== 'function') return false;
  const prototype: unknown = module.Connection.prototype;
  return typeof prototype === 'object' && prototype !== null && 'writeCommand' in prototype && typeof prototype.writeCommand === 'function';
}

const driver: unknown = createRequire(import.meta.url)('mongodb/lib/cmap/connection.js');
if (!isDriverModule(driver))
  throw new Error('This version of mongodb cannot be mended as docs/decisions/0004 describes. Does it have to be?');
const { prototype } = driver.Connection;
const { writeCommand } = prototype;

async function writeUntilClosed(this: DriverConnection, ...[command, options]: Parameters<WriteCommand>): Promise<void> {
  const { socket } = this;
  let onClose = (): void => undefined;
  const closed = new Promise<never>((_, reject) => {
    onClose = () => reject(new MongoNetworkError('The connection ended while a command was written to it.'));
    socket.once('close', onClose);
    if (socket.closed) onClose();
  });
  try {
    await Promise.race([writeCommand.call(this, command, options), closed]);
  } catch (error) {
    if (!(error instanceof Error) || error instanceof MongoError || error === options?.signal?.reason) throw error;
    throw new MongoNetworkError(error.message, { cause: error });
  } finally {
    socket.off('close', onClose);
  }
}

/**
 * A command that the driver writes in the moment in which its socket ends waits there for ever, since a destroyed socket never drains. One such command of
 * its monitor, and the process speaks to its database no more until it is restarted. An error of the socket, on the other hand, escapes as Node's own,
 * without the labels by which the driver knows that a command may be tried again, and makes its withTransaction stumble.
 */
export function mendDriver(): void {
  prototype.writeCommand = writeUntilClosed;
}
