import type { OrdersSettings } from './app.ts';
import type { OrdersEnv } from './env.ts';
import type { PaymentSettings } from './payments.ts';

/** Introspection helps developers and maps the schema for everyone else: off in production unless asked for. */
export function ordersSettings(env: OrdersEnv): OrdersSettings {
  return {
    holdLifeSeconds: env.HOLD_TTL_SECONDS,
    payments: paymentSettings(env),
    defaultSeatPrice: env.DEFAULT_SEAT_PRICE,
    defaultCurrency: env.DEFAULT_CURRENCY,
    idempotencyLifeSeconds: env.IDEMPOTENCY_TTL_SECONDS,
    reconcileGraceSeconds: env.RECONCILE_GRACE_SECONDS,
    introspection: env.GRAPHQL_INTROSPECTION === undefined ? env.NODE_ENV !== 'production' : env.GRAPHQL_INTROSPECTION === 'on',
  };
}

function paymentSettings(env: OrdersEnv): PaymentSettings {
  const publicOrigin = new URL(env.PUBLIC_ORIGIN[0] ?? 'http://localhost:8080').origin;
  const shared = {
    capture: env.PAYMENT_CAPTURE,
    publicOrigin,
    returnUrl: env.PAYMENT_RETURN_URL ?? `${publicOrigin}/payments/return`,
  };
  const { STRIPE_SECRET_KEY: secretKey, STRIPE_WEBHOOK_SECRET: webhookSecret } = env;
  // The schema has seen to it that Stripe's are there when Stripe is wanted.
  return env.PAYMENT_PROVIDER === 'stripe' && secretKey !== undefined && webhookSecret !== undefined
    ? { ...shared, provider: 'stripe', secretKey, webhookSecret, apiUrl: env.STRIPE_API_URL }
    : { ...shared, provider: 'simulator' };
}
