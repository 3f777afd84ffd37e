import { derivedId } from '../../../kit/values/ids.ts';
import type { Money } from '../../../kit/values/money.ts';
import { sumMoney } from '../../../kit/values/money.ts';
import type { Order, Ticket } from './order.ts';
import type { PaymentIntent } from './payment-intent.ts';

/** FAILED: the provider has refused what a person asked for; the tickets are what they were before. */
export type RefundStatus = 'PENDING' | 'SETTLED' | 'FAILED';

/** Money on its way back. `orderId` null: it was taken for a hold that never became an order. */
export type Refund = {
  readonly id: string;
  readonly paymentIntentId: string;
  readonly orderId: string | null;
  /** The order's tickets that are given back; empty without an order. */
  readonly ticketIds: readonly string[];
  readonly amount: Money;
  /** What we owe is asked for again until it is settled; what a person asks for may be refused. */
  readonly owed: boolean;
  /** Of the request, where a person made it: the same idempotency key with another one is a mistake. */
  readonly fingerprint: string | null;
  readonly status: RefundStatus;
  readonly createdAt: Date;
  readonly attempts: number;
  /** How often the provider has refused it. */
  readonly refusals: number;
  /** It had arrived and came back: order and tickets are at their end, and only the money is owed. */
  readonly returned: boolean;
};

/** Of a payment that has no order: one per intent, so a second attempt to start it meets the first one's row. */
export function unboundRefundOf(intent: PaymentIntent, now: Date): Refund {
  return {
    id: derivedId('rf', intent.id, 'unbound'),
    paymentIntentId: intent.id,
    orderId: null,
    ticketIds: [],
    amount: intent.amount,
    owed: true,
    fingerprint: null,
    status: 'PENDING',
    createdAt: now,
    attempts: 0,
    refusals: 0,
    returned: false,
  };
}

/** Of some tickets of an order as it was read: a change of the order in between makes it another refund. */
export function ticketRefundOf(order: Order, tickets: readonly Ticket[], now: Date): Refund {
  return {
    id: derivedId('rf', order.id, String(order.version)),
    paymentIntentId: order.paymentIntentId,
    orderId: order.id,
    ticketIds: tickets.map((ticket) => ticket.id),
    amount: sumMoney(
      tickets.map((ticket) => ticket.seat.price),
      order.total.currency,
    ),
    owed: true,
    fingerprint: null,
    status: 'PENDING',
    createdAt: now,
    attempts: 0,
    refusals: 0,
    returned: false,
  };
}

/** At the provider. It answers a key the same for ever, so what it has definitely refused is asked for under another one. */
export const refundKeyOf = ({ id, refusals }: Refund): string => (refusals === 0 ? id : `${id}.${refusals}`);
export const refundIdOfKey = (key: string): string => key.split('.', 1)[0] ?? key;

/** From the key, as an order's id is: a repeated request finds its refund for ever. */
export const requestedRefundIdOf = (userId: string, key: string): string => derivedId('rf', userId, 'refundOrder', key);
export const refundFingerprintOf = (orderId: string, ticketIds: readonly string[] | null): string =>
  derivedId('fp', orderId, ...(ticketIds === null ? ['all'] : ['some', ...ticketIds.toSorted()]));
