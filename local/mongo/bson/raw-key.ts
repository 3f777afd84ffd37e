import { idKeyOf, keyOf, numberKeyOf } from './key.ts';
import { valueEnd } from './raw.ts';
import { parseDoc, RANK } from './value.ts';

/*
 * Index keys straight from a document's bytes, equal to `keyOf` of the parsed values. Undefined where a parse is needed
 * for that: arrays, embedded documents as values, and the rarer types.
 */

const ABSENT = keyOf(null);
const TRUE = keyOf(true);
const FALSE = keyOf(false);
/** The rank of ObjectIds, and room for one: such a key is made in one piece. */
const objectId = Buffer.from([RANK.objectId, ...Buffer.alloc(12)]);
const BYTE_ORDER_MARK = 0xef;

const TYPE = {
  double: 0x01,
  string: 0x02,
  document: 0x03,
  array: 0x04,
  objectId: 0x07,
  boolean: 0x08,
  date: 0x09,
  null: 0x0a,
  int32: 0x10,
} as const;

let foundType = 0;
let foundAt = 0;

const ID = [Buffer.from('_id')];

/** The key of a stored document's `_id`. */
export function rawIdKey(bytes: Buffer): string {
  return rawKeyAt(bytes, ID) ?? idKeyOf(parseDoc(bytes)['_id']);
}

/** The last field of that name, as a parse would have it. */
function findField(bytes: Buffer, start: number, name: Uint8Array): boolean {
  const last = start + bytes.readInt32LE(start) - 1;
  let found = false;
  let at = start + 4;
  while (at < last) {
    const type = bytes[at] ?? 0;
    let to = at + 1;
    let same = true;
    for (; bytes[to] !== 0 && to < last; to += 1) same &&= bytes[to] === name[to - at - 1];
    if (same && to - at - 1 === name.length) {
      found = true;
      foundType = type;
      foundAt = to + 1;
    }
    at = valueEnd(bytes, type, to + 1);
  }
  return found;
}

export function rawKeyAt(bytes: Buffer, path: readonly Uint8Array[]): string | undefined {
  let start = 0;
  const last = path.at(-1);
  for (const name of path) {
    if (!findField(bytes, start, name)) return ABSENT;
    if (name === last) return keyOfFound(bytes);
    if (foundType === TYPE.array) return undefined;
    if (foundType !== TYPE.document) return ABSENT;
    start = foundAt;
  }
  return undefined;
}

function keyOfFound(bytes: Buffer): string | undefined {
  const at = foundAt;
  switch (foundType) {
    case TYPE.double:
      return numberKeyOf(bytes.readDoubleLE(at));
    case TYPE.int32:
      return numberKeyOf(bytes.readInt32LE(at));
    case TYPE.string:
      return bytes[at + 4] === BYTE_ORDER_MARK ? undefined : keyOf(bytes.toString('utf8', at + 4, at + 3 + bytes.readInt32LE(at)));
    case TYPE.date:
      return keyOf(new Date(bytes.readInt32LE(at + 4) * 4_294_967_296 + bytes.readUInt32LE(at)));
    case TYPE.boolean:
      return bytes[at] === 1 ? TRUE : FALSE;
    case TYPE.null:
      return ABSENT;
    case TYPE.objectId:
      bytes.copy(objectId, 1, at, at + 12);
      return objectId.toString('latin1');
    default:
      return undefined;
  }
}
