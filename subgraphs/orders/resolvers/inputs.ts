import { z } from 'zod';
import { idSchema } from '../../../kit/graphql/input-schemas.ts';
import { HOLD_LIFE_MAX_SECONDS, SEATS_PER_HOLD_MAX } from '../domain/hold.ts';

const seatIdSchema = z.string().regex(/^[\p{L}\p{N} ._-]{1,80}$/u, 'is not a seat id');

const seatIdsSchema = z
  .array(seatIdSchema)
  .min(1, 'must name at least one seat')
  .max(SEATS_PER_HOLD_MAX, `must name at most ${SEATS_PER_HOLD_MAX} seats`)
  .refine((seatIds) => new Set(seatIds).size === seatIds.length, 'must not name a seat twice');

/** No QR code holds more. */
const SCAN_LENGTH_MAX = 4_296;

const optional = <Schema extends z.ZodType>(schema: Schema) => schema.nullish().transform((value) => value ?? null);

export const holdSeatsSchema = z.strictObject({ eventId: idSchema, seatIds: seatIdsSchema, replacesHoldId: optional(idSchema) });

export const holdBestAvailableSchema = z
  .strictObject({
    eventId: idSchema,
    quantity: z.int().min(1, 'must be at least 1').max(SEATS_PER_HOLD_MAX, `must be at most ${SEATS_PER_HOLD_MAX}`),
    section: optional(z.string().max(40, 'is not a section')),
    maxPrice: optional(z.int().min(0, 'must be at least 0')),
    accessible: z.int().min(0, 'must be at least 0'),
  })
  .refine((input) => input.quantity < 1 || input.accessible <= input.quantity, {
    path: ['accessible'],
    message: 'must be at most the quantity',
  });

export const refreshHoldSchema = z.strictObject({
  holdId: idSchema,
  extendSeconds: optional(z.int().min(1, 'must be at least 1').max(HOLD_LIFE_MAX_SECONDS, `must be at most ${HOLD_LIFE_MAX_SECONDS}`)),
});

export const createPaymentIntentSchema = z.strictObject({ holdId: idSchema });

export const confirmPaymentSchema = z.strictObject({
  paymentIntentId: idSchema,
  clientSecret: z.string().min(1, 'must not be empty').max(255, 'must have at most 255 characters'),
  paymentMethod: optional(z.string().regex(/^[A-Za-z0-9_]{1,100}$/, "is not a payment method's token")),
});

const idempotencyKeySchema = z.string().regex(/^[\x20-\x7e]{1,255}$/, 'must have 1 to 255 printable ASCII characters');

/** The header and the argument say the same thing; if both are there they must agree. */
const keyFields = { idempotencyKey: optional(idempotencyKeySchema), idempotencyKeyHeader: optional(idempotencyKeySchema) };
type Keys = { readonly idempotencyKey: string | null; readonly idempotencyKeyHeader: string | null };
const keysAgree = ({ idempotencyKey, idempotencyKeyHeader }: Keys): boolean =>
  idempotencyKey === null || idempotencyKeyHeader === null || idempotencyKey === idempotencyKeyHeader;
const KEYS_DIFFER = { path: ['idempotencyKey'], message: 'differs from the Idempotency-Key header' };

export const purchaseSchema = z
  .strictObject({ eventId: idSchema, holdId: idSchema, seatIds: optional(seatIdsSchema), paymentIntentId: idSchema, ...keyFields })
  .refine(keysAgree, KEYS_DIFFER)
  .transform(({ idempotencyKeyHeader, ...input }) => ({ ...input, idempotencyKey: input.idempotencyKey ?? idempotencyKeyHeader }));

const TICKETS_PER_ORDER_MAX = SEATS_PER_HOLD_MAX;
const ticketIdsSchema = z
  .array(idSchema)
  .min(1, 'must name at least one ticket')
  .max(TICKETS_PER_ORDER_MAX, `must name at most ${TICKETS_PER_ORDER_MAX} tickets`)
  .refine((ticketIds) => new Set(ticketIds).size === ticketIds.length, 'must not name a ticket twice');

export const refundOrderSchema = z
  .strictObject({ orderId: idSchema, ticketIds: optional(ticketIdsSchema), ...keyFields })
  .refine(keysAgree, KEYS_DIFFER)
  .transform(({ idempotencyKeyHeader, ...input }) => ({ ...input, idempotencyKey: input.idempotencyKey ?? idempotencyKeyHeader }));

export const checkInSchema = z.strictObject({
  eventId: idSchema,
  // Whatever a scanner reads: what is no code of ours is an expected answer, not a mistake of the client's.
  code: z.string().max(SCAN_LENGTH_MAX, `must have at most ${SCAN_LENGTH_MAX} characters`),
  nonce: optional(idempotencyKeySchema),
});

export const subscriptionSchema = z.strictObject({ eventId: idSchema, sinceVersion: optional(z.int().min(0)) });

export const reconciliationSchema = z.strictObject({ since: optional(z.date()) });
