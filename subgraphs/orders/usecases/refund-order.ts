import type { Clock } from '../../../kit/values/clock.ts';
import { Unavailable } from '../../../kit/values/unavailable.ts';
import type { Order, Ticket } from '../domain/order.ts';
import { canSeeOrder } from '../domain/order.ts';
import type { RefundOrderOutcome, RefundRefusal } from '../domain/outcomes.ts';
import { idempotencyKeyReused, orderNotRefundable } from '../domain/outcomes.ts';
import type { Refund } from '../domain/refund.ts';
import { refundFingerprintOf, requestedRefundIdOf, ticketRefundOf } from '../domain/refund.ts';
import type { Viewer } from '../domain/viewer.ts';
import { isAdmin } from '../domain/viewer.ts';
import type { OrderRepository } from '../repositories/order-repository.ts';
import type { PaymentIntentRepository } from '../repositories/payment-intent-repository.ts';
import type { RefundRepository } from '../repositories/refund-repository.ts';
import type { SaleLedger } from '../repositories/sale-ledger.ts';
import type { ReadListings } from './read-listings.ts';
import type { SettleRefund } from './settle-refund.ts';

const TRIES_MAX = 10;

const NEVER_SOLD = new Set<Order['status']>(['PENDING_PAYMENT', 'PAYMENT_FAILED', 'EXPIRED']);

export type RefundOrderInput = {
  readonly orderId: string;
  /** Null: all that are still valid. */
  readonly ticketIds: readonly string[] | null;
  readonly idempotencyKey: string | null;
};

function refusalOf(chosen: readonly Ticket[], all: readonly Ticket[], order: Order): RefundRefusal | null {
  if (NEVER_SOLD.has(order.status)) return 'NOT_CONFIRMED';
  if (chosen.length === 0) return all.some((ticket) => ticket.status === 'CHECKED_IN') ? 'CHECKED_IN' : 'ALREADY_REFUNDED';
  if (chosen.some((ticket) => ticket.status === 'CHECKED_IN')) return 'CHECKED_IN';
  return chosen.some((ticket) => ticket.status !== 'VALID') ? 'ALREADY_REFUNDED' : null;
}

/** Gives back what a person asks for: the tickets first, in the ledger; then the money. `NotThere` and `NotOfOrder` are the caller's mistakes. */
export function createRefundOrder(deps: {
  orders: OrderRepository;
  intents: PaymentIntentRepository;
  refunds: RefundRepository;
  ledger: SaleLedger;
  settleRefund: SettleRefund;
  readListings: ReadListings;
  clock: Clock;
  logError: (error: unknown, what: string) => void;
}) {
  const { orders, clock } = deps;

  /** Until the event begins it is the buyer's decision, afterwards only its organizer's and admins'. */
  async function mayDecide(viewer: Viewer, order: Order): Promise<boolean> {
    if (isAdmin(viewer) || viewer.userId === order.organizerId) return true;
    const listing = (await deps.readListings([order.eventId])).get(order.eventId);
    return listing !== undefined && listing.startsAt > clock.now();
  }

  async function finish(refund: Refund): Promise<RefundOrderOutcome> {
    // Started is enough for the answer: what fails from here on the reconciler finishes, with the same keys.
    await deps.settleRefund(refund.id).catch((error: unknown) => deps.logError(error, `refund ${refund.id}`));
    if ((await deps.refunds.find(refund.id))?.status === 'FAILED') return orderNotRefundable('PROVIDER_REFUSED');
    const order = refund.orderId === null ? null : await orders.find(refund.orderId);
    if (!order) throw new Error(`The order of refund ${refund.id} is gone.`);
    return { kind: 'RefundOrderPayload', order };
  }

  return async function refundOrder(
    viewer: Viewer,
    input: RefundOrderInput,
  ): Promise<RefundOrderOutcome | { kind: 'NotThere' } | { kind: 'NotOfOrder' }> {
    const requested =
      input.idempotencyKey === null
        ? null
        : {
            id: requestedRefundIdOf(viewer.userId, input.idempotencyKey),
            fingerprint: refundFingerprintOf(input.orderId, input.ticketIds),
          };
    for (let tries = 0; tries < TRIES_MAX; tries += 1) {
      const order = await orders.find(input.orderId);
      if (!order || !canSeeOrder(viewer, order)) return { kind: 'NotThere' };
      const earlier = requested && (await deps.refunds.find(requested.id));
      if (earlier) return earlier.fingerprint === requested.fingerprint ? finish(earlier) : idempotencyKeyReused();

      const tickets = await orders.ticketsOfOrders([order.id]);
      const { ticketIds } = input;
      const chosen = tickets.filter((ticket) => (ticketIds === null ? ticket.status === 'VALID' : ticketIds.includes(ticket.id)));
      if (ticketIds !== null && chosen.length !== ticketIds.length) return { kind: 'NotOfOrder' };
      const refusal = refusalOf(chosen, tickets, order);
      if (refusal !== null) return orderNotRefundable(refusal);
      if (!(await mayDecide(viewer, order))) return orderNotRefundable('EVENT_STARTED');

      const intent = await deps.intents.find(order.paymentIntentId);
      if (!intent) throw new Error(`Order ${order.id} has no payment intent.`);
      const refund: Refund = { ...ticketRefundOf(order, chosen, clock.now()), owed: false, ...requested };
      if (await deps.ledger.startTicketRefund(order, intent, refund, ['VALID'])) return finish(refund);
      // Let in, or given back, or refunded by the event's end meanwhile: look again.
    }
    throw new Unavailable(`Order ${input.orderId} changes faster than it can be refunded.`);
  };
}
export type RefundOrder = ReturnType<typeof createRefundOrder>;
