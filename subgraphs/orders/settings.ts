import type { OrdersSettings } from './app.ts';
import type { OrdersEnv } from './env.ts';

/** Introspection helps developers and maps the schema for everyone else: off in production unless asked for. */
export function ordersSettings(env: OrdersEnv): OrdersSettings {
  return {
    holdLifeSeconds: env.HOLD_TTL_SECONDS,
    capture: env.PAYMENT_CAPTURE,
    defaultSeatPrice: env.DEFAULT_SEAT_PRICE,
    defaultCurrency: env.DEFAULT_CURRENCY,
    idempotencyLifeSeconds: env.IDEMPOTENCY_TTL_SECONDS,
    reconcileGraceSeconds: env.RECONCILE_GRACE_SECONDS,
    introspection: env.GRAPHQL_INTROSPECTION === undefined ? env.NODE_ENV !== 'production' : env.GRAPHQL_INTROSPECTION === 'on',
  };
}
