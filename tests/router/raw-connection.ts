import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';

/** A connection on which anything at all can be said. */
export async function openRaw(origin: string): Promise<Socket> {
  const { hostname, port } = new URL(origin);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

/** What comes back until the server closes, or says nothing more for a while. */
export async function sayRaw(origin: string, bytes: string | Buffer, quietMs = 400): Promise<string> {
  const socket = await openRaw(origin);
  let heard = '';
  await new Promise<void>((resolve) => {
    let quiet = setTimeout(resolve, 2_000);
    socket.on('data', (chunk: Buffer) => {
      heard += chunk.toString('latin1');
      clearTimeout(quiet);
      quiet = setTimeout(resolve, quietMs);
    });
    socket.once('close', () => resolve());
    socket.write(bytes);
  });
  socket.destroy();
  return heard;
}

export const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0);

export const upgradeRequest = (path: string, headers: readonly string[] = []): string =>
  [
    `GET ${path} HTTP/1.1`,
    'Host: router',
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Protocol: graphql-transport-ws',
    ...headers,
    '\r\n',
  ].join('\r\n');

/** A client's frame, masked with zeros as the simplest mask there is. */
export function clientFrame(opcode: number, payload: string | Buffer): Buffer {
  const bytes = Buffer.from(payload);
  const head =
    bytes.length < 126
      ? Buffer.from([0x80 | opcode, 0x80 | bytes.length])
      : Buffer.from([0x80 | opcode, 0xfe, bytes.length >> 8, bytes.length & 0xff]);
  return Buffer.concat([head, Buffer.alloc(4), bytes]);
}
