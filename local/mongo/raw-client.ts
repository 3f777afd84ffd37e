import { connect } from 'node:net';
import { deserialize, serialize, type Document } from 'bson';

/** A message as a driver sends it, for tests that need what no driver would send: numbers used twice, frames in pieces. */
export function messageFrame(command: Document): Buffer {
  const body = serialize(command);
  const frame = Buffer.alloc(21 + body.length);
  frame.writeInt32LE(frame.length, 0);
  frame.writeInt32LE(1, 4);
  frame.writeInt32LE(2013, 12);
  frame.set(body, 21);
  return frame;
}

/** Sends chunks of bytes as they are and gives the replies, one per expected answer. The connection is closed after. */
export async function exchange(port: number, chunks: readonly Buffer[], answers: number): Promise<Document[]> {
  const socket = connect(port, '127.0.0.1');
  socket.setNoDelay(true);
  try {
    for (const chunk of chunks) {
      socket.write(chunk);
      // Each chunk in a packet of its own.
      await new Promise((resolve) => setImmediate(resolve));
    }
    let received = Buffer.alloc(0);
    const replies: Document[] = [];
    for await (const bytes of socket) {
      if (!(bytes instanceof Buffer)) throw new Error('a socket without encoding gives buffers');
      received = Buffer.concat([received, bytes]);
      while (received.length >= 4 && received.length >= received.readInt32LE(0)) {
        const length = received.readInt32LE(0);
        replies.push(deserialize(received.subarray(21, length)));
        received = received.subarray(length);
      }
      if (replies.length >= answers) break;
    }
    return replies;
  } finally {
    socket.destroy();
  }
}

export async function rawCommand(port: number, command: Document): Promise<Document> {
  const [reply] = await exchange(port, [messageFrame(command)], 1);
  if (!reply) throw new Error('the connection was closed without an answer');
  return reply;
}
