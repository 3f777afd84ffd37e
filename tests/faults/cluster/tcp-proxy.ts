import { once } from 'node:events';
import type { Server, Socket } from 'node:net';
import { connect, createServer } from 'node:net';

/**
 * `pass`; `cut`: every connection is reset and new ones are refused; `black hole`: connections stand, and nothing that is sent arrives any more;
 * `delay`: every chunk comes late, in order.
 */
export type ProxyMode = { readonly kind: 'pass' | 'cut' | 'black hole' } | { readonly kind: 'delay'; readonly milliseconds: number };

export type TcpProxy = {
  readonly port: number;
  readonly set: (mode: ProxyMode) => Promise<void>;
  readonly close: () => Promise<void>;
};

/** What stands between two processes. What a black hole has swallowed never arrives; `pass` after it resets the connections it held. */
export async function createTcpProxy(settings: { target: number; port?: number }): Promise<TcpProxy> {
  let mode: ProxyMode = { kind: 'pass' };
  const pairs = new Set<readonly [Socket, Socket]>();
  let server: Server = createServer();

  function forward(from: Socket, to: Socket): void {
    // Bytes never overtake each other, so a chunk waits for those before it as well. Null is the end.
    const waiting: { chunk: Buffer | null; due: number }[] = [];
    let timer: NodeJS.Timeout | null = null;

    function sendDue(): void {
      timer = null;
      for (let next = waiting[0]; next && next.due <= Date.now(); next = waiting[0]) {
        waiting.shift();
        if (next.chunk) to.write(next.chunk);
        else to.end();
      }
      const [next] = waiting;
      if (next) timer = setTimeout(sendDue, next.due - Date.now());
    }
    function pass(chunk: Buffer | null): void {
      if (mode.kind === 'black hole') return;
      waiting.push({ chunk, due: Date.now() + (mode.kind === 'delay' ? mode.milliseconds : 0) });
      if (timer === null) sendDue();
    }
    from.on('data', pass);
    from.on('end', () => pass(null));
    from.on('error', () => to.destroy());
    from.on('close', (hadError) => {
      if (hadError && mode.kind !== 'black hole') to.destroy();
    });
  }

  function accept(client: Socket): void {
    const upstream = connect({ host: '127.0.0.1', port: settings.target });
    const pair = [client, upstream] as const;
    pairs.add(pair);
    for (const socket of pair) {
      socket.setNoDelay(true);
      socket.on('close', () => {
        if (client.destroyed && upstream.destroyed) pairs.delete(pair);
      });
    }
    forward(client, upstream);
    forward(upstream, client);
  }

  function resetAll(): void {
    for (const [client, upstream] of pairs) {
      client.resetAndDestroy();
      upstream.resetAndDestroy();
    }
    pairs.clear();
  }

  async function listenAgain(port: number): Promise<void> {
    server = createServer(accept);
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
  }

  async function refuse(): Promise<void> {
    if (!server.listening) return;
    const closed = once(server, 'close');
    server.close();
    resetAll();
    await closed;
  }

  await listenAgain(settings.port ?? 0);
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The proxy listens on no port.');
  const { port } = address;

  return {
    port,
    async set(next) {
      const before = mode.kind;
      mode = next;
      if (next.kind === 'cut') return refuse();
      if (before === 'cut') await listenAgain(port);
      // Bytes are missing on these connections: whoever used them further would read nonsense.
      if (before === 'black hole' && next.kind !== 'black hole') resetAll();
    },
    close: refuse,
  };
}
