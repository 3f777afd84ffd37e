import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { expect, it } from 'vitest';
import { closeAfterTest, eventually, freshRedisUrl } from '../../tests/harness/fresh.ts';
import { newId } from '../values/ids.ts';
import { connectBus } from './connect-bus.ts';
import { silentLogger } from './logger.ts';
import { aggregatesOf, listen, teller } from './testing/bus-rig.ts';

/** A way to the server on which connections can go silent without ending, as behind a router that has forgotten them. */
async function wayTo(url: string) {
  const { hostname, port } = new URL(url);
  const pairs: (readonly [Socket, Socket])[] = [];
  const server = createServer((client) => {
    const upstream = connect({ host: hostname, port: Number(port) });
    pairs.push([client, upstream]);
    client.pipe(upstream).pipe(client);
    for (const socket of [client, upstream]) socket.on('error', () => undefined);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  closeAfterTest({
    close: async () => {
      for (const socket of pairs.flat()) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  });
  const through = new URL(url);
  through.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: through.toString(),
    goSilent: (): void => {
      for (const [client, upstream] of pairs) {
        client.unpipe(upstream).resume();
        upstream.unpipe(client).resume();
      }
    },
  };
}

it('a group goes on reading after its connection went silent without ending', async () => {
  const redisUrl = await freshRedisUrl();
  const way = await wayTo(redisUrl);
  const redelivery = { afterMilliseconds: 500, deliveries: 20 };
  const [near, far] = await Promise.all(
    [redisUrl, way.url].map((url) => connectBus({ amqpUrl: undefined, redisUrl: url, name: 'silence', logger: silentLogger, redelivery })),
  );
  if (!near || !far) throw new Error('not connected');
  closeAfterTest(near);
  closeAfterTest(far);
  const source = newId('src');
  const tell = teller(near, source);
  const { seen } = await listen(far, { source });
  await tell('before');
  await eventually('it flows', () => seen.length === 1);
  way.goSilent();
  await tell('after');
  await eventually('it flows again', () => seen.length === 2, 20_000);
  expect(aggregatesOf(seen)).toEqual(['before', 'after']);
});
