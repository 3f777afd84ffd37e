import type { Money } from '../../../kit/values/money.ts';
import type { PaymentAction } from './payment-intent.ts';

/** What the provider knows of a payment. REFUNDED: all of it is back. */
export type ProviderStatus =
  | 'REQUIRES_CONFIRMATION'
  | 'REQUIRES_ACTION'
  | 'PROCESSING'
  | 'REQUIRES_CAPTURE'
  | 'SUCCEEDED'
  | 'CANCELLED'
  | 'REFUNDED';

export type ProviderIntent = {
  readonly providerIntentId: string;
  readonly status: ProviderStatus;
  /** Our intent's id, as `createIntent` was given it; null for a payment that is not ours. */
  readonly intentId: string | null;
  /** Only with REQUIRES_ACTION, and only where the provider has a page for it. */
  readonly nextAction: PaymentAction | null;
  /** Only with REQUIRES_CONFIRMATION: why the last confirmation came to nothing. */
  readonly declineReason: string | null;
};

export type ProviderPayment = ProviderIntent & {
  /** How much of it is back, or on its way back, in our unit; 0 where nothing was taken. */
  readonly refunded: number;
};

/** `unknown`: no answer in time, or one that says nothing; the money may have moved. Only asking again with the same key tells. */
export type ProviderResult<Value> =
  | { readonly kind: 'done'; readonly value: Value }
  | { readonly kind: 'declined'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly cause: unknown };

export const AMOUNT_NOT_PAYABLE = 'amount_not_payable';

/** Longer than this no adapter makes its caller wait. */
export const PROVIDER_DEADLINE_MS = 4_000;

/**
 * Takes and returns money. Every call carries an idempotency key: the same key moves nothing twice and gives the first answer again, or, where that
 * was no end (PROCESSING, REQUIRES_ACTION), what has become of it since. A key belongs to one call with one set of parameters.
 * No call throws for what a provider may do; each settles within `PROVIDER_DEADLINE_MS`. One suite for all: `testing/payment-provider-contract.ts`.
 */
export interface PaymentProvider {
  /** Declined as `AMOUNT_NOT_PAYABLE` where it takes no such amount, or not in this currency. */
  createIntent(request: {
    key: string;
    intentId: string;
    amount: Money;
  }): Promise<ProviderResult<ProviderIntent & { clientSecret: string }>>;
  /** With manual capture a success is REQUIRES_CAPTURE, else SUCCEEDED. `paymentMethod` null: the provider's default. */
  confirm(request: { key: string; providerIntentId: string; paymentMethod: string | null }): Promise<ProviderResult<ProviderIntent>>;
  capture(request: { key: string; providerIntentId: string }): Promise<ProviderResult<ProviderIntent>>;
  /** Declined when it has succeeded already (then the money must be refunded instead), or while it is being processed. */
  cancel(request: { key: string; providerIntentId: string }): Promise<ProviderResult<ProviderIntent>>;
  /** Declined beyond what was captured and is not back yet. Done only once the provider calls this refund settled. */
  refund(request: { key: string; providerIntentId: string; amount: Money }): Promise<ProviderResult<ProviderIntent>>;
  /** What has become of the refund of this key; null where there is none. Moves nothing. One that had succeeded may have failed since. */
  findRefund(request: { key: string; providerIntentId: string }): Promise<ProviderResult<'PENDING' | 'SUCCEEDED' | 'FAILED' | null>>;
  retrieve(providerIntentId: string): Promise<ProviderResult<ProviderPayment>>;
}
