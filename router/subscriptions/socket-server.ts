import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { RawData, WebSocket } from 'ws';
import { WebSocketServer } from 'ws';
import { AppError } from '../../kit/graphql/errors.ts';
import type { Logger } from '../../kit/runtime/logger.ts';
import { newId } from '../../kit/values/ids.ts';
import { networkOf } from '../http/client-address.ts';
import type { Origins } from '../http/origins.ts';
import type { RateLimits } from '../limits/rate-limits.ts';
import { rateLimited, retryAfterOf } from '../limits/rate-limits.ts';
import type { AccessToken } from '../session/access-token.ts';
import { remainingMs } from '../session/access-token.ts';
import type { RequestSession, Sessions } from '../session/sessions.ts';
import type { SocketSettings } from '../settings.ts';
import { watchBackpressure } from './backpressure.ts';
import { closeInBatches } from './close-in-batches.ts';
import { CLOSE, createProtocol } from './protocol.ts';
import type { SocketOperations } from './socket-operations.ts';
import type { SocketRegistry } from './socket-registry.ts';
import { createSocketSession } from './socket-session.ts';
import { refuseUpgrade } from './upgrade-refusal.ts';

const SUBPROTOCOL = 'graphql-transport-ws';
const MAX_PAYLOAD_BYTES = 64 * 1024;
/** A phone that lost its network never says goodbye. */
const HEARTBEAT_MS = 30_000;
const RETRY_AFTER_SECONDS = 5;

/** What an upgrade leaves to its socket. */
type Opened = {
  readonly session: RequestSession;
  readonly address: string;
  readonly resolve: () => Promise<RequestSession>;
  readonly reserveUser: (userId: string) => boolean;
  readonly release: () => void;
};

export type SocketServer = { readonly close: () => Promise<void> };

/** WebSockets at `path`. Everything that can be refused is refused before the upgrade, as plain HTTP. */
export function serveSockets(deps: {
  httpServer: Server;
  path: string;
  addressOf: (request: IncomingMessage) => string;
  origins: Origins;
  sessions: Sessions;
  registry: SocketRegistry;
  operations: SocketOperations;
  rateLimits: RateLimits;
  settings: SocketSettings;
  logger: Logger;
}): SocketServer {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_PAYLOAD_BYTES,
    perMessageDeflate: false,
    // ws answers every ping, also when nobody reads the answers: they would pile up in memory.
    autoPong: false,
    handleProtocols: (offered) => (offered.has(SUBPROTOCOL) ? SUBPROTOCOL : false),
  });
  const cookiesOf = new WeakMap<IncomingMessage, readonly string[]>();
  const alive = new WeakSet<WebSocket>();
  let isDraining = false;
  server.on('headers', (headers, request) => {
    for (const cookie of cookiesOf.get(request) ?? []) headers.push(`Set-Cookie: ${cookie}`);
  });
  const heartbeat = setInterval(() => {
    for (const socket of server.clients) {
      if (!alive.delete(socket)) socket.terminate();
      else socket.ping();
    }
  }, HEARTBEAT_MS);
  heartbeat.unref();

  /** `socket` is the connection under the WebSocket: ready frames go straight to it. Without compression ws writes its own at once, too. */
  function serve(webSocket: WebSocket, socket: Duplex, opened: Opened): void {
    const { address, release } = opened;
    const backpressure = watchBackpressure(webSocket);
    const close = (code: number, reason: string): void => webSocket.close(code, reason);
    let expiry: NodeJS.Timeout | undefined;
    const expireWith = (token: AccessToken): void => {
      if (webSocket.readyState === webSocket.OPEN) expiry = setTimeout(() => close(CLOSE.expired, 'Session expired'), remainingMs(token));
    };
    const session = createSocketSession({
      opened: opened.session,
      resolve: opened.resolve,
      reserve: opened.reserveUser,
      onToken: expireWith,
    });
    const protocol = createProtocol({
      send: (text) => {
        if (webSocket.readyState !== webSocket.OPEN) return;
        webSocket.send(text);
        backpressure.wrote(text.length);
      },
      sendShared: (prefix, payload) => {
        if (webSocket.readyState !== webSocket.OPEN) return;
        socket.write(payload.frameAfter(prefix));
        backpressure.wrote(payload.length);
      },
      close,
      start: deps.operations.forSocket({
        session: session.now,
        address,
        isWritable: backpressure.isWritable,
        onceWritable: backpressure.onceWritable,
        close,
      }),
      initTimeoutMs: deps.settings.initTimeoutMs,
      maxOperations: deps.settings.operationsPerSocket,
      tooManyOperations: () => [
        {
          message: `At most ${deps.settings.operationsPerSocket} operations at once on one connection.`,
          extensions: { code: 'RATE_LIMITED', retryAfterSeconds: 1 },
        },
      ],
    });
    if (opened.session.token) expireWith(opened.session.token);
    const unregister = deps.registry.add({
      get token() {
        return session.token();
      },
      close,
    });
    alive.add(webSocket);
    webSocket.on('pong', () => alive.add(webSocket));
    webSocket.on('ping', (payload) => {
      // RFC 6455, 5.5.3: who is behind with answers need not answer each.
      if (webSocket.readyState === webSocket.OPEN && backpressure.isWritable()) webSocket.pong(payload);
    });
    webSocket.on('message', (message: RawData, isBinary: boolean) => {
      if (isBinary) close(CLOSE.badRequest, 'Invalid message received');
      else if (webSocket.readyState === webSocket.OPEN) protocol.receive(textOf(message));
    });
    // A broken or oversized frame: ws has sent its close code and ends the socket by itself.
    webSocket.on('error', (error) => deps.logger.debug({ err: error }, 'a socket failed'));
    webSocket.once('close', () => {
      clearTimeout(expiry);
      unregister();
      release();
      backpressure.close();
      protocol.closed();
    });
    if (webSocket.protocol !== SUBPROTOCOL) close(CLOSE.badSubprotocol, 'Subprotocol not acceptable');
  }

  async function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const { headers } = request;
    if (pathOf(request.url) !== deps.path) return refuseUpgrade(socket, 404);
    if (isDraining) return refuseUpgrade(socket, 503);
    const objection = deps.origins.objectionTo(
      { origin: headers.origin, secFetchSite: undefined, hasCookie: headers.cookie !== undefined },
      { isUpgrade: true },
    );
    if (objection !== null) return refuseUpgrade(socket, 403, objection);
    const address = deps.addressOf(request);
    const releaseAddress = deps.registry.reserveAddress(address);
    if (!releaseAddress) return refuseUpgrade(socket, 429, 'Too many connections.', { 'retry-after': String(RETRY_AFTER_SECONDS) });
    // From here on the place must be given back, whatever happens to the connection meanwhile.
    let releaseUser: (() => void) | null = null;
    let isReleased = false;
    const release = (): void => {
      isReleased = true;
      releaseAddress();
      releaseUser?.();
    };
    const reserveUser = (userId: string): boolean => {
      // The client may hang up while it is found out who it is: nobody would give the place back.
      if (isReleased) return false;
      releaseUser = deps.registry.reserveUser(userId);
      return releaseUser !== null;
    };
    const resolve = (): Promise<RequestSession> =>
      deps.sessions.resolve(
        {
          cookieHeader: headers.cookie,
          authorization: headers.authorization,
          userAgent: headers['user-agent'],
          address,
          requestId: newId('req'),
        },
        { mayRefresh: true },
      );
    socket.once('close', release);

    let cookies: readonly string[] = [];
    try {
      await deps.rateLimits.consume([{ limit: 'address', key: networkOf(address) }]);
      const session = await resolve();
      cookies = session.cookies;
      if (session.viewer && !reserveUser(session.viewer.userId) && !socket.destroyed) throw rateLimited(RETRY_AFTER_SECONDS);
      if (socket.destroyed) {
        release();
        return;
      }
      // Since it was asked: those who are told to go elsewhere have been told, and nobody would close this one.
      if (isDraining) {
        release();
        return refuseUpgrade(socket, 503, '', {}, cookies);
      }
      cookiesOf.set(request, cookies);
      server.handleUpgrade(request, socket, head, (webSocket) =>
        serve(webSocket, socket, { session, address, resolve, reserveUser, release }),
      );
    } catch (error) {
      release();
      refuse(error, socket, cookies);
    }
  }

  function refuse(error: unknown, socket: Duplex, cookies: readonly string[]): void {
    const retryAfter = retryAfterOf(error);
    if (retryAfter > 0) return refuseUpgrade(socket, 429, 'Too many connections.', { 'retry-after': String(retryAfter) }, cookies);
    if (error instanceof AppError) return refuseUpgrade(socket, 401, error.message, {}, cookies);
    deps.logger.error({ err: error }, 'an upgrade failed');
    return refuseUpgrade(socket, 500, '', {}, cookies);
  }

  function onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // Without a listener the client's hanging up during the checks would end the process.
    socket.on('error', () => socket.destroy());
    upgrade(request, socket, head).catch((error: unknown) => refuse(error, socket, []));
  }
  deps.httpServer.on('upgrade', onUpgrade);

  return {
    async close() {
      isDraining = true;
      clearInterval(heartbeat);
      await closeInBatches([...server.clients]);
      deps.httpServer.off('upgrade', onUpgrade);
      server.close();
    },
  };
}

/** Empty for what is no address at all, such as `//`. */
function pathOf(url: string | undefined): string {
  try {
    return new URL(url ?? '', 'http://router').pathname;
  } catch {
    return '';
  }
}

function textOf(message: RawData): string {
  if (Array.isArray(message)) return Buffer.concat(message).toString('utf8');
  return Buffer.isBuffer(message) ? message.toString('utf8') : Buffer.from(message).toString('utf8');
}
