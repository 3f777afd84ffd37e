import type { Order, Ticket } from './order.ts';
import { isInUse, isLive, paymentStatusOfSold, statusOfSold } from './order.ts';
import type { PaymentIntent } from './payment-intent.ts';
import type { ProviderPayment } from './payment-provider.ts';
import type { ClaimState } from './seat-map.ts';
import type { SeatingPlan } from './seating-plan.ts';

export type DifferenceKind =
  | 'CLAIM_WITHOUT_ORDER'
  | 'CLAIM_DIFFERS_FROM_TICKETS'
  | 'ORDER_DIFFERS_FROM_TICKETS'
  | 'ORDER_STUCK'
  | 'PAYMENT_DIFFERS_FROM_ORDER'
  | 'PAYMENT_DIFFERS_AT_PROVIDER'
  | 'PAYMENT_STUCK'
  | 'REFUND_STUCK'
  | 'EVENT_NOT_TOLD'
  | 'SEAT_NOT_IN_PLAN';

/** Something that should never be. Reported, never repaired: whoever repairs it has to know why it is so. */
export type Difference = {
  readonly kind: DifferenceKind;
  readonly message: string;
  readonly eventId: string | null;
  readonly orderId: string | null;
  readonly paymentIntentId: string | null;
};

export type SeatClaim = { readonly eventId: string; readonly seatId: string; readonly orderId: string; readonly state: ClaimState };

/** An order with everything that hangs on it, as it was at one moment. */
export type OrderFacts = {
  readonly order: Order;
  readonly tickets: readonly Ticket[];
  readonly claims: readonly SeatClaim[];
  readonly intent: PaymentIntent | null;
};

const isSold = (order: Order): boolean => isLive(order.status) && order.status !== 'PENDING_PAYMENT';
const sortedSeats = (seats: readonly { readonly seatId: string }[]): string =>
  seats
    .map((seat) => seat.seatId)
    .toSorted()
    .join(' ');

/** Promised by the 60th second, whoever died. */
export const STUCK_AFTER_SECONDS = 60;

export function auditOrder(facts: OrderFacts, plan: SeatingPlan, now: Date): Difference[] {
  const { order, tickets, claims, intent } = facts;
  const found: Difference[] = [];
  const report = (kind: DifferenceKind, message: string): void =>
    void found.push({ kind, message, eventId: order.eventId, orderId: order.id, paymentIntentId: order.paymentIntentId });

  const inUse = isSold(order) ? tickets.filter((ticket) => ticket.status !== 'REFUNDED').map((ticket) => ticket.seat) : [];
  const owned = order.status === 'PENDING_PAYMENT' ? order.seats : inUse;
  const state: ClaimState = order.status === 'PENDING_PAYMENT' ? 'PENDING' : 'SOLD';
  if (sortedSeats(owned) !== sortedSeats(claims) || claims.some((claim) => claim.state !== state || claim.eventId !== order.eventId))
    report(
      'CLAIM_DIFFERS_FROM_TICKETS',
      `An order that is ${order.status} should have ${owned.length} claims ${state}; it has ${claims.length}.`,
    );
  if (!isSold(order) && tickets.length > 0)
    report('ORDER_DIFFERS_FROM_TICKETS', `An order that is ${order.status} has ${tickets.length} tickets.`);
  if (isSold(order)) {
    if (sortedSeats(order.seats) !== sortedSeats(tickets.map((ticket) => ticket.seat)))
      report('ORDER_DIFFERS_FROM_TICKETS', `The tickets are not those of the order's ${order.seats.length} seats.`);
    else if (statusOfSold(tickets) !== order.status)
      report('ORDER_DIFFERS_FROM_TICKETS', `The order is ${order.status}; by its tickets it is ${statusOfSold(tickets)}.`);
    const worth = inUse.reduce((sum, seat) => sum + seat.price.amount, 0);
    const kept = order.total.amount - order.refunded.amount;
    if (worth !== kept) report('ORDER_DIFFERS_FROM_TICKETS', `Tickets worth ${worth} are in use; ${kept} of the money is kept.`);
    const should = paymentStatusOfSold(tickets);
    if (intent?.orderId !== order.id || intent.status !== should)
      report('PAYMENT_DIFFERS_FROM_ORDER', `The payment should be ${should} and the order's; it is ${intent?.status ?? 'not there'}.`);
    for (const seat of inUse)
      if (!plan.seats.has(seat.seatId)) report('SEAT_NOT_IN_PLAN', `Seat ${seat.seatId} is sold and not in the event's plan.`);
  } else if (order.status === 'PENDING_PAYMENT') {
    if (intent?.orderId !== order.id)
      report('PAYMENT_DIFFERS_FROM_ORDER', `The payment of a pending order belongs to ${intent?.orderId ?? 'no order'}.`);
    if (now.getTime() - order.placedAt.getTime() > STUCK_AFTER_SECONDS * 1_000)
      report('ORDER_STUCK', `Pending since ${order.placedAt.toISOString()}.`);
  } else if (intent?.orderId === order.id && intent.status === 'SUCCEEDED')
    report('PAYMENT_DIFFERS_FROM_ORDER', `The money was taken for an order that is ${order.status}.`);
  return found;
}

/** What a claim may belong to; null: to nothing. */
export function auditClaim(claim: SeatClaim, order: Order | null): Difference | null {
  if (order && isLive(order.status)) return null;
  return {
    kind: 'CLAIM_WITHOUT_ORDER',
    message: `Seat ${claim.seatId} is claimed for an order that ${order ? `is ${order.status}` : 'is not there'}.`,
    eventId: claim.eventId,
    orderId: claim.orderId,
    paymentIntentId: null,
  };
}

const worth = (tickets: readonly Ticket[]): number => tickets.reduce((sum, { seat }) => sum + seat.price.amount, 0);

/** `theirs` null: the provider does not know it. `facts` null: it has no order. */
export function auditPayment(ours: PaymentIntent, theirs: ProviderPayment | null, facts: OrderFacts | null): Difference | null {
  const differs = (message: string): Difference => ({
    kind: 'PAYMENT_DIFFERS_AT_PROVIDER',
    message,
    eventId: ours.eventId,
    orderId: ours.orderId,
    paymentIntentId: ours.id,
  });
  if (theirs === null) return differs(`The payment is ${ours.status} here, and unknown to the provider.`);
  const taken = theirs.status === 'SUCCEEDED';
  // A free ticket may be all that is left of an order: then nothing of the money is kept, and the sale stands.
  const isAllBack = theirs.status === 'REFUNDED' && facts !== null && worth(facts.tickets.filter(isInUse)) === 0;
  if (ours.status === 'SUCCEEDED' && !taken && !isAllBack) return differs(`The money is taken here; the provider says ${theirs.status}.`);
  if (ours.status === 'CANCELLED' && taken) return differs('The payment is cancelled here; the provider has taken the money.');
  if (ours.status === 'REFUNDED' && theirs.status !== 'REFUNDED')
    return differs(`The money is back here; the provider says ${theirs.status}.`);
  if (facts === null || !isSold(facts.order)) return null;
  const back = facts.order.refunded.amount;
  const onItsWay = worth(facts.tickets.filter(({ status }) => status === 'REFUND_PENDING'));
  if (theirs.refunded < back || theirs.refunded > back + onItsWay)
    return differs(`${back} went back here, and ${onItsWay} is on its way; the provider has given back ${theirs.refunded}.`);
  return null;
}
