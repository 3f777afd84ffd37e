import { isUtf8 } from 'node:buffer';
import { Binary, Double, Int32, Long, ObjectId, UUID } from 'bson';
import type { Doc } from './value.ts';

/*
 * Parses what nearly every document consists of, to the same values as the library and several times faster. What is
 * rare, malformed or nested without end is FOREIGN here: the library then says what it is, or what is wrong with it.
 */

const FOREIGN = Symbol('left to the library');
/** Deeper than that and the stack may end. */
const MAX_DEPTH = 100;
const TWO_TO_32 = 4_294_967_296;

/** An ObjectId keeps no bytes, it takes numbers from them. */
const objectId = Buffer.alloc(12);

/** Where the value that was read last ends. */
let end = 0;

/** What a command has at its first level: a field nobody reads, and an array whose documents are wanted as bytes. */
interface Envelope {
  skipped: string;
  rawArray: string | undefined;
}

/** Undefined when the document is for the library to parse. */
export function decodeDoc(bytes: Buffer, envelope?: Envelope): Doc | undefined {
  if (bytes.length < 5 || bytes.readInt32LE(0) !== bytes.length) return undefined;
  const value = readContainer(bytes, 0, bytes.length, {}, 0, envelope);
  return value === FOREIGN ? undefined : value;
}

function readContainer<T extends Doc | unknown[]>(
  bytes: Buffer,
  start: number,
  limit: number,
  into: T,
  depth: number,
  envelope?: Envelope,
): T | typeof FOREIGN {
  const last = limit - 1;
  if (depth > MAX_DEPTH || limit - start < 5 || bytes[last] !== 0) return FOREIGN;
  let at = start + 4;
  while (at < last) {
    const type = bytes[at] ?? 0;
    const name = readName(bytes, at + 1, last);
    if (name === undefined) return FOREIGN;
    const from = nameEnd + 1;
    if (envelope && name === envelope.skipped && type === 0x03) {
      const size = last - from < 5 ? 0 : bytes.readInt32LE(from);
      if (size < 5 || size > last - from) return FOREIGN;
      at = from + size;
      continue;
    }
    const isRaw = envelope && name === envelope.rawArray && type === 0x04;
    const value = isRaw ? readRawItems(bytes, from, last) : readValue(bytes, type, from, last, depth);
    if (value === FOREIGN) return FOREIGN;
    at = end;
    if (Array.isArray(into)) into.push(value);
    else into[name] = value;
  }
  end = limit;
  return at === last ? into : FOREIGN;
}

function readValue(bytes: Buffer, type: number, at: number, last: number, depth: number): unknown {
  switch (type) {
    case 0x01:
      end = at + 8;
      return end > last ? FOREIGN : new Double(bytes.readDoubleLE(at));
    case 0x02:
      return last - at < 5 ? FOREIGN : readString(bytes, at + 4, at + 4 + bytes.readInt32LE(at), last);
    case 0x03:
    case 0x04: {
      const size = last - at < 5 ? 0 : bytes.readInt32LE(at);
      if (size > last - at) return FOREIGN;
      return readContainer(bytes, at, at + size, type === 0x03 ? {} : [], depth + 1);
    }
    case 0x05:
      return last - at < 5 ? FOREIGN : readBinary(bytes, at + 5, at + 5 + bytes.readInt32LE(at), last);
    case 0x07:
      end = at + 12;
      if (end > last) return FOREIGN;
      bytes.copy(objectId, 0, at, end);
      return new ObjectId(objectId);
    case 0x08:
      end = at + 1;
      return end > last || (bytes[at] ?? 2) > 1 ? FOREIGN : bytes[at] === 1;
    case 0x09:
      end = at + 8;
      return end > last ? FOREIGN : new Date(bytes.readInt32LE(at + 4) * TWO_TO_32 + bytes.readUInt32LE(at));
    case 0x0a:
      end = at;
      return null;
    case 0x10:
      end = at + 4;
      return end > last ? FOREIGN : new Int32(bytes.readInt32LE(at));
    case 0x12:
      end = at + 8;
      return end > last ? FOREIGN : new Long(bytes.readInt32LE(at), bytes.readInt32LE(at + 4));
    default:
      return FOREIGN;
  }
}

function readRawItems(bytes: Buffer, start: number, limit: number): Buffer[] | typeof FOREIGN {
  const size = limit - start < 5 ? 0 : bytes.readInt32LE(start);
  if (size < 5 || size > limit - start) return FOREIGN;
  const items: Buffer[] = [];
  const last = start + size - 1;
  let at = start + 4;
  while (at < last) {
    const isDocument = bytes[at] === 0x03;
    if (!isDocument || readName(bytes, at + 1, last) === undefined) return FOREIGN;
    const from = nameEnd + 1;
    const itemSize = last - from < 5 ? 0 : bytes.readInt32LE(from);
    if (itemSize < 5 || itemSize > last - from) return FOREIGN;
    items.push(bytes.subarray(from, from + itemSize));
    at = from + itemSize;
  }
  end = last + 1;
  return at === last && bytes[last] === 0 ? items : FOREIGN;
}

const UUID_SUBTYPE = 4;
const OLD_BINARY_SUBTYPE = 2;

function readBinary(bytes: Buffer, from: number, to: number, last: number): Binary | typeof FOREIGN {
  const subtype = bytes[from - 1] ?? 0;
  if (to < from || to > last || subtype === OLD_BINARY_SUBTYPE) return FOREIGN;
  end = to;
  const content = bytes.subarray(from, to);
  return subtype === UUID_SUBTYPE && content.length === 16 ? new UUID(content) : new Binary(content, subtype);
}

/** Names and short strings come again and again: each is made once, as long as its place in the table is not taken by another. */
const SLOTS = 4096;
const LONGEST_KEPT = 32;
const known: string[] = Array.from({ length: SLOTS }, () => '');
const BYTE_ORDER_MARK = 0xef;

function readString(bytes: Buffer, from: number, to: number, last: number): string | typeof FOREIGN {
  const stop = to - 1;
  if (stop < from || to > last || bytes[stop] !== 0) return FOREIGN;
  end = to;
  if (stop - from <= LONGEST_KEPT) {
    const text = shortAscii(bytes, from, stop);
    if (text !== undefined) return text;
  }
  // The library drops a byte order mark.
  if (bytes[from] === BYTE_ORDER_MARK || !isUtf8(bytes.subarray(from, stop))) return FOREIGN;
  return bytes.toString('utf8', from, stop);
}

function shortAscii(bytes: Buffer, from: number, to: number): string | undefined {
  let hash = 0;
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte > 127) return undefined;
    hash = (Math.imul(hash, 31) + byte) | 0;
  }
  return keptText(bytes, from, to, hash);
}

function keptText(bytes: Buffer, from: number, to: number, hash: number): string {
  const slot = (hash ^ (hash >>> 12)) & (SLOTS - 1);
  const present = known[slot] ?? '';
  if (present.length === to - from && isSame(present, bytes, from)) return present;
  const text = bytes.toString('latin1', from, to);
  known[slot] = text;
  return text;
}

function isSame(text: string, bytes: Buffer, from: number): boolean {
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) !== bytes[from + at]) return false;
  return true;
}

let nameEnd = 0;

function readName(bytes: Buffer, from: number, last: number): string | undefined {
  let hash = 0;
  let at = from;
  for (; at < last; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte === 0) break;
    if (byte > 127) return undefined;
    hash = (Math.imul(hash, 31) + byte) | 0;
  }
  if (at >= last) return undefined;
  nameEnd = at;
  const name = at - from <= LONGEST_KEPT ? keptText(bytes, from, at, hash) : bytes.toString('latin1', from, at);
  // Perhaps a DBRef, of which the library makes an object of its own; and a name that must not be assigned to.
  return name === '$ref' || name === '__proto__' ? undefined : name;
}
