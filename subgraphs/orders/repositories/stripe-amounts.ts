import type { Money } from '../../../kit/values/money.ts';
import { currencyDecimals } from '../../../kit/values/money.ts';

/** https://docs.stripe.com/currencies#zero-decimal */
const NO_DECIMALS = 'BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF'.split(' ');
/** https://docs.stripe.com/currencies#three-decimal */
const THREE_DECIMALS = 'BHD JOD KWD OMR TND'.split(' ');
/** https://docs.stripe.com/currencies#special-cases: given with two decimals, which must be zeros. */
const TWO_DECIMALS_BUT_ZEROS = ['ISK', 'UGX'];

function stripeDecimals(currency: string): number {
  if (NO_DECIMALS.includes(currency)) return 0;
  return THREE_DECIMALS.includes(currency) ? 3 : 2;
}

/** Stripe's smallest step, in its own unit: its partners take no thousandths, and no fractions of a króna. */
function stepOf(currency: string): number {
  if (THREE_DECIMALS.includes(currency)) return 10;
  return TWO_DECIMALS_BUT_ZEROS.includes(currency) ? 100 : 1;
}

const shiftOf = (currency: string): number => 10 ** (stripeDecimals(currency) - currencyDecimals(currency));

/**
 * Stripe's unit is not ours for every currency: ours is the runtime's, where a forint has no fractions and Stripe counts them.
 * Null for an amount that Stripe cannot take exactly; rounded, something else would be charged than what was shown.
 */
export function stripeAmount({ amount, currency }: Money): { amount: number; currency: string } | null {
  const shift = shiftOf(currency);
  const converted = Math.round(amount * shift);
  const exact = Number.isSafeInteger(converted) && (shift >= 1 || converted / shift === amount);
  return exact && converted % stepOf(currency) === 0 ? { amount: converted, currency: currency.toLowerCase() } : null;
}

/** The way back. No whole number where somebody has moved at Stripe what we cannot: then it is not what anybody expects. */
export function amountFromStripe(amount: number, stripeCurrency: string): number {
  const shift = shiftOf(stripeCurrency.toUpperCase());
  return shift >= 1 ? amount / shift : Math.round(amount / shift);
}
