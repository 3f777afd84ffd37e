import { z } from 'zod';
import type { Logger } from '../../kit/runtime/logger.ts';
import type { RedisClient } from '../../kit/runtime/redis.ts';
import { SESSION_REVOKED_CHANNEL } from '../../kit/runtime/session-keys.ts';
import type { Sessions } from '../session/sessions.ts';
import { CLOSE } from './protocol.ts';
import type { RegisteredSocket, SocketRegistry } from './socket-registry.ts';

const messageSchema = z.union([z.object({ sid: z.string() }), z.object({ userId: z.string(), version: z.number() })]);

const RETRY_MS = 500;

function end(socket: RegisteredSocket): void {
  socket.close(CLOSE.unauthorized, 'Session ended');
}

/** Closes the sockets of sessions that end: auth says so on a channel, and after a break of that connection every socket's session is asked for again. */
export async function watchRevocations(deps: {
  redis: RedisClient;
  registry: SocketRegistry;
  sessions: Sessions;
  logger: Logger;
}): Promise<{ close: () => void }> {
  function onMessage(_channel: string, text: string): void {
    const message = parseMessage(text);
    if (!message) {
      deps.logger.warn('a message about a session cannot be read');
      return;
    }
    for (const socket of deps.registry.all()) {
      if (!socket.token) continue;
      const isMeant =
        'sid' in message
          ? socket.token.viewer.sid === message.sid
          : socket.token.viewer.userId === message.userId && socket.token.version < message.version;
      if (isMeant) end(socket);
    }
  }

  let closed = false;
  let retry: NodeJS.Timeout | undefined;

  async function recheck(): Promise<void> {
    let isUnsure = false;
    for (const socket of deps.registry.all()) {
      const standing = socket.token ? await deps.sessions.standingOf(socket.token) : 'good';
      if (standing === 'ended') end(socket);
      if (standing === 'unknown') isUnsure = true;
    }
    // This connection may be back before the one that is asked.
    if (isUnsure && !closed) retry = setTimeout(() => void recheck(), RETRY_MS);
  }
  // Messages published while the connection was away are lost.
  const onReady = (): void => void recheck();

  deps.redis.on('message', onMessage);
  deps.redis.on('ready', onReady);
  await deps.redis.subscribe(SESSION_REVOKED_CHANNEL);
  return {
    close: () => {
      closed = true;
      clearTimeout(retry);
      deps.redis.off('message', onMessage);
      deps.redis.off('ready', onReady);
    },
  };
}

function parseMessage(text: string): z.output<typeof messageSchema> | null {
  try {
    return messageSchema.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}
