import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { joinPayloads, sharePayload } from './shared-payload.ts';

describe('a shared payload', () => {
  it('is made into one frame for all of one prefix', () => {
    const payload = sharePayload('{"data":1}');
    expect(payload.frameAfter('{"a":')).toBe(payload.frameAfter('{"a":'));
    expect(payload.frameAfter('{"b":')).not.toBe(payload.frameAfter('{"a":'));
  });

  it.each([0, 100, 117, 118, 119, 65_000, 65_526, 65_527, 65_528, 1_000_000])(
    'of %i bytes is a message as clients read it',
    async (length) => {
      const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
      await once(server, 'listening');
      const text = `"é${'x'.repeat(length)}"`;
      server.on('connection', (_socket, request) => void request.socket.write(sharePayload(text).frameAfter('{"ü":')));
      const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
      const [message] = (await once(client, 'message')) as [Buffer];
      expect(message.toString() === `{"ü":${text}}`).toBe(true);
      client.terminate();
      server.close();
    },
  );

  it('joined with others is one write of several messages, in their order', async () => {
    const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await once(server, 'listening');
    const texts = ['"first"', `"${'é'.repeat(300)}"`, '"third"'];
    const run = joinPayloads(texts.map(sharePayload));
    server.on('connection', (_socket, request) => void request.socket.write(run.frameAfter('{"id":')));
    const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const read: string[] = [];
    client.on('message', (message: Buffer) => read.push(message.toString()));
    while (read.length < texts.length) await once(client, 'message');
    expect(read).toEqual(texts.map((text) => `{"id":${text}}`));
    expect(run.length).toBe(texts.join('').length);
    client.terminate();
    server.close();
  });
});
