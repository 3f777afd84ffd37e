import type { Clock } from '../../../kit/values/clock.ts';
import type { Listing } from '../domain/listing.ts';
import type { Order } from '../domain/order.ts';
import type { HoldStore } from '../repositories/hold-store.ts';
import type { ListingRepository } from '../repositories/listing-repository.ts';
import type { OrderRepository } from '../repositories/order-repository.ts';
import type { PaymentIntentRepository } from '../repositories/payment-intent-repository.ts';
import type { SaleLedger } from '../repositories/sale-ledger.ts';
import type { SeatMapStore } from '../repositories/seat-map-store.ts';
import type { FinishOrder } from './finish-order.ts';
import type { SettleRefund } from './settle-refund.ts';
import { wholeRefundOf } from './settle-refund.ts';

const LISTINGS_PER_RUN = 20;
const ORDERS_PER_LISTING = 100;

/**
 * The reconciler's fourth rule: an event that was cancelled or deleted lets go of its holds and gives everyone their money back, in batches,
 * until a pass that began late enough finds nothing left. A purchase that had read the open listing may still commit for as long as a transaction lives.
 */
export function createRefundClosedEvents(deps: {
  listings: ListingRepository;
  orders: OrderRepository;
  intents: PaymentIntentRepository;
  holds: HoldStore;
  map: SeatMapStore;
  ledger: SaleLedger;
  finishOrder: FinishOrder;
  settleRefund: SettleRefund;
  clock: Clock;
  /** After the close: no purchase that began before it can still commit. */
  settledAfterSeconds: number;
  logError: (error: unknown, what: string) => void;
}) {
  const { orders, clock } = deps;

  async function refundOrder(read: Order): Promise<void> {
    let order = read;
    if (order.status === 'PENDING_PAYMENT') {
      // To a sale first, because only a sale has money to give back; in the next breath it is refunded.
      const finished = await deps.finishOrder(order);
      if (finished.kind !== 'decided') return;
      order = finished.order;
    }
    if (order.status !== 'CONFIRMED') return;
    const intent = await deps.intents.find(order.paymentIntentId);
    if (!intent) throw new Error(`Order ${order.id} has no payment intent.`);
    const refund = wholeRefundOf(intent, order.id, clock.now());
    // Once it is started, the second rule sees to it, with pauses that grow.
    if (await deps.ledger.startOrderRefund(order, intent, refund)) await deps.settleRefund(refund.id);
  }

  async function close(listing: Listing & { closedAt: Date }): Promise<void> {
    const startedAt = clock.now();
    for (const hold of await deps.holds.ofEvent(listing.eventId)) await deps.holds.release(hold, { forced: true });
    for (const order of await orders.unrefundedOfEvent(listing.eventId, ORDERS_PER_LISTING))
      await refundOrder(order).catch((error: unknown) => deps.logError(error, `refund of order ${order.id}`));
    const early = startedAt.getTime() < listing.closedAt.getTime() + deps.settledAfterSeconds * 1_000;
    if (early || (await orders.hasUnfinishedOfEvent(listing.eventId))) return;
    await deps.map.end(listing.eventId);
    await deps.listings.markRefundsDone(listing.eventId, clock.now());
  }

  return async function refundClosedEvents(): Promise<void> {
    for (const listing of await deps.listings.closedWithoutRefundsDone(LISTINGS_PER_RUN)) {
      // Before the pass: one that cannot be finished goes to the back of the queue like every other.
      await deps.listings.markRefundPass(listing.eventId, clock.now());
      await close(listing).catch((error: unknown) => deps.logError(error, `close of event ${listing.eventId}`));
    }
  };
}
export type RefundClosedEvents = ReturnType<typeof createRefundClosedEvents>;
