import type { Money } from '../../../kit/values/money.ts';
import type { HeldSeat } from './hold.ts';

export type PaymentIntentStatus =
  | 'REQUIRES_CONFIRMATION'
  | 'REQUIRES_ACTION'
  | 'PROCESSING'
  | 'REQUIRES_CAPTURE'
  | 'SUCCEEDED'
  | 'CANCELLED'
  | 'REFUND_PENDING'
  | 'REFUNDED';

/** What the payer must do before the payment can go on, e.g. a bank's confirmation page. */
export type PaymentAction = { readonly url: string };

export type PaymentIntent = {
  readonly id: string;
  readonly holdId: string;
  readonly eventId: string;
  readonly userId: string;
  readonly amount: Money;
  readonly seats: readonly HeldSeat[];
  readonly status: PaymentIntentStatus;
  /** Compare-and-set: every change names the version it read. */
  readonly version: number;
  /** Part of the provider's idempotency keys; a new number only after a definite failure. */
  readonly attempt: number;
  readonly orderId: string | null;
  /** Null until the provider has acknowledged it. */
  readonly providerIntentId: string | null;
  readonly clientSecret: string | null;
  /** Of the attempt under way, so that repeating it under the same key asks for the same thing; null: the provider's default. */
  readonly paymentMethod: string | null;
  /** Only with REQUIRES_ACTION. */
  readonly nextAction: PaymentAction | null;
  /** Cancelled here, and the provider has not acknowledged it yet. */
  readonly cancelDue: boolean;
  /** The hold cannot outlive this, whatever happens to it: the last resort when Redis has forgotten it. */
  readonly holdEndsAtLatest: Date;
  /** Since when the hold's details are gone although Redis answers. */
  readonly holdMissingSince: Date | null;
  readonly updatedAt: Date;
};

/** Which status may follow which. Every change goes through `repositories/payment-intent-repository.ts`, which refuses the others. */
export const PAYMENT_INTENT_TRANSITIONS = {
  REQUIRES_CONFIRMATION: ['PROCESSING', 'CANCELLED'],
  PROCESSING: ['REQUIRES_CONFIRMATION', 'REQUIRES_ACTION', 'REQUIRES_CAPTURE', 'SUCCEEDED', 'CANCELLED', 'REFUND_PENDING'],
  REQUIRES_ACTION: ['REQUIRES_CONFIRMATION', 'PROCESSING', 'REQUIRES_CAPTURE', 'SUCCEEDED', 'CANCELLED', 'REFUND_PENDING'],
  // Back to REQUIRES_CONFIRMATION: the capture was declined, and another card may be tried.
  REQUIRES_CAPTURE: ['SUCCEEDED', 'REQUIRES_CONFIRMATION', 'CANCELLED', 'REFUND_PENDING'],
  SUCCEEDED: ['REFUND_PENDING'],
  // CANCELLED: it was only authorised, so nothing had to be given back. SUCCEEDED: the provider has refused a refund that a person had asked for.
  REFUND_PENDING: ['REFUNDED', 'CANCELLED', 'SUCCEEDED'],
  // The payer was faster than our cancellation was at the provider.
  CANCELLED: ['REFUND_PENDING'],
  REFUNDED: [],
} as const satisfies Record<PaymentIntentStatus, readonly PaymentIntentStatus[]>;

export function canBecome(from: PaymentIntentStatus, to: PaymentIntentStatus): boolean {
  return (PAYMENT_INTENT_TRANSITIONS[from] as readonly PaymentIntentStatus[]).includes(to);
}

/** Money is there, or promised by the bank: enough to buy with. */
export function isConfirmed(status: PaymentIntentStatus): status is 'SUCCEEDED' | 'REQUIRES_CAPTURE' {
  return status === 'SUCCEEDED' || status === 'REQUIRES_CAPTURE';
}
