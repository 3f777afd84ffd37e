/** A whole `{"data":…}` on its way to any number of clients: serialised once, and put into a frame once for all whose operations have the same id. */
export type SharedPayload = {
  readonly text: string;
  /** A WebSocket message of `prefix`, the payload and a closing brace, ready for the wire (RFC 6455, 5.2: final, text, not masked). */
  readonly frameAfter: (prefix: string) => Buffer;
};

export function sharePayload(text: string): SharedPayload {
  let bytes: Buffer | null = null;
  let last: { readonly prefix: string; readonly frame: Buffer } | null = null;
  return {
    text,
    frameAfter(prefix) {
      if (last?.prefix === prefix) return last.frame;
      bytes ??= Buffer.from(text);
      last = { prefix, frame: frameOf(prefix, bytes) };
      return last.frame;
    },
  };
}

const FINAL_TEXT = 0x81;
const CLOSING_BRACE = 0x7d;

function frameOf(prefix: string, payload: Buffer): Buffer {
  const prefixLength = Buffer.byteLength(prefix);
  const length = prefixLength + payload.length + 1;
  const headLength = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(headLength + length);
  frame[0] = FINAL_TEXT;
  if (headLength === 2) frame[1] = length;
  else if (headLength === 4) {
    frame[1] = 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = 127;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  frame.write(prefix, headLength, 'utf8');
  payload.copy(frame, headLength + prefixLength);
  frame[frame.length - 1] = CLOSING_BRACE;
  return frame;
}
