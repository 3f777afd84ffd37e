import { z } from 'zod';
import { privateJwkSchema, redisUrlSchema, secondsSchema, subgraphEnvShape } from '../../kit/runtime/env.ts';

/** The settings of an orders process. */
export const ordersEnvSchema = z.object({
  ...subgraphEnvShape,
  PORT: subgraphEnvShape.PORT.default(4003),
  /** A logical database of their own: among many long-lived keys Redis expires late. Default: database 1 of REDIS_URL's server. */
  HOLDS_REDIS_URL: redisUrlSchema.optional(),
  EVENTS_URL: z.url().default('http://127.0.0.1:4002/graphql'),
  /** This process's own key, for asking the events subgraph on its own behalf; its public half stands in IDENTITY_JWKS as "orders". */
  ORDERS_PRIVATE_KEY: privateJwkSchema,
  HOLD_TTL_SECONDS: secondsSchema.max(900).default(300),
  PAYMENT_PROVIDER: z.enum(['simulator']).default('simulator'),
  PAYMENT_CAPTURE: z.enum(['automatic', 'manual']).default('automatic'),
  /** In the currency's smallest unit. */
  DEFAULT_SEAT_PRICE: z.coerce.number().int().min(0).max(100_000_000).default(2_500),
  DEFAULT_CURRENCY: z
    .string()
    .regex(/^[A-Z]{3}$/)
    .default('EUR'),
  IDEMPOTENCY_TTL_SECONDS: secondsSchema.min(600).default(86_400),
  /** How long a live request has before the reconciler takes over what it left. */
  RECONCILE_GRACE_SECONDS: z.coerce.number().int().min(1).max(3_600).default(20),
  GRAPHQL_INTROSPECTION: z.enum(['on', 'off']).optional(),
});
export type OrdersEnv = z.output<typeof ordersEnvSchema>;
