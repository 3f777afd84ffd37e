import type { Money } from '../../../kit/values/money.ts';
import { sumMoney } from '../../../kit/values/money.ts';
import { derivedId } from '../../../kit/values/ids.ts';
import type { HeldSeat } from './hold.ts';
import type { Viewer } from './viewer.ts';
import { isAdmin } from './viewer.ts';

export type OrderStatus =
  | 'PENDING_PAYMENT'
  | 'CONFIRMED'
  | 'PAYMENT_FAILED'
  | 'EXPIRED'
  | 'REFUND_PENDING'
  | 'PARTIALLY_REFUNDED'
  | 'REFUNDED';
export type TicketStatus = 'VALID' | 'REFUND_PENDING' | 'REFUNDED';

export type Order = {
  readonly id: string;
  readonly userId: string;
  readonly eventId: string;
  readonly organizerId: string;
  readonly holdId: string;
  readonly paymentIntentId: string;
  /** The idempotency record that its confirmation completes. */
  readonly recordId: string;
  readonly fingerprint: string;
  readonly status: OrderStatus;
  readonly seats: readonly HeldSeat[];
  readonly total: Money;
  readonly refunded: Money;
  readonly placedAt: Date;
  readonly version: number;
};

export type Ticket = {
  readonly id: string;
  readonly orderId: string;
  readonly eventId: string;
  readonly seat: HeldSeat;
  readonly status: TicketStatus;
};

/** Seats of such an order are claimed, and its hold cannot be bought again. */
const LIVE = {
  PENDING_PAYMENT: true,
  CONFIRMED: true,
  PAYMENT_FAILED: false,
  EXPIRED: false,
  REFUND_PENDING: true,
  PARTIALLY_REFUNDED: true,
  REFUNDED: true,
} as const satisfies Record<OrderStatus, boolean>;
export const isLive = (status: OrderStatus): boolean => LIVE[status];

/** From the key, so that a key finds its order for ever, whatever became of the idempotency record. */
export const orderIdOf = (userId: string, key: string): string => derivedId('ord', userId, 'purchase', key);
export const ticketIdOf = (orderId: string, seatId: string): string => derivedId('tkt', orderId, seatId);

export function canSeeOrder(viewer: Viewer | null, order: Order): boolean {
  return viewer !== null && (viewer.userId === order.userId || viewer.userId === order.organizerId || isAdmin(viewer));
}

export function orderTotal(seats: readonly HeldSeat[], currency: string): Money {
  return sumMoney(
    seats.map((seat) => seat.price),
    currency,
  );
}
