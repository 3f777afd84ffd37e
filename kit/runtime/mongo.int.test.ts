import net from 'node:net';
import type { Socket } from 'node:net';
import { expect, it, onTestFinished, vi } from 'vitest';
import { freshMongo } from '../../tests/harness/fresh.ts';

it('a command that meets a socket at its end is answered, by another connection', { timeout: 10_000 }, async () => {
  const connect = net.createConnection;
  const sockets: Socket[] = [];
  const spy = vi.spyOn(net, 'createConnection').mockImplementation((...settings: unknown[]) => {
    const socket = Reflect.apply(connect, net, settings) as Socket;
    sockets.push(socket);
    return socket;
  });
  onTestFinished(() => spy.mockRestore());
  const mongo = await freshMongo('mongo');
  onTestFinished(() => mongo.close());
  await mongo.db.collection('docs').findOne({});

  // In this turn of the event loop the driver takes it for open still.
  for (const socket of sockets.splice(0)) socket.destroy();
  expect(await mongo.db.collection('docs').findOne({})).toBeNull();
  expect(sockets.length).toBeGreaterThan(0);
});
