import type { WebSocket } from 'ws';
import { CLOSE } from './protocol.ts';

const BATCH = 200;
const BATCH_EVERY_MS = 100;
const LAST_WORDS_MS = 1_000;

/** Not all at once: they all come back somewhere, and should not do so in the same millisecond. */
export async function closeInBatches(sockets: readonly WebSocket[]): Promise<void> {
  for (let start = 0; start < sockets.length; start += BATCH) {
    if (start > 0) await new Promise((resolve) => setTimeout(resolve, BATCH_EVERY_MS * (0.5 + Math.random())));
    for (const socket of sockets.slice(start, start + BATCH)) socket.close(CLOSE.goingAway, 'Going away');
  }
  const gone = Promise.all(
    sockets
      .filter((socket) => socket.readyState !== socket.CLOSED)
      .map((socket) => new Promise((resolve) => socket.once('close', resolve))),
  );
  const deadline = setTimeout(() => {
    for (const socket of sockets) socket.terminate();
  }, LAST_WORDS_MS);
  await gone;
  clearTimeout(deadline);
}
