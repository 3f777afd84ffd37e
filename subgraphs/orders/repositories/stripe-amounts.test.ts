import { describe, expect, it } from 'vitest';
import { stripeAmount } from './stripe-amounts.ts';

describe('an amount for Stripe', () => {
  it('is in the smallest unit, as ours is, for currencies with no and with two decimals', () => {
    expect(stripeAmount({ amount: 2_500, currency: 'EUR' })).toEqual({ amount: 2_500, currency: 'eur' });
    expect(stripeAmount({ amount: 500, currency: 'JPY' })).toEqual({ amount: 500, currency: 'jpy' });
    expect(stripeAmount({ amount: 0, currency: 'USD' })).toEqual({ amount: 0, currency: 'usd' });
  });

  it('must end in 0 for a currency with three decimals, and is refused rather than rounded', () => {
    expect(stripeAmount({ amount: 5_120, currency: 'KWD' })).toEqual({ amount: 5_120, currency: 'kwd' });
    expect(stripeAmount({ amount: 5_124, currency: 'KWD' })).toBeNull();
  });

  it('has two decimals for currencies that have none of them any more, so that nobody is charged a hundredth', () => {
    expect(stripeAmount({ amount: 5, currency: 'ISK' })).toEqual({ amount: 500, currency: 'isk' });
    expect(stripeAmount({ amount: 5, currency: 'UGX' })).toEqual({ amount: 500, currency: 'ugx' });
    // The runtime's table gives the forint no decimals; Stripe charges fillér.
    expect(stripeAmount({ amount: 1_000, currency: 'HUF' })).toEqual({ amount: 100_000, currency: 'huf' });
  });

  it('is refused where Stripe has fewer decimals than the amount, or cannot count that far', () => {
    expect(stripeAmount({ amount: 12_345, currency: 'CLF' })).toBeNull();
    expect(stripeAmount({ amount: 12_300, currency: 'CLF' })).toEqual({ amount: 123, currency: 'clf' });
    expect(stripeAmount({ amount: Number.MAX_SAFE_INTEGER, currency: 'HUF' })).toBeNull();
  });
});
