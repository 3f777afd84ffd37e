import { writeJoined } from './bson/raw.ts';
import { CommandError } from './errors.ts';

/* MongoDB's wire protocol: length, requestId, responseTo, opCode (int32, little-endian), then the message. */

export const MAX_MESSAGE_BYTES = 48_000_000;
const OP_REPLY = 1;
const OP_QUERY = 2004;
const OP_MSG = 2013;
const CHECKSUM_PRESENT = 1;
const MORE_TO_COME = 2;
/** Bits 0–15 of the flags must be understood, the others may be ignored. */
const KNOWN_REQUIRED_FLAGS = CHECKSUM_PRESENT | MORE_TO_COME;

export interface Sequence {
  name: string;
  items: readonly Buffer[];
}

export interface Request {
  requestId: number;
  /** The command, but for what it carries as sequences of documents. */
  body: Buffer;
  /** Arrays of the command that were sent beside it. */
  sequences: readonly Sequence[];
  legacy: boolean;
  /** w:0: the sender does not listen for an answer. */
  wantsReply: boolean;
  database: string | undefined;
}

/** Cuts a stream of bytes into messages, whatever the chunks they arrive in. */
export function createFrameReader(onFrame: (frame: Buffer) => void) {
  let chunks: Buffer[] = [];
  let length = 0;
  return (chunk: Buffer): void => {
    // Nearly every chunk is one message.
    if (length === 0 && chunk.length >= 4 && sizeAt(chunk) === chunk.length) {
      onFrame(chunk);
      return;
    }
    chunks.push(chunk);
    length += chunk.length;
    for (;;) {
      if (length < 4) return;
      let first = chunks[0] ?? chunk;
      if (first.length < 4) {
        first = Buffer.concat(chunks, length);
        chunks = [first];
      }
      const size = sizeAt(first);
      if (length < size) return;
      const all = first.length >= size ? first : Buffer.concat(chunks, length);
      const rest = first.length >= size ? [all.subarray(size), ...chunks.slice(1)] : [all.subarray(size)];
      chunks = rest.filter((part) => part.length > 0);
      length -= size;
      onFrame(all.subarray(0, size));
    }
  };
}

function sizeAt(bytes: Buffer): number {
  const size = bytes.readInt32LE(0);
  if (size < 16 || size > MAX_MESSAGE_BYTES) throw new Error(`message of ${size} bytes: not MongoDB's protocol, or too long`);
  return size;
}

export function parseRequest(frame: Buffer): Request {
  const requestId = frame.readInt32LE(4);
  const opCode = frame.readInt32LE(12);
  if (opCode === OP_MSG) return parseMessage(frame, requestId);
  if (opCode === OP_QUERY) return parseQuery(frame, requestId);
  throw new Error(`wire protocol operation ${opCode} is not supported: only OP_MSG, and OP_QUERY for the first hello`);
}

function parseMessage(frame: Buffer, requestId: number): Request {
  const flags = frame.readUInt32LE(16);
  if ((flags & 0xffff & ~KNOWN_REQUIRED_FLAGS) !== 0) throw new Error(`unknown OP_MSG flags ${flags}`);
  const end = flags & CHECKSUM_PRESENT ? frame.length - 4 : frame.length;
  let body: Buffer | undefined;
  const sequences: Sequence[] = [];
  for (let at = 20; at < end;) {
    const kind = frame[at];
    const size = frame.readInt32LE(at + 1);
    const section = frame.subarray(at + 1, at + 1 + size);
    if (size < 5 || section.length !== size) throw new Error('malformed OP_MSG section');
    if (kind === 0) body = section;
    else if (kind === 1) sequences.push(sequenceIn(section));
    else throw new Error(`unknown OP_MSG section ${String(kind)}`);
    at += 1 + size;
  }
  if (!body) throw new Error('OP_MSG without a body');
  return { requestId, body, sequences, legacy: false, wantsReply: (flags & MORE_TO_COME) === 0, database: undefined };
}

function sequenceIn(section: Buffer): Sequence {
  const nameEnd = section.indexOf(0, 4);
  if (nameEnd < 0) throw new Error('malformed document sequence');
  const items: Buffer[] = [];
  for (let at = nameEnd + 1; at < section.length;) {
    const size = section.readInt32LE(at);
    if (size < 5 || at + size > section.length) throw new Error('malformed document sequence');
    items.push(section.subarray(at, at + size));
    at += size;
  }
  return { name: section.toString('utf8', 4, nameEnd), items };
}

function parseQuery(frame: Buffer, requestId: number): Request {
  const nameEnd = frame.indexOf(0, 20);
  const namespace = frame.toString('utf8', 20, nameEnd);
  const start = nameEnd + 1 + 8;
  const body = frame.subarray(start, start + frame.readInt32LE(start));
  if (!namespace.endsWith('.$cmd')) throw new CommandError('CommandNotSupported', 'OP_QUERY is only understood for the first hello');
  return { requestId, body, sequences: [], legacy: true, wantsReply: true, database: namespace.slice(0, -'.$cmd'.length) };
}

let nextRequestId = 1;

/** The reply's fields come from several documents, so that large ones are copied once. */
export function encodeReply(request: Request, documents: readonly Buffer[]): Buffer {
  const prefix = request.legacy ? 20 : 5;
  const size = documents.reduce((sum, document) => sum + document.length - 5, 5);
  const frame = Buffer.allocUnsafe(16 + prefix + size);
  frame.writeInt32LE(frame.length, 0);
  frame.writeInt32LE(nextRequestId, 4);
  frame.writeInt32LE(request.requestId, 8);
  nextRequestId = (nextRequestId + 1) & 0x7fffffff;
  frame.fill(0, 16, 16 + prefix);
  if (request.legacy) {
    frame.writeInt32LE(OP_REPLY, 12);
    frame.writeInt32LE(8, 16);
    frame.writeInt32LE(1, 32);
  } else frame.writeInt32LE(OP_MSG, 12);
  writeJoined(frame, 16 + prefix, documents, size);
  return frame;
}
