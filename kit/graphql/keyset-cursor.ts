import { z } from 'zod';
import { badUserInput } from './errors.ts';

/** A place in a sorted list: the sort key and the id that breaks ties. Opaque to clients, so that lists may change how they sort. */
export type Keyset = { readonly key: number; readonly id: string };

// The largest number that is a time: keys are times or smaller.
const KEY_MAX = 8.64e15;
// The list's name is part of it: a cursor of one order would mean nonsense in another.
const cursorSchema = z.tuple([z.string(), z.number().min(-KEY_MAX).max(KEY_MAX), z.string().max(64)]);

export function encodeCursor(list: string, place: Keyset): string {
  return Buffer.from(JSON.stringify([list, place.key, place.id])).toString('base64url');
}

/** Refuses a cursor of another list, or one that no list of ours has given. */
export function decodeCursor(list: string, cursor: string | null | undefined): Keyset | null {
  if (cursor === null || cursor === undefined) return null;
  const parsed = cursorSchema.safeParse(parseJson(Buffer.from(cursor, 'base64url').toString()));
  if (!parsed.success || parsed.data[0] !== list) throw badUserInput([{ path: ['after'], message: 'is not a cursor of this list' }]);
  return { key: parsed.data[1], id: parsed.data[2] };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
