import { WebSocket } from 'ws';

const WATCH = 'subscription { seatMapChanged(eventId: "e1") { kind version previousVersion seats { id status } event { id title } } }';

export type Watchers = {
  /** Frames with an event that all of them together were sent so far. */
  readonly received: () => number;
  /** Of one of them, to pace by. */
  readonly receivedByFirst: () => number;
  /** Told the age in milliseconds of each event that arrives. */
  readonly onAge: (listener: ((age: number) => void) | null) => void;
  /** Breaks all connections off, as a network does. */
  readonly terminate: () => void;
};

const CONNECTING_AT_ONCE = 100;

/** Resolves when each of them has its snapshot. They parse nothing: what is measured is the server. */
export async function openWatchers(url: string, count: number): Promise<Watchers> {
  const sockets: WebSocket[] = [];
  let received = 0;
  let receivedByFirst = 0;
  let onAge: ((age: number) => void) | null = null;

  function open(index: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(url, 'graphql-transport-ws', { perMessageDeflate: false, skipUTF8Validation: true });
      sockets[index] = socket;
      socket.on('error', reject);
      socket.once('close', (code) => reject(new Error(`closed with ${code}`)));
      socket.once('open', () => {
        socket.send('{"type":"connection_init"}');
      });
      socket.on('message', (frame: Buffer) => {
        if (!frame.includes('"next"')) {
          if (frame.includes('connection_ack')) socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: WATCH } }));
          return;
        }
        resolve();
        received += 1;
        if (index === 0) receivedByFirst += 1;
        if (!onAge) return;
        const at = frame.indexOf('at:');
        if (at > 0) onAge(performance.timeOrigin + performance.now() - Number.parseFloat(frame.toString('latin1', at + 3, at + 24)));
      });
    });
  }

  for (let start = 0; start < count; start += CONNECTING_AT_ONCE)
    await Promise.all(Array.from({ length: Math.min(CONNECTING_AT_ONCE, count - start) }, (_, index) => open(start + index)));

  return {
    received: () => received,
    receivedByFirst: () => receivedByFirst,
    onAge: (listener) => {
      onAge = listener;
    },
    terminate: () => {
      for (const socket of sockets) socket.terminate();
    },
  };
}

/** As openWatchers, with every connection begun in the same moment. */
export async function openAllAtOnce(url: string, count: number): Promise<readonly Watchers[]> {
  return Promise.all(Array.from({ length: count }, () => openWatchers(url, 1)));
}
