import { once } from 'node:events';
import type { Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { onTestFinished, describe, expect, it } from 'vitest';
import { createTcpProxy } from './tcp-proxy.ts';

async function echoBehindProxy() {
  const echo = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.pipe(socket);
  });
  echo.listen(0, '127.0.0.1');
  await once(echo, 'listening');
  const address = echo.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const proxy = await createTcpProxy({ target: address.port });
  const sockets: Socket[] = [];
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await proxy.close();
    echo.close();
  });
  return {
    proxy,
    async open() {
      const socket = connect({ host: '127.0.0.1', port: proxy.port });
      sockets.push(socket);
      const received: string[] = [];
      socket.on('data', (chunk: Buffer) => received.push(chunk.toString()));
      socket.on('error', () => undefined);
      await once(socket, 'connect');
      return { socket, text: () => received.join('') };
    },
  };
}

const closed = (socket: Socket): Promise<void> => new Promise((resolve) => socket.once('close', () => resolve()));

const refused = (port: number): Promise<unknown> => {
  const socket = connect({ host: '127.0.0.1', port });
  return once(socket, 'connect').finally(() => socket.destroy());
};

describe('the TCP proxy of the fault tests', () => {
  it('passes what is said, both ways', async () => {
    const { open } = await echoBehindProxy();
    const { socket, text } = await open();
    socket.write('one');
    await once(socket, 'data');
    expect(text()).toBe('one');
  });

  it('cut: resets what is open and refuses what is new, until it passes again', async () => {
    const { proxy, open } = await echoBehindProxy();
    const { socket } = await open();
    const ended = closed(socket);
    await proxy.set({ kind: 'cut' });
    await ended;
    await expect(refused(proxy.port)).rejects.toThrow('ECONNREFUSED');
    await proxy.set({ kind: 'pass' });
    const again = await open();
    again.socket.write('two');
    await once(again.socket, 'data');
    expect(again.text()).toBe('two');
  });

  it('black hole: takes everything and answers nothing; passing again resets what was swallowed from', async () => {
    const { proxy, open } = await echoBehindProxy();
    const { socket, text } = await open();
    await proxy.set({ kind: 'black hole' });
    socket.write('lost');
    const late = await open();
    late.socket.write('lost too');
    const ended = closed(socket);
    await proxy.set({ kind: 'pass' });
    await ended;
    expect(text() + late.text()).toBe('');
  });

  it('delay: brings every byte late, and in order', async () => {
    const { proxy, open } = await echoBehindProxy();
    await proxy.set({ kind: 'delay', milliseconds: 60 });
    const { socket, text } = await open();
    const begun = performance.now();
    socket.write('1');
    await proxy.set({ kind: 'delay', milliseconds: 30 });
    socket.write('2');
    while (text().length < 2) await once(socket, 'data');
    expect(performance.now() - begun).toBeGreaterThanOrEqual(60);
    expect(text()).toBe('12');
  });
});
