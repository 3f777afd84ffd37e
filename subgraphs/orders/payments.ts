import type { FastifyInstance } from 'fastify';
import type { Db } from 'mongodb';
import type { Clock } from '../../kit/values/clock.ts';
import type { PaymentProvider } from './domain/payment-provider.ts';
import { serveActionPages } from './http/action-pages.ts';
import { serveReturnPage } from './http/return-page.ts';
import { serveStripeWebhook } from './http/stripe-webhook.ts';
import { createSimulatorPayments } from './repositories/simulator-payments.ts';
import { createStripeClient } from './repositories/stripe-client.ts';
import { createStripeEvents } from './repositories/stripe-events.ts';
import { createStripePayments } from './repositories/stripe-payments.ts';
import type { FollowPayment } from './usecases/follow-payment.ts';

export type PaymentSettings = {
  readonly capture: 'automatic' | 'manual';
  /** Where payers' browsers reach `serve`'s pages. */
  readonly publicOrigin: string;
  readonly returnUrl: string;
} & (
  | { readonly provider: 'simulator' }
  | { readonly provider: 'stripe'; readonly secretKey: string; readonly webhookSecret: string; readonly apiUrl: string }
);

export type Payments = {
  readonly provider: PaymentProvider;
  /** What the public reaches of it, under /payments: the router passes these paths on, and no others. */
  readonly serve: (app: FastifyInstance, deps: { followPayment: FollowPayment; logError: (error: unknown, what: string) => void }) => void;
  readonly ensureIndexes: () => Promise<void>;
  readonly close: () => void;
};

/** The payment provider that the settings name, with the pages and webhooks that belong to it. */
export function createPayments(deps: { db: Db; clock: Clock; settings: PaymentSettings }): Payments {
  const { settings } = deps;
  const { capture, returnUrl } = settings;
  if (settings.provider === 'stripe') {
    const { stripe, close } = createStripeClient(settings);
    const readNotice = createStripeEvents({ stripe, webhookSecret: settings.webhookSecret });
    return {
      provider: createStripePayments({ stripe, capture, returnUrl }),
      serve: (app, { followPayment, logError }) => {
        serveReturnPage(app);
        serveStripeWebhook(app, { readNotice, followPayment, logError });
      },
      ensureIndexes: () => Promise.resolve(),
      close,
    };
  }
  const actionUrl = (providerIntentId: string, token: string): string =>
    `${settings.publicOrigin}/payments/actions/${providerIntentId}?token=${token}`;
  const simulator = createSimulatorPayments({ db: deps.db, clock: deps.clock, capture, actionUrl });
  return {
    provider: simulator,
    serve: (app) => {
      serveReturnPage(app);
      serveActionPages(app, { simulator, returnUrl });
    },
    ensureIndexes: simulator.ensureIndexes,
    close: () => undefined,
  };
}
