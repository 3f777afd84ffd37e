/*
 * BSON as bytes: documents are stored, journalled and sent as they are, without a parse between.
 */

const TYPE = {
  double: 0x01,
  string: 0x02,
  document: 0x03,
  array: 0x04,
  binary: 0x05,
  objectId: 0x07,
  regex: 0x0b,
  dbPointer: 0x0c,
  code: 0x0d,
  symbol: 0x0e,
  codeWithScope: 0x0f,
  int32: 0x10,
  long: 0x12,
} as const;

const FIXED_SIZE: Record<number, number> = {
  0x01: 8,
  0x06: 0,
  0x07: 12,
  0x08: 1,
  0x09: 8,
  0x0a: 0,
  0x10: 4,
  0x11: 8,
  0x12: 8,
  0x13: 16,
  0x7f: 0,
  0xff: 0,
};

export interface RawElement {
  type: number;
  name: string;
  /** Where the element begins (its type byte), where its value begins, and where it ends. */
  start: number;
  value: number;
  end: number;
}

export function valueEnd(bytes: Buffer, type: number, at: number): number {
  const fixed = FIXED_SIZE[type];
  if (fixed !== undefined) return at + fixed;
  switch (type) {
    case TYPE.string:
    case TYPE.code:
    case TYPE.symbol:
      return at + 4 + bytes.readInt32LE(at);
    case TYPE.document:
    case TYPE.array:
    case TYPE.codeWithScope:
      return at + bytes.readInt32LE(at);
    case TYPE.binary:
      return at + 5 + bytes.readInt32LE(at);
    case TYPE.dbPointer:
      return at + 4 + bytes.readInt32LE(at) + 12;
    case TYPE.regex:
      return bytes.indexOf(0, bytes.indexOf(0, at) + 1) + 1;
    default:
      throw new Error(`unknown BSON type 0x${type.toString(16)}`);
  }
}

/** The elements of the document's first level. */
export function* rawElements(bytes: Buffer): Generator<RawElement> {
  let start = 4;
  const last = bytes.readInt32LE(0) - 1;
  while (start < last) {
    const type = bytes[start] ?? 0;
    const nameEnd = bytes.indexOf(0, start + 1);
    const value = nameEnd + 1;
    const end = valueEnd(bytes, type, value);
    if (nameEnd < 0 || end <= start || end > last) throw new Error('malformed BSON document');
    yield { type, name: bytes.toString('utf8', start + 1, nameEnd), start, value, end };
    start = end;
  }
}

export function firstFieldName(bytes: Buffer): string {
  return bytes[4] ? bytes.toString('utf8', 5, bytes.indexOf(0, 5)) : '';
}

/** `_id` comes first in every stored document; the driver appends it when it makes one. A copy, whatever the order was. */
export function withIdFirst(bytes: Buffer): Buffer {
  const copy = Buffer.allocUnsafe(bytes.length);
  const { start, end } = idBounds(bytes);
  bytes.copy(copy, 0, 0, 4);
  bytes.copy(copy, 4, start, end);
  bytes.copy(copy, 4 + end - start, 4, start);
  bytes.copy(copy, end, end);
  return copy;
}

/** Where the element `_id` lies; an empty place at the beginning when there is none. */
function idBounds(bytes: Buffer): { start: number; end: number } {
  const last = bytes.readInt32LE(0) - 1;
  let start = 4;
  while (start < last) {
    const nameEnd = bytes.indexOf(0, start + 1);
    const end = valueEnd(bytes, bytes[start] ?? 0, nameEnd + 1);
    if (nameEnd < 0 || end <= start || end > last) throw new Error('malformed BSON document');
    if (isIdName(bytes, start)) return { start, end };
    start = end;
  }
  return { start: 4, end: 4 };
}

const isIdName = (bytes: Buffer, start: number): boolean =>
  bytes[start + 1] === 0x5f && bytes[start + 2] === 0x69 && bytes[start + 3] === 0x64 && bytes[start + 4] === 0;

/** The value of one first-level field as bytes of a document or array. */
export function rawField(bytes: Buffer, name: string): Buffer | undefined {
  for (const element of rawElements(bytes)) {
    if (element.name === name) return bytes.subarray(element.value, element.end);
  }
  return undefined;
}

export function rawArrayItems(array: Buffer): Buffer[] {
  return Array.from(rawElements(array), (element) => array.subarray(element.value, element.end));
}

export interface Part {
  type: number;
  name: string;
  bytes: Uint8Array;
}

export const documentPart = (name: string, bytes: Uint8Array): Part => ({ type: TYPE.document, name, bytes });
export const arrayPart = (name: string, items: readonly Uint8Array[]): Part => ({ type: TYPE.array, name, bytes: rawArray(items) });

/** A document of ready elements, copied once. */
export function rawDocument(parts: readonly Part[]): Buffer {
  let size = 5;
  for (const part of parts) size += 2 + Buffer.byteLength(part.name) + part.bytes.length;
  const bytes = Buffer.allocUnsafe(size);
  bytes.writeInt32LE(size, 0);
  let at = 4;
  for (const part of parts) {
    bytes[at] = part.type;
    at += 1 + bytes.write(part.name, at + 1);
    bytes[at] = 0;
    bytes.set(part.bytes, at + 1);
    at += 1 + part.bytes.length;
  }
  bytes[at] = 0;
  return bytes;
}

export function rawArray(items: readonly Uint8Array[]): Buffer {
  return rawDocument(items.map((item, i) => documentPart(String(i), item)));
}

/** A document's first-level elements as they stand between its length and its end: to put elements before or after others. */
export function joinDocuments(...documents: readonly Uint8Array[]): Buffer {
  let size = 5;
  for (const document of documents) size += document.length - 5;
  const bytes = Buffer.allocUnsafe(size);
  writeJoined(bytes, 0, documents, size);
  return bytes;
}

export function writeJoined(target: Buffer, start: number, documents: readonly Uint8Array[], size: number): void {
  target.writeInt32LE(size, start);
  let at = start + 4;
  for (const document of documents) {
    target.set(document.subarray(4, document.length - 1), at);
    at += document.length - 5;
  }
  target[at] = 0;
}

/** `{ _id }` of a stored document: its first field, unless that is a number, which objects put before all others. */
export function rawIdDocument(bytes: Buffer): Buffer {
  const { start, end } = idBounds(bytes);
  const id = Buffer.allocUnsafe(end - start + 5);
  id.writeInt32LE(id.length, 0);
  bytes.copy(id, 4, start, end);
  id[id.length - 1] = 0;
  return id;
}

/** Calls back with the bounds of every document in an array, so that no buffer is made for those nobody keeps. */
export function eachRawItem(array: Buffer, item: (start: number, end: number) => void): void {
  const last = array.length - 1;
  for (let at = 4; at < last;) {
    const start = array.indexOf(0, at + 1) + 1;
    const end = start + (array[at] === TYPE.document ? array.readInt32LE(start) : 0);
    if (start <= at + 1 || end <= start || end > last) throw new Error('malformed BSON array of documents');
    item(start, end);
    at = end;
  }
}
