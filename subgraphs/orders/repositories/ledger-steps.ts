import type { ClientSession, MongoClient } from 'mongodb';
import type { Outbox } from '../../../kit/runtime/outbox.ts';
import { inTransaction } from '../../../kit/runtime/transaction.ts';
import type { Clock } from '../../../kit/values/clock.ts';
import { derivedId } from '../../../kit/values/ids.ts';
import type { Money } from '../../../kit/values/money.ts';
import type { Order, OrderStatus, Ticket } from '../domain/order.ts';
import { paymentStatusOfSold, statusOfSold } from '../domain/order.ts';
import type { PaymentIntent } from '../domain/payment-intent.ts';
import type { ClaimRepository } from './claim-repository.ts';
import type { OrderRepository } from './order-repository.ts';
import type { PaymentIntentRepository } from './payment-intent-repository.ts';

/** Ends a transaction with a known answer; thrown out of the callback, where nothing of it stays. */
export class Aborted<Reason extends string> extends Error {
  readonly reason: Reason;
  constructor(reason: Reason) {
    super(reason);
    this.reason = reason;
  }
}

export const seatIdsOf = (order: Order): string[] => order.seats.map((seat) => seat.seatId);

/** What the ledger's transactions are made of. */
export function createLedgerSteps(deps: {
  client: MongoClient;
  clock: Clock;
  outbox: Outbox;
  claims: ClaimRepository;
  orders: OrderRepository;
  intents: PaymentIntentRepository;
}) {
  const { claims, orders, intents, outbox } = deps;

  function transaction<Value>(work: (session: ClientSession) => Promise<Value>): Promise<Value> {
    return inTransaction(deps.client, work, {
      readConcern: { level: 'snapshot' },
      writeConcern: { w: 'majority', journal: true },
    });
  }

  /** One row per change of an order; its id follows from the change, so that a callback run twice writes one row. */
  const announce = (
    session: ClientSession,
    type: string,
    order: Order,
    version: number,
    data: Record<string, unknown> = {},
  ): Promise<string> =>
    outbox.append(session, {
      id: derivedId('evt', type, order.id, String(version)),
      type,
      aggregateId: order.id,
      version,
      shown: false,
      data: {
        orderId: order.id,
        userId: order.userId,
        eventId: order.eventId,
        holdId: order.holdId,
        seatIds: seatIdsOf(order),
        ticketCount: order.seats.length,
        amount: order.total.amount,
        currency: order.total.currency,
        ...data,
      },
    });

  /** The order leaves without its seats: claims go, and the money is no longer its own. */
  async function letGo(session: ClientSession, order: Order, to: OrderStatus, reason: string): Promise<void> {
    if (!(await orders.change(session, order, { status: to }))) throw new Aborted('moved');
    await claims.remove(session, order.eventId, order.id, seatIdsOf(order));
    await announce(session, 'seats.released', order, order.version + 1, { reason });
  }

  /** Order and payment become what the tickets say; both by compare-and-set. Answers the tickets. */
  async function followTickets(
    session: ClientSession,
    order: Order,
    intent: PaymentIntent,
    change: { refunded?: Money } = {},
  ): Promise<readonly Ticket[]> {
    const tickets = await orders.ticketsOfOrders([order.id], session);
    if (!(await orders.change(session, order, { status: statusOfSold(tickets), ...change }))) throw new Aborted('moved');
    const status = paymentStatusOfSold(tickets);
    if (status !== intent.status && !(await intents.change(intent, { status }, deps.clock.now(), session))) throw new Aborted('moved');
    return tickets;
  }

  async function unlessMoved(work: (session: ClientSession) => Promise<void>): Promise<boolean> {
    try {
      await transaction(work);
      return true;
    } catch (error) {
      if (error instanceof Aborted) return false;
      throw error;
    }
  }

  return { transaction, unlessMoved, announce, letGo, followTickets };
}
