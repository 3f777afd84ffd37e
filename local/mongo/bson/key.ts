import type { Binary, BSONRegExp, Timestamp } from 'bson';
import { clampToFinite, isNumber, residualOf, toDouble } from './number.ts';
import { fieldsOf, isA, RANK, rankOf } from './value.ts';

/*
 * Order-preserving keys: for any two values, `keyOf(a) < keyOf(b)` as strings exactly when a sorts before b, and equal
 * keys mean equal values. No key is the beginning of another, so keys can be joined, and inverted for a descending part.
 */

const doubleBuffer = new DataView(new ArrayBuffer(8));
const NUMBER = RANK.number;

/** Sixty-four bits as four UTF-16 units, with the sign turned so that units compare like the numbers. */
function doubleKey(double: number): string {
  // -0 and 0 are one value.
  doubleBuffer.setFloat64(0, double === 0 ? 0 : double);
  const negative = (doubleBuffer.getUint16(0) & 0x8000) !== 0;
  const flip = negative ? 0xffff : 0;
  const first = negative ? doubleBuffer.getUint16(0) ^ 0xffff : doubleBuffer.getUint16(0) | 0x8000;
  return String.fromCharCode(first, doubleBuffer.getUint16(2) ^ flip, doubleBuffer.getUint16(4) ^ flip, doubleBuffer.getUint16(6) ^ flip);
}

/** `keyOf` of a double. */
export function numberKeyOf(double: number): string {
  if (Number.isNaN(double)) return String.fromCharCode(NUMBER, 0);
  doubleBuffer.setFloat64(0, double === 0 ? 0 : double);
  const [high, low] = [doubleBuffer.getUint32(0), doubleBuffer.getUint32(4)];
  // In one piece: a joined string would be taken apart and joined again when it is looked up.
  return double < 0
    ? String.fromCharCode(NUMBER, 1, (high >>> 16) ^ 0xffff, (high & 0xffff) ^ 0xffff, (low >>> 16) ^ 0xffff, (low & 0xffff) ^ 0xffff, 2)
    : String.fromCharCode(NUMBER, 1, (high >>> 16) | 0x8000, high & 0xffff, low >>> 16, low & 0xffff, 2);
}

function numberKey(value: unknown): string {
  const double = toDouble(value);
  if (Number.isNaN(double)) return '\u0000';
  const residual = residualOf(value, double);
  if (residual === null) return `\u0001${doubleKey(double)}\u0002`;
  // The double says where, the residual which side of it and how far: magnitude, then digits.
  const negative = residual.coefficient < 0n;
  const digits = (negative ? -residual.coefficient : residual.coefficient).toString();
  const magnitude = String.fromCharCode(0x4000 + digits.length + residual.exponent);
  const distance = `${magnitude}${digits.replace(/0+$/, '')}\u0000`;
  return `\u0001${doubleKey(clampToFinite(double))}${negative ? `\u0001${invertKey(distance)}` : `\u0003${distance}`}`;
}

/** Code points, not UTF-16 units: MongoDB compares the bytes of UTF-8, where U+1F600 comes after U+FF5E. */
export function stringOrder(value: string): string {
  if (!/[\ud800-\uffff]/.test(value)) return value;
  let fixed = '';
  for (let i = 0; i < value.length; i += 1) {
    const unit = value.charCodeAt(i);
    fixed += String.fromCharCode(unit < 0xd800 ? unit : unit < 0xe000 ? unit + 0x2000 : unit - 0x800);
  }
  return fixed;
}

function stringKey(value: string): string {
  const ordered = stringOrder(value);
  return `${ordered.includes('\u0000') ? ordered.replaceAll('\u0000', '\u0000\u0001') : ordered}\u0000\u0000`;
}

function bytesKey(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

function binaryKey(value: Binary | Uint8Array): string {
  const bytes = value instanceof Uint8Array ? value : value.buffer.subarray(0, value.position);
  const subtype = value instanceof Uint8Array ? 0 : value.sub_type;
  return String.fromCharCode(bytes.length >>> 16, bytes.length & 0xffff, subtype) + bytesKey(bytes);
}

function timestampKey(value: Timestamp): string {
  const high = value.getHighBitsUnsigned();
  const low = value.getLowBitsUnsigned();
  return String.fromCharCode(high >>> 16, high & 0xffff, low >>> 16, low & 0xffff);
}

function regexKey(value: BSONRegExp | RegExp): string {
  return value instanceof RegExp ? stringKey(value.source) + stringKey(value.flags) : stringKey(value.pattern) + stringKey(value.options);
}

function objectKey(value: object): string {
  let key = '';
  for (const [name, field] of fieldsOf(value)) {
    if (field === undefined || typeof field === 'function') continue;
    key += String.fromCharCode(rankOf(field)) + stringKey(name) + payloadKey(field);
  }
  return `${key}\u0000`;
}

function payloadKey(value: unknown): string {
  if (typeof value === 'string') return stringKey(value);
  if (isNumber(value)) return numberKey(value);
  if (isA(value, 'ObjectId')) return bytesKey(value.id);
  if (typeof value === 'boolean') return value ? '\u0002' : '\u0001';
  if (value instanceof Date) return doubleKey(value.getTime());
  if (Array.isArray(value)) return `${value.map((item: unknown) => keyOf(item ?? null)).join('')}\u0000`;
  if (isA(value, 'Binary') || value instanceof Uint8Array) return binaryKey(value);
  if (isA(value, 'Timestamp')) return timestampKey(value);
  if (isA(value, 'BSONRegExp') || value instanceof RegExp) return regexKey(value);
  if (isA(value, 'Code')) return stringKey(value.code) + (value.scope ? objectKey(value.scope) : '');
  if (isA(value, 'BSONSymbol')) return stringKey(value.value);
  return typeof value === 'object' && value !== null && rankOf(value) === RANK.object ? objectKey(value) : '';
}

export function keyOf(value: unknown): string {
  if (isA(value, 'Int32')) return numberKeyOf(value.value);
  return String.fromCharCode(rankOf(value)) + payloadKey(value);
}

/** The same key for a descending part: order reversed, still no key the beginning of another. */
export function invertKey(key: string): string {
  const units: number[] = [];
  for (let i = 0; i < key.length; i += 1) units.push(0xffff - key.charCodeAt(i));
  return unitsToString(units);
}

function unitsToString(units: number[]): string {
  if (units.length < 4096) return String.fromCharCode(...units);
  let text = '';
  for (let i = 0; i < units.length; i += 4096) text += String.fromCharCode(...units.slice(i, i + 4096));
  return text;
}

/** The _id of a document, as the key of its record. ObjectIds are most of them. */
export function idKeyOf(id: unknown): string {
  return isA(id, 'ObjectId') ? String.fromCharCode(RANK.objectId) + bytesKey(id.id) : keyOf(id);
}
