import type { Money } from '../../../kit/values/money.ts';

/** What the provider knows of a payment. */
export type ProviderStatus = 'REQUIRES_CONFIRMATION' | 'PROCESSING' | 'REQUIRES_CAPTURE' | 'SUCCEEDED' | 'CANCELLED' | 'REFUNDED';

export type ProviderIntent = { readonly providerIntentId: string; readonly status: ProviderStatus };

/** `unknown`: no answer in time, or one that says nothing; the money may have moved. Only asking again with the same key tells. */
export type ProviderResult<Value> =
  | { readonly kind: 'done'; readonly value: Value }
  | { readonly kind: 'declined'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly cause: unknown };

/** Longer than this no adapter makes its caller wait. */
export const PROVIDER_DEADLINE_MS = 4_000;

/**
 * Takes and returns money. Every call carries an idempotency key: the same key gives the first answer again and moves nothing twice.
 * No call throws for what a provider may do; each settles within `PROVIDER_DEADLINE_MS`.
 */
export interface PaymentProvider {
  createIntent(request: {
    key: string;
    intentId: string;
    amount: Money;
  }): Promise<ProviderResult<ProviderIntent & { clientSecret: string }>>;
  /** With manual capture a success is REQUIRES_CAPTURE, else SUCCEEDED. */
  confirm(request: { key: string; providerIntentId: string; paymentMethod: string }): Promise<ProviderResult<ProviderIntent>>;
  capture(request: { key: string; providerIntentId: string }): Promise<ProviderResult<ProviderIntent>>;
  /** Declined when it has succeeded already: then the money must be refunded instead. */
  cancel(request: { key: string; providerIntentId: string }): Promise<ProviderResult<ProviderIntent>>;
  refund(request: { key: string; providerIntentId: string; amount: Money }): Promise<ProviderResult<ProviderIntent>>;
  retrieve(providerIntentId: string): Promise<ProviderResult<ProviderIntent>>;
}
