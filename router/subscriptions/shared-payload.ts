/** One or more whole `{"data":…}` on their way to any number of clients: serialised once, and framed once for all whose operations have the same id. */
export type SharedPayload = {
  readonly texts: readonly string[];
  /** Of all texts together. */
  readonly length: number;
  /** A WebSocket message for each text, of `prefix`, the text and a closing brace, ready for the wire (RFC 6455, 5.2: final, text, not masked). */
  readonly frameAfter: (prefix: string) => Buffer;
};

/** Clients of one library number their operations alike: nearly all that come one after the other have the same prefix. */
function rememberLast(make: (prefix: string) => Buffer): (prefix: string) => Buffer {
  let last: { readonly prefix: string; readonly frame: Buffer } | null = null;
  return (prefix) => {
    if (last?.prefix !== prefix) last = { prefix, frame: make(prefix) };
    return last.frame;
  };
}

export function sharePayload(text: string): SharedPayload {
  let bytes: Buffer | null = null;
  return {
    texts: [text],
    length: text.length,
    frameAfter: rememberLast((prefix) => frameOf(prefix, (bytes ??= Buffer.from(text)))),
  };
}

/** Payloads that go out together: one write for each client instead of one for each payload. */
export function joinPayloads(payloads: readonly SharedPayload[]): SharedPayload {
  return {
    texts: payloads.flatMap((payload) => payload.texts),
    length: payloads.reduce((sum, payload) => sum + payload.length, 0),
    frameAfter: rememberLast((prefix) => Buffer.concat(payloads.map((payload) => payload.frameAfter(prefix)))),
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
