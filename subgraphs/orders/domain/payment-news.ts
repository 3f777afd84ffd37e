import type { PaymentIntent } from './payment-intent.ts';
import type { ProviderIntent } from './payment-provider.ts';

export type PaymentNews = Partial<Pick<PaymentIntent, 'status' | 'attempt' | 'nextAction'>>;

/** What the provider's word changes about an intent that is on its way there; null where it decides nothing (yet). */
export function newsOf(intent: PaymentIntent, found: ProviderIntent): PaymentNews | null {
  const asked = intent.status === 'REQUIRES_ACTION';
  if (intent.status !== 'PROCESSING' && !asked) return null;
  switch (found.status) {
    case 'REQUIRES_CAPTURE':
    case 'SUCCEEDED':
    case 'CANCELLED':
      return { status: found.status };
    case 'REQUIRES_ACTION':
      return asked && found.nextAction?.url === intent.nextAction?.url ? null : { status: 'REQUIRES_ACTION', nextAction: found.nextAction };
    case 'PROCESSING':
      return asked ? { status: 'PROCESSING' } : null;
    case 'REQUIRES_CONFIRMATION':
      // An attempt that has asked the payer has reached the provider: it is this one that failed. Of one that is still PROCESSING nobody can tell:
      // it may be on its way there, and counted as failed it could be cancelled here while the money is still taken.
      return asked ? { status: 'REQUIRES_CONFIRMATION', attempt: intent.attempt + 1 } : null;
    case 'REFUNDED':
      return null;
  }
}
