import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { createServer, request as send } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import fastify from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { servePayments } from './payment-routes.ts';

let app: FastifyInstance;
let closeAll: () => Promise<void>;
let stopOrders: () => Promise<unknown>;
const seen: { url: string; headers: IncomingHttpHeaders; body: Buffer }[] = [];
const counted: string[] = [];
beforeAll(async () => {
  const orders = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      seen.push({ url: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks) });
      response.writeHead(201, {
        'content-type': 'text/html; charset=utf-8',
        'content-security-policy': "default-src 'none'",
        'set-cookie': 'session=stolen',
        'x-internal': 'yes',
      });
      response.end('<p>Grüße</p>');
    });
  }).listen(0, '127.0.0.1');
  await once(orders, 'listening');
  stopOrders = async () => {
    orders.closeAllConnections();
    orders.close();
    await once(orders, 'close');
  };
  app = fastify();
  const payments = servePayments({
    app,
    ordersUrl: `http://127.0.0.1:${(orders.address() as AddressInfo).port}/graphql`,
    rateLimits: { consume: async (uses) => void counted.push(...uses.map(({ limit }) => limit)) },
  });
  await app.ready();
  closeAll = async () => {
    await app.close();
    await payments.close();
  };
});
afterAll(() => closeAll());

describe('the public door to payments', () => {
  it("passes on the bytes and the signature, not the session, and brings back the page, not the other server's cookies", async () => {
    const bytes = Buffer.from([0x7b, 0x20, 0xff, 0x00, 0x7d]);
    const answer = await app.inject({
      method: 'POST',
      url: '/payments/webhooks/stripe?a=1',
      headers: { 'content-type': 'application/json', 'stripe-signature': 't=1,v1=x', cookie: 'session=mine', authorization: 'Bearer mine' },
      payload: bytes,
    });
    const [request] = seen;
    expect(request?.url).toBe('/payments/webhooks/stripe?a=1');
    expect(request?.body).toEqual(bytes);
    expect(request?.headers).toMatchObject({ 'content-type': 'application/json', 'stripe-signature': 't=1,v1=x' });
    expect([request?.headers.cookie, request?.headers.authorization]).toEqual([undefined, undefined]);
    expect([answer.statusCode, answer.body, answer.headers['content-security-policy']]).toEqual([
      201,
      '<p>Grüße</p>',
      "default-src 'none'",
    ]);
    expect([answer.headers['set-cookie'], answer.headers['x-internal']]).toEqual([undefined, undefined]);
  });

  it('counts every request, and webhooks apart from payers', async () => {
    counted.length = 0;
    await app.inject({ url: '/payments/return' });
    await app.inject({ url: '/payments/actions/sim_1?token=x' });
    await app.inject({ method: 'POST', url: '/payments/actions/sim_1?token=x', payload: 'decision=approve' });
    await app.inject({ method: 'POST', url: '/payments/webhooks/stripe', payload: '{}' });
    expect(counted).toEqual(['address', 'address', 'address', 'webhook-address']);
  });

  it('is not there where it does not lead', async () => {
    const before = seen.length;
    for (const url of ['/payments', '/payments/webhooks/stripe', '/payments/actions/a/b', '/payments/../graphql'])
      expect((await app.inject({ url })).statusCode).toBe(404);
    expect(seen.length).toBe(before);
  });

  it('leads nowhere else, however the address is written', async () => {
    const { port } = new URL(await app.listen({ host: '127.0.0.1', port: 0 }));
    const before = seen.length;
    for (const path of [
      '/payments/actions/..\\..\\graphql',
      '/payments/actions/..\\..\\graphql?token=x',
      '/payments/actions/..',
      '/payments/actions/%2e%2e?token=x',
      'http://example.org/payments/return',
    ]) {
      const asked = send({ host: '127.0.0.1', port, path, agent: false }).end();
      const [answer] = (await once(asked, 'response')) as [IncomingMessage];
      answer.resume();
      expect([path, answer.statusCode]).toEqual([path, 404]);
    }
    expect(seen.slice(before).map(({ url }) => url)).toEqual([]);
  });

  it('asks to come back while orders is away', async () => {
    await stopOrders();
    const answer = await app.inject({ method: 'POST', url: '/payments/webhooks/stripe', payload: '{}' });
    expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '10']);
  });
});
