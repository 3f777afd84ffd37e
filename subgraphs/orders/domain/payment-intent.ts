import type { Money } from '../../../kit/values/money.ts';
import type { HeldSeat } from './hold.ts';

export type PaymentIntentStatus =
  | 'REQUIRES_CONFIRMATION'
  | 'PROCESSING'
  | 'REQUIRES_CAPTURE'
  | 'SUCCEEDED'
  | 'CANCELLED'
  | 'REFUND_PENDING'
  | 'REFUNDED';

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
  /** The hold cannot outlive this, whatever happens to it: the last resort when Redis has forgotten it. */
  readonly holdEndsAtLatest: Date;
  /** Since when the hold's details are gone although Redis answers. */
  readonly holdMissingSince: Date | null;
  readonly updatedAt: Date;
};

/** Which status may follow which. Every change goes through `repositories/payment-intent-repository.ts`, which refuses the others. */
export const PAYMENT_INTENT_TRANSITIONS = {
  REQUIRES_CONFIRMATION: ['PROCESSING', 'CANCELLED'],
  PROCESSING: ['REQUIRES_CONFIRMATION', 'REQUIRES_CAPTURE', 'SUCCEEDED', 'CANCELLED', 'REFUND_PENDING'],
  // Back to REQUIRES_CONFIRMATION: the capture was declined, and another card may be tried.
  REQUIRES_CAPTURE: ['SUCCEEDED', 'REQUIRES_CONFIRMATION', 'CANCELLED', 'REFUND_PENDING'],
  SUCCEEDED: ['REFUND_PENDING'],
  // CANCELLED: it was only authorised, so nothing had to be given back.
  REFUND_PENDING: ['REFUNDED', 'CANCELLED'],
  CANCELLED: [],
  REFUNDED: [],
} as const satisfies Record<PaymentIntentStatus, readonly PaymentIntentStatus[]>;

export function canBecome(from: PaymentIntentStatus, to: PaymentIntentStatus): boolean {
  return (PAYMENT_INTENT_TRANSITIONS[from] as readonly PaymentIntentStatus[]).includes(to);
}

/** Money is there, or promised by the bank: enough to buy with. */
export function isConfirmed(status: PaymentIntentStatus): status is 'SUCCEEDED' | 'REQUIRES_CAPTURE' {
  return status === 'SUCCEEDED' || status === 'REQUIRES_CAPTURE';
}
