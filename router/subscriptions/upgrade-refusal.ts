import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';

/** A plain HTTP answer in place of the upgrade: a client that is told 4429 after it never comes back, one that is told 429 does. */
export function refuseUpgrade(
  socket: Duplex,
  status: number,
  message = '',
  headers: Readonly<Record<string, string>> = {},
  cookies: readonly string[] = [],
): void {
  const body = Buffer.from(message);
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'Connection: close',
    'Content-Type: text/plain; charset=utf-8',
    `Content-Length: ${body.length}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ...cookies.map((cookie) => `Set-Cookie: ${cookie}`),
  ];
  // A client that keeps its end open would keep ours open, too: nothing watches over a connection that was to be upgraded.
  socket.end(Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), body]), () => socket.destroy());
}
