import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { afterAll, describe, expect, it } from 'vitest';
import { eventually } from '../../tests/harness/fresh.ts';
import { startWorld } from '../testing/world.ts';

describe('with subgraphs that fail', () => {
  const opened: Server[] = [];
  /** A server that answers each request as told, or never. */
  async function oddServer(answer: ((path: string) => { status: number; body: string }) | null): Promise<string> {
    const server = createServer((request, response) => {
      if (!answer) return;
      const { status, body } = answer(request.url ?? '');
      response.writeHead(status, { 'content-type': 'application/json' }).end(body);
    });
    opened.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
    const address = server.address();
    return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/graphql`;
  }
  afterAll(() => {
    for (const server of opened) server.close().closeAllConnections();
  });

  const unavailable = (subgraph: string, ...path: (string | number)[]) => ({
    message: `The ${subgraph} service cannot be reached right now. Try again shortly.`,
    path,
    extensions: { code: 'SUBGRAPH_UNAVAILABLE', subgraph },
  });

  it.each([
    ['that are down', async () => 'http://127.0.0.1:9/graphql'],
    ['that never answer', () => oddServer(null)],
    ['that answer a page of HTML', () => oddServer(() => ({ status: 502, body: '<h1>nginx 10.1.2.3</h1>' }))],
    ['that answer JSON which is no GraphQL', () => oddServer(() => ({ status: 200, body: '{"stack":"at /srv/secret.js"}' }))],
    ['that send more than is taken', () => oddServer(() => ({ status: 200, body: `{"data":{"x":"${'x'.repeat(200_000)}"}}` }))],
  ])('nulls the fields of those %s, says which, and leaks nothing', async (_what, url) => {
    const orders = await url();
    const world = await startWorld({
      urls: { orders },
      settings: { subgraphs: { queryDeadlineMs: 300, mutationDeadlineMs: 300, bodyLimitBytes: 100_000 } },
    });
    try {
      const started = performance.now();
      const { data, errors, text } = await world.ask(
        '{ events(count: 2) { title available organizer { displayName } } event(id: "e5") { available } }',
      );
      expect(performance.now() - started).toBeLessThan(1_500);
      expect(data).toEqual({
        events: [
          { title: 'Event e0', available: null, organizer: { displayName: 'User u0' } },
          { title: 'Event e1', available: null, organizer: { displayName: 'User u1' } },
        ],
        event: { available: null },
      });
      expect(errors).toHaveLength(3);
      expect(errors).toEqual(
        expect.arrayContaining([
          unavailable('orders', 'events', 0, 'available'),
          unavailable('orders', 'events', 1, 'available'),
          unavailable('orders', 'event', 'available'),
        ]),
      );
      expect(text).not.toMatch(/127\.0\.0\.1|ECONN|nginx|secret|10\.1|:9\b/);
      const health = await fetch(`${world.origin}/orders/health`);
      expect(await health.text()).not.toMatch(/127\.0\.0\.1|ECONN/);
    } finally {
      await world.close();
    }
  });

  it('stops asking a subgraph that keeps failing, and answers at once', async () => {
    let asked = 0;
    const orders = await oddServer(() => {
      asked += 1;
      return { status: 500, body: 'broken' };
    });
    const world = await startWorld({ urls: { orders } });
    try {
      for (let call = 0; call < 25; call += 1) await world.ask('{ ping }');
      const before = asked;
      const started = performance.now();
      expect((await world.ask('{ ping }')).errors).toMatchObject([{ extensions: { code: 'SUBGRAPH_UNAVAILABLE', subgraph: 'orders' } }]);
      expect(performance.now() - started).toBeLessThan(100);
      expect(asked).toBe(before);
      expect(before).toBeLessThan(25);
    } finally {
      await world.close();
    }
  });

  it('goes on asking a subgraph whose answers are larger than is taken: it is what was asked for that is too large', async () => {
    let asked = 0;
    const orders = await oddServer(() => {
      asked += 1;
      return { status: 200, body: `{"data":{"ping":"${'x'.repeat(2_000)}"}}` };
    });
    const world = await startWorld({ urls: { orders }, settings: { subgraphs: { bodyLimitBytes: 1_000 } } });
    try {
      for (let call = 0; call < 30; call += 1)
        expect((await world.ask('{ ping }')).errors).toMatchObject([{ extensions: { code: 'SUBGRAPH_UNAVAILABLE' } }]);
      expect(asked).toBe(30);
    } finally {
      await world.close();
    }
  });

  it('sends a query once more on a fresh connection when a kept one breaks, a mutation never', async () => {
    const world = await startWorld();
    try {
      expect((await world.ask('{ ping }')).data).toEqual({ ping: 'pong' });
      await world.stop('orders');
      await world.start('orders');
      expect((await world.ask('{ ping }')).data).toEqual({ ping: 'pong' });
    } finally {
      await world.close();
    }
  });

  it('finishes what runs when it is closed', async () => {
    const world = await startWorld();
    const running = world.ask('mutation { slowly }');
    await eventually('the mutation runs', () => world.calls.some((call) => call.name === 'slowly'));
    await world.close();
    expect(await running).toMatchObject({ status: 200, data: { slowly: 'done' } });
  });
});
