import type { MongoClient } from 'mongodb';
import { isDuplicateKey } from '../../../kit/runtime/mongo.ts';
import type { Outbox } from '../../../kit/runtime/outbox.ts';
import { derivedId } from '../../../kit/values/ids.ts';
import { sumMoney } from '../../../kit/values/money.ts';
import type { Clock } from '../../../kit/values/clock.ts';
import type { StoredAnswer } from '../domain/idempotency.ts';
import type { Order, TicketStatus } from '../domain/order.ts';
import { isInUse, ticketIdOf } from '../domain/order.ts';
import { isOnSale } from '../domain/listing.ts';
import { canSell, planAggregateOf } from '../domain/seating-plan.ts';
import type { PaymentIntent } from '../domain/payment-intent.ts';
import type { Refund } from '../domain/refund.ts';
import type { ClaimRepository } from './claim-repository.ts';
import { Aborted, createLedgerSteps, seatIdsOf } from './ledger-steps.ts';
import type { IdempotencyRepository } from './idempotency-repository.ts';
import type { ListingRepository } from './listing-repository.ts';
import type { OrderRepository } from './order-repository.ts';
import type { PaymentIntentRepository } from './payment-intent-repository.ts';
import type { PlanLayout, SeatingPlanRepository } from './seating-plan-repository.ts';
import type { RefundRepository } from './refund-repository.ts';

export type LedgerDeps = {
  readonly client: MongoClient;
  readonly clock: Clock;
  readonly outbox: Outbox;
  readonly claims: ClaimRepository;
  readonly orders: OrderRepository;
  readonly intents: PaymentIntentRepository;
  readonly refunds: RefundRepository;
  readonly listings: ListingRepository;
  readonly idempotency: IdempotencyRepository;
  readonly plans: SeatingPlanRepository;
};

/**
 * Everything that changes seats, orders and money together: each method is one transaction, all of it or nothing.
 * A callback may run more than once, so nothing in it leaves MongoDB and every id in it is known before.
 */
export function createSaleLedger(deps: LedgerDeps) {
  const { claims, orders, intents, refunds, listings, idempotency, outbox } = deps;
  const { transaction, unlessMoved, announce, letGo, followTickets } = createLedgerSteps(deps);

  return {
    /**
     * Transaction A: claims, order and intent bound together. It reads the listing and the plan, and writes nothing that purchases share.
     * `taken`: a seat is claimed or in the plan no more, the hold has an order, or the intent has moved.
     */
    async claimSeats(order: Order, intent: PaymentIntent): Promise<'claimed' | 'taken' | 'closed'> {
      try {
        await transaction(async (session) => {
          const listing = await listings.find(order.eventId, session);
          if (!listing || !isOnSale(listing, deps.clock.now())) throw new Aborted('closed');
          // No plan takes a held seat away; but this purchase may have stood still until its hold was over.
          const plan = await deps.plans.of(order.eventId, session);
          if (!order.seats.every((seat) => canSell(plan, seat))) throw new Aborted('replanned');
          await claims.insertPending(session, order.eventId, order.id, seatIdsOf(order));
          await orders.insert(session, order);
          if (intent.orderId !== null || !(await intents.change(intent, { orderId: order.id }, deps.clock.now(), session)))
            throw new Aborted('moved');
          await announce(session, 'order.placed', order, order.version);
        });
        return 'claimed';
      } catch (error) {
        if (error instanceof Aborted) return error.reason === 'closed' ? 'closed' : 'taken';
        if (isDuplicateKey(error)) return 'taken';
        throw error;
      }
    },

    /**
     * Transaction A″ and the reconciler's third rule: money without seats goes back. False when the intent has moved meanwhile.
     * The refund itself follows; from here on the reconciler sees to it.
     */
    async startUnboundRefund(intent: PaymentIntent, refund: Refund, stored?: { recordId: string; answer: StoredAnswer }): Promise<boolean> {
      return unlessMoved(async (session) => {
        if (intent.orderId !== null || !(await intents.change(intent, { status: 'REFUND_PENDING' }, deps.clock.now(), session)))
          throw new Aborted('moved');
        await refunds.insert(session, refund);
        if (stored) await idempotency.complete(session, stored.recordId, stored.answer);
      });
    },

    /** The event's new plan, and that its maps must be shown anew. False when the proposal was dropped meanwhile. */
    async adoptPlan(eventId: string, token: string, layout: PlanLayout, revision: number): Promise<boolean> {
      return unlessMoved(async (session) => {
        if (!(await deps.plans.adopt(session, eventId, token, layout, revision))) throw new Aborted('moved');
        await outbox.append(session, {
          id: derivedId('evt', 'seating.configured', eventId, String(revision)),
          type: 'seating.configured',
          aggregateId: planAggregateOf(eventId),
          version: revision,
          shown: false,
          data: { eventId, revision },
        });
      });
    },

    /** Transaction B: the sale. False when someone else has decided this order already. */
    async confirmOrder(order: Order, intent: PaymentIntent): Promise<boolean> {
      return unlessMoved(async (session) => {
        if (intent.orderId !== order.id || !(await intents.change(intent, { status: 'SUCCEEDED' }, deps.clock.now(), session)))
          throw new Aborted('moved');
        if (!(await orders.change(session, order, { status: 'CONFIRMED' }))) throw new Aborted('moved');
        const sold = await claims.markSold(session, order.eventId, order.id, seatIdsOf(order));
        if (sold !== order.seats.length) throw new Error(`Order ${order.id} has ${sold} of ${order.seats.length} claims.`);
        await orders.insertTickets(
          session,
          order.seats.map((seat) => ({
            id: ticketIdOf(order.id, seat.seatId),
            orderId: order.id,
            eventId: order.eventId,
            seat,
            status: 'VALID',
            checkedInAt: null,
          })),
        );
        await idempotency.complete(session, order.recordId, { kind: 'PurchasePayload', orderId: order.id });
        await announce(session, 'order.confirmed', order, order.version + 1);
      });
    },

    /** Transaction B′: the capture was declined. The same intent can be confirmed again, with another card and a new key. */
    async declineOrder(order: Order, intent: PaymentIntent, reason: string): Promise<boolean> {
      return unlessMoved(async (session) => {
        if (
          intent.orderId !== order.id ||
          !(await intents.change(
            intent,
            { status: 'REQUIRES_CONFIRMATION', orderId: null, attempt: intent.attempt + 1 },
            deps.clock.now(),
            session,
          ))
        )
          throw new Aborted('moved');
        await letGo(session, order, 'PAYMENT_FAILED', 'PAYMENT_FAILED');
        await idempotency.complete(session, order.recordId, { kind: 'PaymentDeclined', reason });
      });
    },

    /** The payment was cancelled at the provider, which has acknowledged it: nothing was taken, and nothing is sold. */
    async expireOrder(order: Order, intent: PaymentIntent): Promise<boolean> {
      return unlessMoved(async (session) => {
        if (intent.orderId !== order.id || !(await intents.change(intent, { status: 'CANCELLED' }, deps.clock.now(), session)))
          throw new Aborted('moved');
        await letGo(session, order, 'EXPIRED', 'EXPIRED');
      });
    },

    /**
     * R1: these tickets and their money are on their way back. False when the order, its payment or one of the tickets has moved, or there is a refund of
     * this id: the same key was used for another order at the same time.
     */
    async startTicketRefund(order: Order, intent: PaymentIntent, refund: Refund, from: readonly TicketStatus[]): Promise<boolean> {
      try {
        return await unlessMoved(async (session) => {
          if (!(await orders.startTicketRefund(session, refund.id, refund.ticketIds, from))) throw new Aborted('moved');
          await followTickets(session, order, intent);
          await refunds.insert(session, refund);
        });
      } catch (error) {
        if (isDuplicateKey(error)) return false;
        throw error;
      }
    },

    /** R2: the provider has given the money back. False when it is ended already, or the order has moved. */
    async settleTicketRefund(refund: Refund, intent: PaymentIntent, order: Order): Promise<boolean> {
      return unlessMoved(async (session) => {
        if (!(await refunds.end(session, refund.id, 'SETTLED'))) throw new Aborted('moved');
        await orders.settleTicketRefund(session, refund.id);
        const refunded = sumMoney([order.refunded, refund.amount], order.total.currency);
        const tickets = await followTickets(session, order, intent, { refunded });
        const returned = tickets.filter((ticket) => refund.ticketIds.includes(ticket.id));
        const seatIds = returned.map((ticket) => ticket.seat.seatId);
        await claims.remove(session, order.eventId, order.id, seatIds);
        await announce(session, 'seats.released', order, order.version + 1, {
          reason: 'REFUNDED',
          refundId: refund.id,
          seatIds,
          ticketCount: seatIds.length,
          ticketsLeft: tickets.filter(isInUse).length,
          amount: refund.amount.amount,
        });
      });
    },

    /** The provider has refused what a person asked for: everything is as it was. */
    async failTicketRefund(refund: Refund, intent: PaymentIntent, order: Order): Promise<boolean> {
      return unlessMoved(async (session) => {
        if (!(await refunds.end(session, refund.id, 'FAILED'))) throw new Aborted('moved');
        await orders.undoTicketRefund(session, refund.id);
        await followTickets(session, order, intent);
      });
    },

    /** The provider has given the money of a payment without an order back (`REFUNDED`), or never had to take it (`CANCELLED`). */
    async settleUnboundRefund(refund: Refund, intent: PaymentIntent, as: 'REFUNDED' | 'CANCELLED'): Promise<boolean> {
      return unlessMoved(async (session) => {
        if (!(await refunds.end(session, refund.id, 'SETTLED'))) throw new Aborted('moved');
        if (!(await intents.change(intent, { status: as }, deps.clock.now(), session))) throw new Aborted('moved');
      });
    },
  };
}
export type SaleLedger = ReturnType<typeof createSaleLedger>;
