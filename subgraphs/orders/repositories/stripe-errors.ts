import { Stripe } from 'stripe';
import type { ProviderResult } from '../domain/payment-provider.ts';

/** The payment is not in a state for this call. https://docs.stripe.com/error-codes#payment-intent-unexpected-state */
export function isUnexpectedState(error: unknown): boolean {
  return error instanceof Stripe.errors.StripeError && error.code === 'payment_intent_unexpected_state';
}

/** https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts, or a currency that the account does not take. */
export function isAboutAmount(error: unknown): boolean {
  return error instanceof Stripe.errors.StripeInvalidRequestError && (error.param === 'amount' || error.param === 'currency');
}

/** Another request with this key, or on this payment, is under way: https://docs.stripe.com/error-low-level. */
export function isBusy(error: unknown): boolean {
  return error instanceof Stripe.errors.StripeError && (error.code === 'idempotency_key_in_use' || error.code === 'lock_timeout');
}

/** Stripe keeps a key's first answer for a day, refusals and its own failures too: https://docs.stripe.com/api/idempotent_requests. */
export function isRepeatedFailure(error: unknown): boolean {
  if (!(error instanceof Stripe.errors.StripeError) || !isRepeated(error.headers)) return false;
  return isUnexpectedState(error) || (error.statusCode ?? 0) >= 500;
}

export function isRepeated(headers: Readonly<Record<string, string>> | undefined): boolean {
  return headers?.['idempotent-replayed'] === 'true';
}

/**
 * `declined` is what has definitely not happened, because of the card or the request. Our own fault (a wrong key, a key used for something else), too many
 * requests, Stripe's failures and the network's say nothing about the payment.
 */
export function resultOfFailure(error: unknown): ProviderResult<never> {
  if (error instanceof Stripe.errors.StripeCardError)
    return { kind: 'declined', reason: error.decline_code || error.code || 'card_declined' };
  if (!(error instanceof Stripe.errors.StripeInvalidRequestError)) return { kind: 'unknown', cause: error };
  if (error.code === 'resource_missing' && (error.param === 'intent' || error.param === 'payment_intent'))
    return { kind: 'declined', reason: 'no_such_intent' };
  return { kind: 'declined', reason: error.code ?? 'invalid_request' };
}
