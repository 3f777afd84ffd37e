import { beforeAll, describe, expect, it } from 'vitest';
import { parseEnv } from '../../kit/runtime/env.ts';
import { createKeys } from '../../local/keys.ts';
import { processSettings } from '../../local/settings.ts';
import { ordersEnvSchema } from './env.ts';
import { ordersSettings } from './settings.ts';

let required: Record<string, string>;
beforeAll(async () => {
  const ports = { auth: 4_001, events: 4_002, orders: 4_003, router: 8_080 };
  const servers = { mongoUrl: 'mongodb://127.0.0.1', redisUrl: 'redis://127.0.0.1' };
  required = processSettings({ ...servers, ports, keys: await createKeys(), operator: {}, admin: { email: '', password: '' } }).orders;
});
const paymentsOf = (settings: Record<string, string>) => ordersSettings(parseEnv(ordersEnvSchema, { ...required, ...settings })).payments;

describe("the payment provider's settings", () => {
  it('are the simulator, unless Stripe is asked for', () => {
    expect(paymentsOf({})).toEqual({
      provider: 'simulator',
      capture: 'automatic',
      publicOrigin: 'http://localhost:8080',
      returnUrl: 'http://localhost:8080/payments/return',
    });
  });

  it('say what is missing for Stripe', () => {
    expect(() => paymentsOf({ PAYMENT_PROVIDER: 'stripe' })).toThrow(
      /STRIPE_SECRET_KEY: must be set with PAYMENT_PROVIDER=stripe[\s\S]*STRIPE_WEBHOOK_SECRET: must be set with PAYMENT_PROVIDER=stripe/,
    );
    const publishable = { PAYMENT_PROVIDER: 'stripe', STRIPE_SECRET_KEY: 'pk_test_1', STRIPE_WEBHOOK_SECRET: 'secret' };
    expect(() => paymentsOf(publishable)).toThrow(
      /STRIPE_SECRET_KEY: must be a secret[\s\S]*STRIPE_WEBHOOK_SECRET: must be the signing secret/,
    );
  });

  it('lead payers to the first public origin, and back to the shop', () => {
    expect(
      paymentsOf({
        PAYMENT_PROVIDER: 'stripe',
        PAYMENT_CAPTURE: 'manual',
        PAYMENT_RETURN_URL: 'https://shop.example/checkout',
        PUBLIC_ORIGIN: 'https://tickets.example,https://www.tickets.example',
        STRIPE_SECRET_KEY: 'sk_test_1',
        STRIPE_WEBHOOK_SECRET: 'whsec_1',
      }),
    ).toEqual({
      provider: 'stripe',
      capture: 'manual',
      publicOrigin: 'https://tickets.example',
      returnUrl: 'https://shop.example/checkout',
      secretKey: 'sk_test_1',
      webhookSecret: 'whsec_1',
      apiUrl: 'https://api.stripe.com',
    });
  });
});
