import { createServer, type Socket } from 'node:net';
import { createDispatcher, type Answer } from './dispatch.ts';
import { hasCode } from './errors.ts';
import type { Soon } from './soon.ts';
import { openStorage } from './storage.ts';
import { createFrameReader, encodeReply, parseRequest, type Request } from './wire.ts';

export interface StoreOptions {
  /** 0 or absent: any free port. */
  port?: number;
  host?: '127.0.0.1';
  /** Null: nothing is kept, for tests. */
  dataDir: string | null;
  /** A snapshot is due when the journal has grown by so much; 64 MB when absent. */
  snapshotBytes?: number;
  /** Allows `configureFailPoint`. */
  testCommands?: boolean;
  log?: (line: string) => void;
}

export interface Store {
  uri: string;
  port: number;
  close(): Promise<void>;
}

const SET_NAME = 'rs0';
const MAX_CONNECTIONS = 2000;

/** Starts the store and resolves when it answers. The caller closes it. */
export async function startStore(options: StoreOptions): Promise<Store> {
  const host = options.host ?? '127.0.0.1';
  const log = options.log ?? (() => {});
  const storage = openStorage(options.dataDir, log, options.snapshotBytes);
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true });
  server.maxConnections = MAX_CONNECTIONS;
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(options.port ?? 0, host, resolve);
    });
  } catch (error) {
    await storage.close();
    if (hasCode(error, 'EADDRINUSE'))
      throw new Error(`port ${String(options.port)} on ${host} is in use by another process`, { cause: error });
    throw error;
  }
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const identity = { address: `${host}:${port}`, setName: SET_NAME };
  const dispatch = createDispatcher({ ...storage, identity, testCommands: options.testCommands ?? false, connections: () => sockets.size });
  let nextConnection = 0;

  server.on('connection', (socket) => {
    nextConnection += 1;
    const connectionId = nextConnection;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // A client that goes away is everyday; its socket is closed either way.
    socket.on('error', () => socket.destroy());
    serve(socket, (request) => dispatch(request, connectionId), log);
  });

  return {
    uri: `mongodb://${identity.address}/?replicaSet=${SET_NAME}`,
    port,
    async close(): Promise<void> {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
      await dispatch.idle();
      await storage.close();
    },
  };
}

/** One connection: commands are answered in the order they came. */
function serve(socket: Socket, answer: (request: Request) => Soon<Answer>, log: (line: string) => void): void {
  const frames: Buffer[] = [];
  let busy = false;
  const read = createFrameReader((frame) => frames.push(frame));
  const fail = (error: unknown): void => {
    log(`connection closed: ${error instanceof Error ? error.message : String(error)}`);
    frames.length = 0;
    socket.destroy();
  };
  function send(request: Request, result: Answer): void {
    if ('cut' in result) socket.destroy();
    else if (request.wantsReply && socket.writable) socket.write(encodeReply(request, result.reply));
  }
  function work(): void {
    while (!busy) {
      const frame = frames.shift();
      if (!frame) return;
      const request = parseRequest(frame);
      const answered = answer(request);
      if (answered instanceof Promise) sendLater(request, answered).catch(fail);
      else send(request, answered);
    }
  }
  async function sendLater(request: Request, answered: Promise<Answer>): Promise<void> {
    busy = true;
    const result = await answered;
    busy = false;
    send(request, result);
    work();
  }
  socket.on('data', (chunk) => {
    try {
      read(chunk);
      work();
    } catch (error) {
      fail(error);
    }
  });
}
