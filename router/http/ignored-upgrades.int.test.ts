import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../tests/harness/fresh.ts';
import { openRaw } from '../../tests/router/raw-connection.ts';
import type { World } from '../testing/world.ts';
import { startWorld } from '../testing/world.ts';

const BODY = '{"query":"{ ping }"}';
const OFFER = ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA'];
const request = (line: string, headers: readonly string[], body = ''): string =>
  [`${line} HTTP/1.1`, 'Host: router', ...headers, '', body].join('\r\n');
const post = (headers: readonly string[]): string =>
  request('POST /graphql', ['Content-Type: application/json', `Content-Length: ${BODY.length}`, ...headers], BODY);

describe('a request that offers a protocol we do not speak', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world.close());

  it.each([
    ['a query in a POST', post(OFFER)],
    ['a query in a GET', request('GET /graphql?query=%7Bping%7D', ['Apollo-Require-Preflight: 1', ...OFFER])],
    ['a look at its health', request('GET /health', OFFER)],
    ['an offer of several', request('GET /health', ['Connection: Upgrade', 'Upgrade: TLS/1.0, h2c'])],
  ])('is answered over HTTP/1.1, and so is what follows on its connection: %s', async (_what, first) => {
    const socket = await openRaw(world.origin);
    let heard = '';
    socket.on('data', (chunk: Buffer) => (heard += chunk.toString('latin1')));
    socket.write(first);
    await eventually('it is answered', () => heard.includes('\r\n\r\n'));
    expect(heard).toMatch(/^HTTP\/1\.1 200 /);
    heard = '';
    socket.write(post(['Connection: close']));
    await once(socket, 'close');
    expect(heard).toMatch(/^HTTP\/1\.1 200 [^]*\{"data":\{"ping":"[^"]*"\}\}/);
  });

  it('is answered when its body comes later than its headers', async () => {
    const socket = await openRaw(world.origin);
    let heard = '';
    socket.on('data', (chunk: Buffer) => (heard += chunk.toString('latin1')));
    const whole = post(OFFER);
    const sent = once(world.router.httpServer, 'request');
    socket.write(whole.slice(0, -BODY.length));
    await sent;
    socket.write(BODY);
    await eventually('it is answered', () => heard.includes('"data"'));
    expect(heard).toMatch(/^HTTP\/1\.1 200 /);
    socket.destroy();
  });
});
