import { once } from 'node:events';
import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openSocket } from '../../router/testing/ws-client.ts';
import type { World } from '../../router/testing/world.ts';
import { startWorld } from '../../router/testing/world.ts';
import { eventually } from '../harness/fresh.ts';
import { clientFrame, openRaw, sayRaw, statusOf, upgradeRequest } from './raw-connection.ts';

/** What a hostile client sends from outside, at a router that listens on a real port. After each of them everybody else is served as before. */
describe('a hostile client', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world.close());
  afterEach(async () => {
    const { text } = await world.ask('{ event(id: "e1") { title available } }');
    if (text !== '{"data":{"event":{"title":"Event e1","available":48}}}') throw new Error(`others are harmed: ${text}`);
    if ('polluted' in {}) throw new Error('the prototype of all objects was changed');
  });

  const BODY = '{"query":"{ ping }"}';
  const post = (headers: readonly string[], body = BODY, path = '/graphql'): string =>
    [`POST ${path} HTTP/1.1`, 'Host: router', 'Content-Type: application/json', 'Connection: close', ...headers, '', body].join('\r\n');
  const LENGTH = `Content-Length: ${BODY.length}`;

  describe('over HTTP', () => {
    it.each([
      ['no HTTP at all', 'hello\r\n\r\n', [400]],
      ['another version of it', `POST /graphql HTTP/9.9\r\n\r\n`, [400, 505]],
      ['two lengths that differ', post([LENGTH, 'Content-Length: 3']), [400]],
      ['a length and chunks: smuggling', post([LENGTH, 'Transfer-Encoding: chunked']), [400]],
      ['chunks spelt oddly', post(['Transfer-Encoding: xchunked']), [400, 501]],
      ['a broken chunk', post(['Transfer-Encoding: chunked'], 'zz\r\n'), [400]],
      ['a negative length', post(['Content-Length: -1']), [400]],
      ['a header with a line feed', post([LENGTH, 'X-A: b\nX-Seatgraph-Identity: c']), [200, 400]],
      ['a header with a NUL', post([LENGTH, 'X-A: b\0c']), [400]],
      ['20 kB of header', post([LENGTH, `X-A: ${'a'.repeat(20_000)}`]), [431]],
      ['3,000 headers', post([LENGTH, ...Array.from({ length: 3_000 }, (_, index) => `X${index}: 1`)]), [200, 431]],
      ['15 kB of cookies', post([LENGTH, `Cookie: ${'access_token=x; '.repeat(900)}`]), [200]],
      ['a compressed body', post([LENGTH, 'Content-Encoding: gzip']), [200, 400, 415]],
      ['another charset', post([LENGTH, 'Content-Type: application/json; charset=utf-16']), [200, 400, 415]],
      ['an absolute address', post([LENGTH], BODY, 'http://evil.test/graphql'), [200, 404]],
      ['a path that climbs', post([LENGTH], BODY, '/auth/../graphql'), [404]],
      ['a path that is encoded', post([LENGTH], BODY, '/%67raphql%2f..'), [404]],
      ['a broken encoding', post([LENGTH], BODY, '/%zz/health'), [400, 404]],
      ['a path with a part that is too long', `GET /${'a'.repeat(5_000)}/health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`, [414]],
      ['a payment with a broken encoding', `GET /payments/actions/%ff HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`, [400]],
      ['another method', `DELETE /graphql HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`, [404, 405]],
      ['a method in a header', post([LENGTH, 'X-HTTP-Method-Override: DELETE']), [200]],
      ['CONNECT', `CONNECT 127.0.0.1:6379 HTTP/1.1\r\nHost: a\r\n\r\n`, [0, 400, 404, 405]],
    ])('gets a plain answer to %s', async (_what, bytes, statuses) => {
      const answer = await sayRaw(world.origin, bytes);
      expect(statuses).toContain(statusOf(answer));
      expect(answer).not.toMatch(/node_modules|\.ts:|ECONN|stack|FST_/);
    });

    it.each([
      '{"query":"{ ping }","__proto__":{"polluted":1}}',
      '{"query":"{ ping }","variables":{"__proto__":{"polluted":1}}}',
      '{"query":"{ ping }","variables":{"constructor":{"prototype":{"polluted":1}}}}',
      '{"query":"{ ping }","query":"mutation { slowly }"',
      '{"query":["{ ping }"]}',
      '{"query":{"a":1}}',
      '{"query":"{ ping }","variables":"x"}',
      '{"query":"{ ping }","variables":[1]}',
      '{"query":"{ ping }","operationName":{}}',
      '{"query":"{ ping }","extensions":7}',
      '{"query":"{ ping }","extensions":{"persistedQuery":{"version":1,"sha256Hash":"x"}}}',
      '[]',
      'null',
      '"x"',
      '{}',
      `{"query":"{ ping }","variables":{"a":${'['.repeat(40_000)}${']'.repeat(40_000)}}}`,
      `{"query":"query($a: ID!) { event(id: $a) { id } }","variables":{"a":${'{"a":'.repeat(12_000)}1${'}'.repeat(12_000)}}}`,
      `{"query":"{ ping }${'\\u0000'.repeat(100)}"}`,
      `{"query":"\\ud800{ ping }"}`,
    ])('never gets a 500 for the body %#', async (body) => {
      const answer = await world.ask('', { body });
      expect([200, 400]).toContain(answer.status);
      if (answer.status === 400) expect(answer.errors[0]?.extensions['code']).toBeTypeOf('string');
    });

    it('is not answered when it is gone before its request is looked at', async () => {
      const request = new IncomingMessage(new Socket());
      Object.assign(request, { method: 'GET', url: '/auth/health', headers: {} });
      const response = new ServerResponse(request);
      world.router.httpServer.emit('request', request, response);
      await world.ask('{ ping }');
      expect([response.headersSent, response.statusCode]).toEqual([false, 200]);
    });

    it('cannot choose the answers of names that every object has', async () => {
      const { data } = await world.ask(
        '{ __proto__: ping constructor: ping toString: event(id: "e1") { hasOwnProperty: id valueOf: title } }',
      );
      expect(JSON.stringify(data)).toBe(
        '{"__proto__":"pong","constructor":"pong","toString":{"hasOwnProperty":"e1","valueOf":"Event e1"}}',
      );
    });

    it('cannot open the circuit of a subgraph for others with odd headers', async () => {
      for (let index = 0; index < 30; index += 1)
        await sayRaw(world.origin, Buffer.from(post([LENGTH, 'Idempotency-Key: \xff\xfe\x80', 'Traceparent: \xff']), 'latin1'), 50);
      expect((await world.ask('{ ping }')).data).toEqual({ ping: 'pong' });
    });

    it('cannot pretend to come from elsewhere, or to be somebody', async () => {
      const { data } = await world.ask('mutation { logIn(input: { email: "mallory", password: "x" }) }', {
        headers: {
          'x-forwarded-for': '10.9.8.7',
          'x-real-ip': '10.9.8.7',
          forwarded: 'for=10.9.8.7',
          'x-seatgraph-identity': await world.identityFor('auth', { userId: 'u1', sid: 's1', roles: ['ADMIN'] }),
        },
      });
      expect(data).toEqual({ logIn: true });
      const { identity } = world.calls.findLast((call) => call.name === 'logIn')?.request ?? {};
      expect([identity?.viewer, identity?.session?.address]).toEqual([null, '127.0.0.1']);
    });

    it.each([
      'https://app.test.evil.test',
      'https://app.test:444',
      'http://app.test',
      'https://APP.test/',
      'https://app.test, https://evil.test',
      'null',
      'file://',
    ])('is refused from the origin %s', async (origin) => {
      const answer = await world.ask('{ ping }', { headers: { origin } });
      expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([403, null]);
    });

    it('gets no mutation through a GET, a form, or a batch', async () => {
      const before = world.calls.length;
      const query = encodeURIComponent('mutation { slowly }');
      const headers = { 'apollo-require-preflight': 'yes' };
      const form = (type: string) =>
        fetch(`${world.origin}/graphql`, { method: 'POST', headers: { 'content-type': type }, body: '{"query":"mutation { slowly }"}' });
      const statuses = [
        (await fetch(`${world.origin}/graphql?query=${query}`, { headers })).status,
        (await fetch(`${world.origin}/graphql?query=${query}`, { method: 'HEAD', headers })).status,
        (await form('text/plain')).status,
        (await form('application/x-www-form-urlencoded')).status,
        (await form('multipart/form-data; boundary=x')).status,
        (await world.ask('', { body: '[{"query":"mutation { slowly }"}]' })).status,
      ];
      expect(statuses.every((status) => status >= 400 && status < 500)).toBe(true);
      expect(world.calls.length).toBe(before);
    });
  });

  it('cannot fill memory with answers that it does not read', async () => {
    const bound = await startWorld({ settings: { rateLimitScale: 1, subgraphs: { queryDeadlineMs: 9_000, bodyLimitBytes: 64_000_000 } } });
    // More than the buffers of two kernels take.
    const query = '{ events(count: 400000) { id title } }';
    const body = JSON.stringify({ query });
    const ask = `POST /graphql HTTP/1.1\r\nHost: router\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    const silent: Socket[] = [];
    try {
      for (let count = 0; count < 3; count += 1) {
        const before = bound.unsentBytes();
        const socket = await openRaw(bound.origin);
        silent.push(socket);
        socket.pause();
        socket.write(ask);
        await eventually('the answer is on its way', () => bound.unsentBytes() > before + 2_000_000, 9_000);
      }
      const refused = await bound.ask('{ ping }');
      expect([refused.status, refused.errors[0]?.extensions['code'], refused.headers.get('retry-after')]).toEqual([
        429,
        'RATE_LIMITED',
        '5',
      ]);
      for (const socket of silent) socket.destroy();
      await eventually('the address is served again', async () => (await bound.ask('{ ping }')).status === 200);
    } finally {
      for (const socket of silent) socket.destroy();
      await bound.close();
    }
  }, 40_000);

  describe('over WebSocket', () => {
    it.each([
      ['no key', upgradeRequest('/graphql').replace(/Sec-WebSocket-Key.*\r\n/, ''), 400],
      ['an old version', upgradeRequest('/graphql').replace('Version: 13', 'Version: 7'), 400],
      ['an address that is none', upgradeRequest('//'), 404],
      ['another path', upgradeRequest('/graphql/../x'), 404],
      ['an origin of its own', upgradeRequest('/graphql', ['Origin: https://evil.test', 'Host: evil.test']), 403],
      ['two origins', upgradeRequest('/graphql', ['Origin: https://app.test', 'Origin: https://evil.test']), 0],
      ['a protocol that is no token', upgradeRequest('/graphql').replace('graphql-transport-ws', 'a,,b'), 400],
    ])('is refused the upgrade with %s', async (_what, bytes, status) => {
      const answer = await sayRaw(world.origin, bytes, 100);
      if (status === 0) expect([101, 403]).toContain(statusOf(answer));
      else expect(statusOf(answer)).toBe(status);
    });

    it.each([
      ['an unmasked frame', Buffer.from([0x81, 0x02, 0x7b, 0x7d]), 1002],
      ['reserved bits', Buffer.from([0xf1, 0x80, 0, 0, 0, 0]), 1002],
      ['an unknown opcode', clientFrame(0x3, ''), 1002],
      ['a fragmented ping', Buffer.from([0x09, 0x80, 0, 0, 0, 0]), 1002],
      ['text that is no UTF-8', clientFrame(0x1, Buffer.from([0xff, 0xfe])), 1007],
      ['a frame that claims 2^40 bytes', Buffer.from([0x81, 0xff, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]), 1009],
    ])('is closed for %s', async (_what, frame, code) => {
      const socket = await openRaw(world.origin);
      const closed = once(socket, 'close');
      let heard = Buffer.alloc(0);
      socket.on('data', (chunk: Buffer) => {
        heard = Buffer.concat([heard, chunk]);
      });
      socket.write(upgradeRequest('/graphql'));
      await eventually('the upgrade', () => heard.includes('\r\n\r\n'));
      const before = heard.length;
      socket.write(frame);
      await eventually('the close frame', () => heard.length >= before + 4);
      expect([heard[before], heard.readUInt16BE(before + 2)]).toEqual([0x88, code]);
      socket.end();
      await closed;
    });

    it('cannot fill memory with pings whose pongs it does not read', async () => {
      const socket = await openRaw(world.origin);
      socket.pause();
      socket.write(upgradeRequest('/graphql'));
      const ping = clientFrame(0x9, 'x'.repeat(125));
      const block = Buffer.concat(Array.from({ length: 2_000 }, () => ping));
      const closed = once(socket, 'close').then(() => true);
      for (let sent = 0; sent < 200 && !socket.destroyed; sent += 1) {
        if (!socket.write(block)) await Promise.race([once(socket, 'drain'), closed, new Promise((resolve) => setTimeout(resolve, 300))]);
      }
      expect(world.unsentBytes()).toBeLessThan(4_000_000);
      socket.destroy();
    });

    it('cannot fill memory with operations whose answers it does not read', async () => {
      const client = await openSocket(world.wsUrl);
      client.socket.pause();
      for (let index = 0; index < 3_000; index += 1) client.subscribe(String(index), '{ events(count: 100) { id title } }');
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      expect(world.unsentBytes()).toBeLessThan(8_000_000);
      client.close();
    });

    it('cannot pollute, nor stop the process, with what is inside of a message', async () => {
      const client = await openSocket(world.wsUrl);
      const query = 'query($id: ID!) { event(id: $id) { id } }';
      client.send(`{"id":"__proto__","type":"subscribe","payload":{"query":"{ ping }"}}`);
      client.send(`{"id":"a","type":"subscribe","payload":{"query":"${query}","variables":{"__proto__":{"polluted":1},"id":"e1"}}}`);
      client.send(`{"id":"b","type":"subscribe","payload":{"query":"{ ping }","operationName":"toString"}}`);
      client.send(`{"__proto__":{"polluted":1},"type":"ping"}`);
      expect((await client.event('__proto__', 0)).data).toEqual({ ping: 'pong' });
      expect((await client.event('a', 0)).data).toEqual({ event: { id: 'e1' } });
      expect(await client.frame('b', 'error')).toMatchObject({ payload: [{ extensions: { code: 'OPERATION_RESOLUTION_FAILURE' } }] });
      client.close();
    });
  });
});
