import { once } from 'node:events';
import type { Server } from 'node:http';
import { StartError } from './env.ts';

/** Resolves with the server's own address; port 0 takes a free one. */
export async function listen(server: Server, at: { host: string; port: number; setting?: string }): Promise<string> {
  server.listen(at.port, at.host);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw cannotListen(error, at);
  }
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server listens on no port.');
  return `http://${at.host}:${address.port}`;
}

/** The one line for an operator; `setting` is where the port comes from. */
export function cannotListen(error: unknown, at: { host: string; port: number; setting?: string }): StartError {
  const setting = at.setting ?? 'PORT';
  const busy = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
  return new StartError(
    busy
      ? `${setting}: port ${at.port} is in use. Stop what listens there, or set another ${setting}.`
      : `${setting}: cannot listen on ${at.host}:${at.port}.`,
    { cause: error },
  );
}
