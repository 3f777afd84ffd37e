import type { Stripe } from 'stripe';
import type { PaymentNotice } from '../domain/payment-notice.ts';
import { refundIdOfKey } from '../domain/refund.ts';

const TOLERANCE_SECONDS = 300;

const OF_INTENTS = new Set([
  'payment_intent.succeeded',
  'payment_intent.amount_capturable_updated',
  'payment_intent.requires_action',
  'payment_intent.processing',
  'payment_intent.payment_failed',
  'payment_intent.canceled',
]);
const OF_REFUNDS = new Set(['refund.updated', 'refund.failed']);

/** Which events tell us of a payment of ours, and where they say of which one; all others are nobody's. */
function noticeOf(event: Stripe.Event): PaymentNotice {
  const { object } = event.data;
  const metadata = 'metadata' in object ? object.metadata : null;
  const refundKey = (OF_REFUNDS.has(event.type) && metadata?.['refund_key']) || null;
  return {
    id: event.id,
    intentId: (OF_INTENTS.has(event.type) && metadata?.['intent_id']) || null,
    refundId: refundKey && refundIdOfKey(refundKey),
  };
}

/** Webhooks: signed by Stripe within the last five minutes, else null. https://docs.stripe.com/webhooks#verify-events */
export function createStripeEvents(deps: { stripe: Stripe; webhookSecret: string }) {
  return function readNotice(body: Buffer, signature: string): PaymentNotice | null {
    try {
      return noticeOf(deps.stripe.webhooks.constructEvent(body, signature, deps.webhookSecret, TOLERANCE_SECONDS));
    } catch {
      return null;
    }
  };
}
