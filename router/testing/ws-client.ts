import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';

export type Frame = { readonly type: string; readonly id?: string; readonly payload?: EventPayload };
export type EventPayload = {
  readonly data: Record<string, unknown> | null;
  readonly errors?: readonly { message: string; extensions: Record<string, unknown>; path?: unknown }[];
};

const DEADLINE_MS = 5_000;

/** A client that shows every frame as it comes; what is awaited has a deadline. */
export async function openSocket(
  url: string,
  options: { headers?: Record<string, string>; protocol?: string | null; init?: boolean } = {},
) {
  const socket = new WebSocket(url, options.protocol === null ? [] : [options.protocol ?? 'graphql-transport-ws'], {
    headers: options.headers ?? {},
  });
  const frames: Frame[] = [];
  const waiting = new Set<() => void>();
  let upgrade: IncomingMessage | undefined;
  const notify = (): void => {
    for (const wake of waiting) wake();
  };
  let closing: { code: number; reason: string } | null = null;
  socket.on('message', (text: Buffer) => {
    const frame: Frame = JSON.parse(text.toString());
    frames.push(frame);
    notify();
  });
  socket.on('upgrade', (response) => {
    upgrade = response;
  });
  socket.on('close', (code, reason) => {
    closing = { code, reason: reason.toString() };
    notify();
  });

  async function until<Value>(what: string, probe: () => Value | null | undefined): Promise<Value> {
    const deadline = Date.now() + DEADLINE_MS;
    for (;;) {
      const value = probe();
      if (value !== null && value !== undefined) return value;
      if (Date.now() > deadline) throw new Error(`not within ${DEADLINE_MS} ms: ${what}; frames so far: ${JSON.stringify(frames)}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(wake, 100);
        function wake(): void {
          clearTimeout(timer);
          waiting.delete(wake);
          resolve();
        }
        waiting.add(wake);
      });
    }
  }

  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => resolve());
    socket.once('error', reject);
    socket.once('unexpected-response', (_request, response) =>
      reject(new RefusedUpgrade(response.statusCode ?? 0, response.headers['set-cookie'] ?? [])),
    );
  });
  socket.on('error', () => undefined);
  const send = (frame: unknown): void => socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  let taken = 0;

  const client = {
    socket,
    frames,
    setCookies: upgrade?.headers['set-cookie'] ?? [],
    send,
    subscribe: (id: string, query: string, variables?: Record<string, unknown>): void =>
      send({ id, type: 'subscribe', payload: { query, ...(variables ? { variables } : {}) } }),
    /** The next frame that nobody has taken yet. */
    next: async (): Promise<Frame> => {
      const index = taken;
      taken += 1;
      return until('another frame', () => frames[index]);
    },
    /** The `count`th event of an operation, counted from 0. */
    event: (id: string, count: number): Promise<EventPayload> =>
      until(`event ${count} of ${id}`, () => frames.filter((frame) => frame.id === id && frame.type === 'next')[count]?.payload),
    frame: (id: string, type: string): Promise<Frame> =>
      until(`${type} of ${id}`, () => frames.find((frame) => frame.id === id && frame.type === type)),
    closed: (): Promise<{ code: number; reason: string }> => until('the close', () => closing),
    isOpen: (): boolean => socket.readyState === WebSocket.OPEN,
    close: (): void => socket.terminate(),
  };
  if (options.init !== false) {
    send({ type: 'connection_init' });
    await until(
      'the acknowledgement',
      () => frames.find((frame) => frame.type === 'connection_ack') ?? (closing ? { type: 'closed' } : null),
    );
    taken = frames.length;
  }
  return client;
}
export type TestSocket = Awaited<ReturnType<typeof openSocket>>;

export class RefusedUpgrade extends Error {
  readonly status: number;
  readonly setCookies: readonly string[];

  constructor(status: number, setCookies: readonly string[]) {
    super(`upgrade refused with ${status}`);
    this.status = status;
    this.setCookies = setCookies;
  }
}

/** The refusal of an upgrade that must be refused. */
export async function refusedUpgrade(url: string, headers: Record<string, string>): Promise<RefusedUpgrade> {
  try {
    const client = await openSocket(url, { headers, init: false });
    client.close();
  } catch (error) {
    if (error instanceof RefusedUpgrade) return error;
    throw error;
  }
  throw new Error('the upgrade was not refused');
}
