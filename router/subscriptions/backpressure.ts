import type { WebSocket } from 'ws';
import { CLOSE } from './protocol.ts';

/** More than this unsent, and a client is behind: it gets no deltas until it has caught up. */
const BEHIND_BYTES = 64 * 1024;
/** Whatever is written in spite of that stays under this, or under three of the largest messages. */
const UNSENT_MAX_BYTES = 1024 * 1024;
const STUCK_MS = 10_000;
const LOOK_EVERY_MS = 50;

export type Backpressure = {
  readonly isWritable: () => boolean;
  readonly onceWritable: (callback: () => void) => void;
  /** To be told of every write, after it. */
  readonly wrote: (length: number) => void;
  readonly close: () => void;
};

/** Watches how much a socket has yet to send. Nothing is queued here: whoever is behind is served from its topic's log later. */
export function watchBackpressure(socket: Pick<WebSocket, 'bufferedAmount' | 'close'>): Backpressure {
  let waiting: (() => void)[] = [];
  let timer: NodeJS.Timeout | undefined;
  let largest = 0;
  let lowest = Infinity;
  let movedAt = 0;

  function stop(): void {
    clearInterval(timer);
    timer = undefined;
  }

  function look(): void {
    const unsent = socket.bufferedAmount;
    if (unsent < lowest) {
      lowest = unsent;
      movedAt = Date.now();
    }
    if (unsent > BEHIND_BYTES) {
      if (Date.now() - movedAt > STUCK_MS) socket.close(CLOSE.tooSlow, 'Too slow');
      return;
    }
    stop();
    const callbacks = waiting;
    waiting = [];
    for (const callback of callbacks) callback();
  }

  return {
    isWritable: () => socket.bufferedAmount <= BEHIND_BYTES,
    onceWritable(callback) {
      waiting.push(callback);
      if (timer) return;
      lowest = Infinity;
      movedAt = Date.now();
      timer = setInterval(look, LOOK_EVERY_MS);
    },
    wrote(length) {
      largest = Math.max(largest, length);
      if (socket.bufferedAmount > Math.max(UNSENT_MAX_BYTES, 3 * largest)) socket.close(CLOSE.tooSlow, 'Too slow');
    },
    close() {
      stop();
      waiting = [];
    },
  };
}
