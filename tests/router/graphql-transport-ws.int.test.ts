import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { TestSocket } from '../../router/testing/ws-client.ts';
import { openSocket } from '../../router/testing/ws-client.ts';
import type { World } from '../../router/testing/world.ts';
import { startWorld } from '../../router/testing/world.ts';
import { eventually } from '../harness/fresh.ts';

const WATCH = 'subscription { seatMapChanged(eventId: "e1") { kind version } }';

/** graphql-ws' PROTOCOL.md, clause by clause. What router/subscriptions/protocol.int.test.ts tells of this router's own rules is not repeated here. */
describe('the graphql-transport-ws protocol', () => {
  let world: World;
  const open: TestSocket[] = [];
  beforeAll(async () => {
    world = await startWorld({ settings: { sockets: { perUser: 20, perAddress: 50, operationsPerSocket: 20, initTimeoutMs: 300 } } });
  });
  afterAll(() => world.close());
  afterEach(() => {
    for (const socket of open.splice(0)) socket.close();
  });
  async function connect(options: Parameters<typeof openSocket>[1] = {}): Promise<TestSocket> {
    const socket = await openSocket(world.wsUrl, options);
    open.push(socket);
    return socket;
  }

  describe('Communication', () => {
    it('speaks the subprotocol graphql-transport-ws, and closes 4406 on any other', async () => {
      expect((await connect()).socket.protocol).toBe('graphql-transport-ws');
      await expect(connect({ protocol: 'graphql-ws', init: false })).rejects.toThrow(/subprotocol/);
      expect(await (await connect({ protocol: null, init: false })).closed()).toMatchObject({ code: 4406 });
    });

    it('closes 4400 on a message that is no text of JSON with a known type', async () => {
      for (const message of ['', 'null', '1', '"ping"', '{}', '{"type":1}', '{"type":"ping","payload":1}', '{"id":1,"type":"complete"}']) {
        const socket = await connect();
        socket.send(message);
        expect({ message, ...(await socket.closed()) }).toMatchObject({ message, code: 4400 });
      }
      const binary = await connect();
      binary.socket.send(Buffer.from('{"type":"ping"}'));
      expect(await binary.closed()).toMatchObject({ code: 4400 });
    });
  });

  describe('ConnectionInit and ConnectionAck', () => {
    it('acknowledges with or without a payload', async () => {
      for (const init of ['{"type":"connection_init"}', '{"type":"connection_init","payload":{"token":"x"}}']) {
        const socket = await connect({ init: false });
        socket.send(init);
        expect(await socket.next()).toEqual({ type: 'connection_ack' });
      }
    });

    it('closes 4408 when it does not come in time, whatever else does', async () => {
      const socket = await connect({ init: false });
      socket.send({ type: 'ping' });
      expect(await socket.next()).toEqual({ type: 'pong' });
      expect(await socket.closed()).toEqual({ code: 4408, reason: 'Connection initialisation timeout' });
    });

    it('closes 4429 when it comes twice', async () => {
      const socket = await connect();
      socket.send({ type: 'connection_init' });
      expect(await socket.closed()).toEqual({ code: 4429, reason: 'Too many initialisation requests' });
    });

    it('closes 4401 on a subscribe before it', async () => {
      const socket = await connect({ init: false });
      socket.subscribe('1', '{ ping }');
      expect(await socket.closed()).toEqual({ code: 4401, reason: 'Unauthorized' });
    });
  });

  describe('Ping and Pong', () => {
    it('answers a ping at any time, before the acknowledgement and during a stream', async () => {
      const socket = await connect({ init: false });
      socket.send({ type: 'ping', payload: { n: 1 } });
      expect(await socket.next()).toEqual({ type: 'pong', payload: { n: 1 } });
      socket.send({ type: 'connection_init' });
      await socket.next();
      socket.subscribe('1', WATCH);
      await socket.event('1', 0);
      socket.send({ type: 'ping' });
      await eventually('the pong', () => socket.frames.some((frame) => frame.type === 'pong' && !('payload' in frame)));
    });

    it('takes a pong that nobody asked for', async () => {
      const socket = await connect();
      socket.send({ type: 'pong', payload: { unasked: true } });
      socket.subscribe('1', '{ ping }');
      expect(await socket.next()).toMatchObject({ id: '1', type: 'next' });
    });
  });

  describe('Subscribe, Next, Error and Complete', () => {
    it('takes operationName, variables and extensions, null or left out', async () => {
      const socket = await connect();
      const query = 'query A { a: ping } query B($yes: Boolean = true) { b: ping @include(if: $yes) }';
      socket.send({ id: '1', type: 'subscribe', payload: { query, operationName: 'B', variables: null, extensions: null } });
      expect(await socket.next()).toEqual({ id: '1', type: 'next', payload: { data: { b: 'pong' } } });
      expect(await socket.next()).toEqual({ id: '1', type: 'complete' });
    });

    it('closes 4409 on an id in use, and lets another socket have it', async () => {
      const [one, other] = [await connect(), await connect()];
      one.subscribe('same', WATCH);
      other.subscribe('same', WATCH);
      await Promise.all([one.event('same', 0), other.event('same', 0)]);
      one.subscribe('same', '{ ping }');
      expect(await one.closed()).toEqual({ code: 4409, reason: 'Subscriber for same already exists' });
      expect(other.isOpen()).toBe(true);
    });

    it('ends an operation with Error and nothing after it, and its id is free', async () => {
      const socket = await connect();
      socket.subscribe('1', '{ nope }');
      expect(await socket.next()).toMatchObject({ id: '1', type: 'error', payload: [{ message: expect.any(String) }] });
      socket.subscribe('1', '{ ping }');
      expect(await socket.next()).toMatchObject({ id: '1', type: 'next' });
      expect(await socket.next()).toEqual({ id: '1', type: 'complete' });
    });

    it('sends nothing for an operation that the client has completed, and does not answer the Complete', async () => {
      const socket = await connect();
      socket.subscribe('1', WATCH);
      await socket.event('1', 0);
      const { length } = socket.frames;
      socket.send({ id: '1', type: 'complete' });
      await eventually('upstream is closed', () => world.feed.listenerCount() === 0);
      world.feed.change('A-1', 'HELD');
      socket.subscribe('2', '{ ping }');
      await socket.frame('2', 'complete');
      expect(socket.frames.slice(length).filter((frame) => frame.id === '1')).toEqual([]);
    });

    it('takes a Complete for an id that is not there: the two ends may complete at once', async () => {
      const socket = await connect();
      socket.send({ id: 'nobody', type: 'complete' });
      socket.send({ id: '1', type: 'complete' });
      socket.subscribe('1', '{ ping }');
      expect(await socket.next()).toMatchObject({ id: '1', type: 'next' });
    });

    it('an operation completed before it has begun never begins', async () => {
      const before = world.feed.listenerCount();
      const socket = await connect();
      for (let index = 0; index < 10; index += 1) {
        socket.subscribe(String(index), WATCH);
        socket.send({ id: String(index), type: 'complete' });
      }
      socket.subscribe('last', '{ ping }');
      await socket.frame('last', 'complete');
      await eventually('nothing is left upstream', () => world.feed.listenerCount() === before);
      expect(socket.frames.filter((frame) => frame.type === 'next').map((frame) => frame.id)).toEqual(['last']);
    });
  });
});
