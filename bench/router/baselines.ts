import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import {
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
  parse,
  execute,
  subscribe,
} from 'graphql';
import { makeServer } from 'graphql-ws';
import { WebSocketServer } from 'ws';
import { sharePayload } from '../../router/subscriptions/shared-payload.ts';
import type { Commands } from './ipc.ts';
import { stampOf } from './stamp.ts';

async function listen(): Promise<{ server: ReturnType<typeof createServer>; url: string }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  return { server, url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/graphql` };
}

const eventOf = (version: number) => ({
  kind: 'DELTA',
  version,
  previousVersion: version - 1,
  seats: [{ id: 'A-1', status: stampOf() }],
  event: { id: 'e1', title: 'Event e1' },
});

/** The most that can be done over `ws`: one frame, made once, written to every socket. No protocol, no subscriptions, no slow clients. */
export async function startBareServer(): Promise<Commands> {
  const { server, url } = await listen();
  const sockets = new Set<Duplex>();
  new WebSocketServer({ server, perMessageDeflate: false }).on('connection', (socket, { socket: connection }) => {
    sockets.add(connection);
    socket.once('close', () => sockets.delete(connection));
    socket.on('error', () => undefined);
  });
  let version = 100;
  return {
    url: () => url,
    change: (count: number) => {
      for (let index = 0; index < count; index += 1) {
        version += 1;
        const payload = sharePayload(JSON.stringify({ data: { seatMapChanged: eventOf(version) } }));
        const frame = payload.frameAfter('{"id":"1","type":"next","payload":');
        for (const socket of sockets) socket.write(frame);
      }
    },
  };
}

/** As a server without a hub does it: graphql-ws executes the operation for every client, and serialises what comes of it. */
export async function startExecutingServer(): Promise<Commands> {
  const { server, url } = await listen();
  const listeners = new Set<(event: unknown) => void>();
  const schema = schemaOf(listeners);
  const sockets = new WebSocketServer({ server, perMessageDeflate: false, handleProtocols: () => 'graphql-transport-ws' });
  const protocol = makeServer({
    schema,
    execute,
    subscribe,
    onSubscribe: (_context, _id, { query }) => ({ schema, document: parse(query) }),
  });
  sockets.on('connection', (socket, request) => {
    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        send: (text) => {
          if (socket.readyState === socket.OPEN) socket.send(text);
        },
        close: (code, reason) => socket.close(code, reason),
        onMessage: (listener) => void socket.on('message', (text: Buffer) => void listener(text.toString())),
      },
      { socket, request },
    );
    socket.once('close', (code, reason) => void closed(code, reason.toString()));
  });
  let version = 100;
  return {
    url: () => url,
    change: (count: number) => {
      for (let index = 0; index < count; index += 1) {
        version += 1;
        const event = { seatMapChanged: eventOf(version) };
        for (const listener of listeners) listener(event);
      }
    },
  };
}

function schemaOf(listeners: Set<(event: unknown) => void>): GraphQLSchema {
  const text = { type: GraphQLString };
  const number = { type: GraphQLInt };
  const seat = new GraphQLObjectType({ name: 'Seat', fields: { id: text, status: text } });
  const event = new GraphQLObjectType({ name: 'Event', fields: { id: text, title: text } });
  const update = new GraphQLObjectType({
    name: 'SeatMapUpdate',
    fields: { kind: text, version: number, previousVersion: number, seats: { type: new GraphQLList(seat) }, event: { type: event } },
  });
  return new GraphQLSchema({
    query: new GraphQLObjectType({ name: 'Query', fields: { ping: text } }),
    subscription: new GraphQLObjectType({
      name: 'Subscription',
      fields: {
        seatMapChanged: {
          type: update,
          args: { eventId: { type: new GraphQLNonNull(GraphQLString) } },
          subscribe: () => {
            const first = { seatMapChanged: { ...eventOf(100), kind: 'SNAPSHOT' } };
            return eventsFrom(listeners, first);
          },
        },
      },
    }),
  });
}

function eventsFrom(listeners: Set<(event: unknown) => void>, first: unknown): AsyncIterableIterator<unknown> {
  const queue: unknown[] = [first];
  let waiting: ((result: IteratorResult<unknown>) => void) | null = null;
  const listener = (event: unknown): void => {
    if (waiting) waiting({ done: false, value: event });
    else queue.push(event);
    waiting = null;
  };
  listeners.add(listener);
  const iterator: AsyncIterableIterator<unknown> = {
    next: () =>
      queue.length > 0
        ? Promise.resolve({ done: false, value: queue.shift() })
        : new Promise((resolve) => {
            waiting = resolve;
          }),
    return: () => {
      listeners.delete(listener);
      return Promise.resolve({ done: true, value: undefined });
    },
    [Symbol.asyncIterator]: () => iterator,
  };
  return iterator;
}
