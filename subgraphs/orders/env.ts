import { z } from 'zod';
import {
  amqpUrlSchema,
  listSchema,
  privateJwkSchema,
  publicJwksSchema,
  redisUrlSchema,
  secondsSchema,
  subgraphEnvShape,
} from '../../kit/runtime/env.ts';
import { stopAtSchema } from './crash-points.ts';

const ordersEnvShape = {
  ...subgraphEnvShape,
  PORT: subgraphEnvShape.PORT.default(4003),
  /** A logical database of their own: among many long-lived keys Redis expires late. Default: database 1 of REDIS_URL's server. */
  HOLDS_REDIS_URL: redisUrlSchema.optional(),
  /** Domain events go over RabbitMQ instead of Redis Streams. */
  AMQP_URL: amqpUrlSchema.optional(),
  EVENTS_URL: z.url().default('http://127.0.0.1:4002/graphql'),
  AUTH_URL: z.url().default('http://127.0.0.1:4001/graphql'),
  /** Where mail to buyers goes; without it, to files in DATA_DIR/mail. */
  SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
  MAIL_FROM: z.string().min(3).max(320).default('Seatgraph <tickets@seatgraph.example>'),
  DATA_DIR: z.string().min(1).default('.data'),
  /** This process's own key, for asking the events subgraph on its own behalf; its public half stands in IDENTITY_JWKS as "orders". */
  ORDERS_PRIVATE_KEY: privateJwkSchema,
  /** Signs the codes of tickets; its public half is served at /tickets/jwks.json. Changed, the codes that are printed are worth nothing, but for those in TICKET_FORMER_KEYS. */
  TICKET_SIGNING_KEY: privateJwkSchema,
  /** A JWKS of public keys that signed tickets earlier. */
  TICKET_FORMER_KEYS: publicJwksSchema.optional(),
  HOLD_TTL_SECONDS: secondsSchema.max(900).default(300),
  PAYMENT_PROVIDER: z.enum(['simulator', 'stripe']).default('simulator'),
  PAYMENT_CAPTURE: z.enum(['automatic', 'manual']).default('automatic'),
  /** Where payers' browsers find us: the router, which passes /payments on to this process. The first one is meant. */
  PUBLIC_ORIGIN: listSchema.pipe(z.array(z.url()).min(1)).default(['http://localhost:8080']),
  /** Where a bank's confirmation page sends the payer's browser back to; default: a page of ours that says to go on in the shop. */
  PAYMENT_RETURN_URL: z.url().optional(),
  STRIPE_SECRET_KEY: z
    .string()
    .regex(/^(sk|rk)_/, 'must be a secret (sk_…) or restricted (rk_…) key')
    .optional(),
  STRIPE_WEBHOOK_SECRET: z
    .string()
    .regex(/^whsec_/, 'must be the signing secret of the webhook endpoint (whsec_…)')
    .optional(),
  STRIPE_API_URL: z.url().default('https://api.stripe.com'),
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
  /** Fault tests only: the point of a purchase at which this process kills itself. */
  CRASH_AT: stopAtSchema.optional(),
  /** Fault tests only: the point of a purchase at which this process stops until it is told to go on (SIGCONT). */
  FREEZE_AT: stopAtSchema.optional(),
};

/** The settings of an orders process. */
export const ordersEnvSchema = z.object(ordersEnvShape).superRefine((env, context) => {
  if (env.PAYMENT_PROVIDER === 'stripe')
    for (const name of ['STRIPE_SECRET_KEY', 'STRIPE_WEBHOOK_SECRET'] as const)
      if (env[name] === undefined) context.addIssue({ code: 'custom', path: [name], message: 'must be set with PAYMENT_PROVIDER=stripe' });
  if (env.NODE_ENV !== 'production') return;
  for (const name of ['CRASH_AT', 'FREEZE_AT'] as const)
    if (env[name]) context.addIssue({ code: 'custom', path: [name], message: 'is for fault tests, and refused with NODE_ENV=production' });
});
export type OrdersEnv = z.output<typeof ordersEnvSchema>;
