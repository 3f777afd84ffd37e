import { z } from 'zod';
import { ID_PATTERN } from '../values/ids.ts';

/** An id of ours. Strict: an `_entities` key is untyped, so `{"$ne": null}` must stop here. */
export const idSchema = z.string().regex(ID_PATTERN, 'is not an id');

/** Where an entity's key comes from another subgraph. Extra keys (__typename) are dropped. */
export const idReferenceSchema = z.object({ id: idSchema });

// The bare control characters and the two surrogate ranges unpaired: such strings cannot be stored, logged or shown safely.
// oxlint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/;

/** Trimmed, NFC, well-formed, without control characters; lengths count code points. */
export function textSchema(minimum: number, maximum: number): z.ZodType<string, string> {
  return z
    .string()
    .refine((text) => text.isWellFormed(), 'is not well-formed Unicode')
    .refine((text) => !CONTROL.test(text), 'must not contain control characters')
    .transform((text) => text.normalize('NFC').trim())
    .refine((text) => codePoints(text) >= minimum, minimum === 1 ? 'must not be empty' : `must have at least ${minimum} characters`)
    .refine((text) => codePoints(text) <= maximum, `must have at most ${maximum} characters`);
}

function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

export const PAGE_SIZE_MAX = 100;

/** Relay arguments: `first` 1 to 100, `after` as an earlier page gave it. */
export const pageSchema = z.object({
  first: z.int().min(1, 'must be at least 1').max(PAGE_SIZE_MAX, `must be at most ${PAGE_SIZE_MAX}`),
  after: z.string().max(500, 'is not a cursor of this list').nullish(),
});
