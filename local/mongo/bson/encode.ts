import { Double, Int32, Long, ObjectId, Timestamp } from 'bson';
import type { Doc } from './value.ts';

/*
 * Serializes small documents of everyday values, to the same bytes as the library and several times faster. What is
 * rarer or larger is left to the library.
 */

const scratch = Buffer.allocUnsafeSlow(64 * 1024);
const LEFT_TO_LIBRARY = -1;
/** What a value of fixed size and its type need at most. */
const ROOM = 32;
const MAX_DEPTH = 100;

/** Undefined when the document is for the library to serialize. */
export function encodeDoc(doc: Doc): Buffer | undefined {
  const end = writeDocument(doc, 0, 0);
  if (end < 0) return undefined;
  const bytes = Buffer.allocUnsafe(end);
  scratch.copy(bytes, 0, 0, end);
  return bytes;
}

function writeDocument(doc: object, start: number, depth: number): number {
  if (depth > MAX_DEPTH || start + ROOM > scratch.length) return LEFT_TO_LIBRARY;
  let at = start + 4;
  for (const [name, value] of Object.entries(doc)) {
    if (value === undefined) continue;
    at = writeElement(name, value, at, depth);
    if (at < 0) return at;
  }
  return finish(start, at);
}

function writeArray(array: readonly unknown[], start: number, depth: number): number {
  if (depth > MAX_DEPTH || start + ROOM > scratch.length) return LEFT_TO_LIBRARY;
  let at = start + 4;
  for (const [i, item] of array.entries()) {
    at = writeElement(String(i), item ?? null, at, depth);
    if (at < 0) return at;
  }
  return finish(start, at);
}

function finish(start: number, at: number): number {
  scratch[at] = 0;
  scratch.writeInt32LE(at + 1 - start, start);
  return at + 1;
}

function writeElement(name: string, value: unknown, start: number, depth: number): number {
  const nameEnd = writeText(name, start + 1);
  if (nameEnd < 0 || nameEnd + ROOM > scratch.length) return LEFT_TO_LIBRARY;
  scratch[nameEnd] = 0;
  const at = nameEnd + 1;
  if (typeof value === 'string') {
    scratch[start] = 0x02;
    const end = writeText(value, at + 4, true);
    if (end < 0) return end;
    scratch[end] = 0;
    scratch.writeInt32LE(end + 1 - (at + 4), at);
    return end + 1;
  }
  if (typeof value === 'boolean') {
    scratch[start] = 0x08;
    scratch[at] = value ? 1 : 0;
    return at + 1;
  }
  if (value === null) {
    scratch[start] = 0x0a;
    return at;
  }
  if (typeof value === 'number')
    return Number.isInteger(value) && (value | 0) === value && !Object.is(value, -0)
      ? writeInt(value, start, at)
      : writeDouble(value, start, at);
  return typeof value === 'object' ? writeObject(value, start, at, depth) : LEFT_TO_LIBRARY;
}

function writeInt(value: number, start: number, at: number): number {
  scratch[start] = 0x10;
  return scratch.writeInt32LE(value, at);
}

function writeDouble(value: number, start: number, at: number): number {
  scratch[start] = 0x01;
  return scratch.writeDoubleLE(value, at);
}

function writeObject(value: object, start: number, at: number, depth: number): number {
  if (value instanceof Int32) return writeInt(value.value, start, at);
  if (value instanceof Double) return writeDouble(value.value, start, at);
  if (value instanceof ObjectId) {
    scratch[start] = 0x07;
    scratch.set(value.id, at);
    return at + 12;
  }
  if (value instanceof Long) {
    scratch[start] = value instanceof Timestamp ? 0x11 : 0x12;
    scratch.writeInt32LE(value.getLowBits(), at);
    return scratch.writeInt32LE(value.getHighBits(), at + 4);
  }
  if (value instanceof Date) {
    const time = value.getTime();
    if (!Number.isSafeInteger(time)) return LEFT_TO_LIBRARY;
    scratch[start] = 0x09;
    const high = Math.floor(time / 4_294_967_296);
    scratch.writeUInt32LE(time - high * 4_294_967_296, at);
    return scratch.writeInt32LE(high, at + 4);
  }
  if (Array.isArray(value)) {
    scratch[start] = 0x04;
    return writeArray(value, at, depth + 1);
  }
  if (Object.getPrototypeOf(value) !== Object.prototype) return LEFT_TO_LIBRARY;
  scratch[start] = 0x03;
  return writeDocument(value, at, depth + 1);
}

/** UTF-8 at that place; gives its end. A name must not hold the character that ends it. */
function writeText(text: string, start: number, mayHoldZero = false): number {
  if (start + text.length * 3 + ROOM > scratch.length) return LEFT_TO_LIBRARY;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (code > 127) return text.includes('\u0000') && !mayHoldZero ? LEFT_TO_LIBRARY : start + scratch.write(text, start, 'utf8');
    if (code === 0 && !mayHoldZero) return LEFT_TO_LIBRARY;
    scratch[start + i] = code;
  }
  return start + text.length;
}
