import { z } from 'zod';
import type { Hold } from '../domain/hold.ts';

const millisecondsSchema = z.coerce.number().transform((value) => new Date(value));
const heldSeatSchema = z.object({
  seatId: z.string(),
  section: z.string(),
  row: z.string(),
  number: z.int(),
  price: z.object({ amount: z.int(), currency: z.string() }),
  // cjson writes an empty array as {}.
  features: z.preprocess(
    (value) => (Array.isArray(value) ? value : []),
    z.array(z.enum(['ACCESSIBLE', 'COMPANION', 'RESTRICTED_VIEW', 'AISLE'])),
  ),
});
const detailsSchema = z.object({
  user: z.string(),
  event: z.string(),
  seats: z.string().transform((json) => z.array(heldSeatSchema).parse(JSON.parse(json))),
  createdAt: millisecondsSchema,
  expiresAt: millisecondsSchema,
  expiresAtLatest: millisecondsSchema,
  ended: z.enum(['CONSUMED', 'RELEASED']).optional(),
  endedAt: millisecondsSchema.optional(),
});

/** Of the hash under `hold-details`; null where there is none. */
export function holdFrom(holdId: string, fields: Record<string, string>): Hold | null {
  if (fields['user'] === undefined) return null;
  const details = detailsSchema.parse(fields);
  return {
    id: holdId,
    eventId: details.event,
    userId: details.user,
    seats: details.seats,
    createdAt: details.createdAt,
    expiresAt: details.expiresAt,
    expiresAtLatest: details.expiresAtLatest,
    ended: details.ended ?? null,
    endedAt: details.endedAt ?? null,
  };
}
