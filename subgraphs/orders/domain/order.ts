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
export type TicketStatus = 'VALID' | 'CHECKED_IN' | 'REFUND_PENDING' | 'REFUNDED';

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
  readonly checkedInAt: Date | null;
};

/** What is for sale no more, and can be used or given back. */
export const isInUse = ({ status }: Pick<Ticket, 'status'>): boolean => status === 'VALID' || status === 'CHECKED_IN';

/** A sold order is what its tickets are. */
export function statusOfSold(
  tickets: readonly Pick<Ticket, 'status'>[],
): 'CONFIRMED' | 'REFUND_PENDING' | 'PARTIALLY_REFUNDED' | 'REFUNDED' {
  const refunded = tickets.filter(({ status }) => status === 'REFUNDED').length;
  if (refunded === tickets.length) return 'REFUNDED';
  if (tickets.some(({ status }) => status === 'REFUND_PENDING')) return 'REFUND_PENDING';
  return refunded > 0 ? 'PARTIALLY_REFUNDED' : 'CONFIRMED';
}

/** And so is its payment: on its way back only once nothing of it is kept. */
export function paymentStatusOfSold(tickets: readonly Pick<Ticket, 'status'>[]): 'SUCCEEDED' | 'REFUND_PENDING' | 'REFUNDED' {
  if (tickets.some(isInUse)) return 'SUCCEEDED';
  return tickets.some(({ status }) => status === 'REFUND_PENDING') ? 'REFUND_PENDING' : 'REFUNDED';
}

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
