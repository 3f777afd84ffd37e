import type { Clock } from '../../../kit/values/clock.ts';
import type { Listing } from '../domain/listing.ts';
import type { Order } from '../domain/order.ts';
import { isInUse } from '../domain/order.ts';
import { ticketRefundOf } from '../domain/refund.ts';
import type { HoldStore } from '../repositories/hold-store.ts';
import type { ListingRepository } from '../repositories/listing-repository.ts';
import type { OrderRepository } from '../repositories/order-repository.ts';
import type { PaymentIntentRepository } from '../repositories/payment-intent-repository.ts';
import type { SaleLedger } from '../repositories/sale-ledger.ts';
import type { SeatMapStore } from '../repositories/seat-map-store.ts';
import type { FinishOrder } from './finish-order.ts';
import { someAtATime } from './some-at-a-time.ts';
import type { SettleRefund } from './settle-refund.ts';

const LISTINGS_PER_RUN = 20;
const ORDERS_PER_BATCH = 100;
/** A provider takes a second for each, and a sold-out hall is thousands. */
const ORDERS_AT_ONCE = 8;
/** A sold-out hall; what is more waits for the next run, so that other events have their turn. */
const BATCHES_PER_LISTING = 100;

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
    const inUse = (await orders.ticketsOfOrders([order.id])).filter(isInUse);
    if (inUse.length === 0) return;
    const intent = await deps.intents.find(order.paymentIntentId);
    if (!intent) throw new Error(`Order ${order.id} has no payment intent.`);
    const refund = ticketRefundOf(order, inUse, clock.now());
    // Once it is started, the second rule sees to it, with pauses that grow. Who was let in already gets the money back too.
    if (await deps.ledger.startTicketRefund(order, intent, refund, ['VALID', 'CHECKED_IN'])) await deps.settleRefund(refund.id);
  }

  /** A courtesy: a hold of a closed event cannot be bought, and money goes back with Redis away, too. False where it must be done again. */
  async function releaseHolds(eventId: string): Promise<boolean> {
    try {
      for (const hold of await deps.holds.ofEvent(eventId)) await deps.holds.release(hold, { forced: true });
      return true;
    } catch (error) {
      deps.logError(error, `release of the holds of event ${eventId}`);
      return false;
    }
  }

  async function close(listing: Listing & { closedAt: Date }, mayGoOn: () => Promise<boolean>): Promise<void> {
    const startedAt = clock.now();
    const holdsAreGone = await releaseHolds(listing.eventId);
    for (let batch = 0; batch < BATCHES_PER_LISTING; batch += 1) {
      const unrefunded = await orders.unrefundedOfEvent(listing.eventId, ORDERS_PER_BATCH);
      await someAtATime(ORDERS_AT_ONCE, unrefunded, (order) =>
        refundOrder(order).catch((error: unknown) => deps.logError(error, `refund of order ${order.id}`)),
      );
      // Fewer than a batch is all there was; and whoever has lost the lease leaves the rest to the one who has it.
      if (unrefunded.length < ORDERS_PER_BATCH || !(await mayGoOn())) break;
    }
    const early = startedAt.getTime() < listing.closedAt.getTime() + deps.settledAfterSeconds * 1_000;
    if (early || !holdsAreGone || (await orders.hasUnfinishedOfEvent(listing.eventId))) return;
    await deps.map.end(listing.eventId);
    await deps.listings.markRefundsDone(listing.eventId, clock.now());
  }

  return async function refundClosedEvents(mayGoOn: () => Promise<boolean> = () => Promise.resolve(true)): Promise<void> {
    for (const listing of await deps.listings.closedWithoutRefundsDone(LISTINGS_PER_RUN)) {
      // Before the pass: one that cannot be finished goes to the back of the queue like every other.
      await deps.listings.markRefundPass(listing.eventId, clock.now());
      await close(listing, mayGoOn).catch((error: unknown) => deps.logError(error, `close of event ${listing.eventId}`));
      if (!(await mayGoOn())) return;
    }
  };
}
export type RefundClosedEvents = ReturnType<typeof createRefundClosedEvents>;
