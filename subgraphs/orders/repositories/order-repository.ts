import type { ClientSession, Db, Filter } from 'mongodb';
import type { Order, OrderStatus, Ticket, TicketStatus } from '../domain/order.ts';
import { isLive } from '../domain/order.ts';
import type { SoldOrder } from '../domain/sales.ts';

export type OrderDocument = Omit<Order, 'id'> & {
  readonly _id: string;
  /** At most one live order per hold. */
  readonly live: boolean;
};
export type TicketDocument = Omit<Ticket, 'id' | 'seat'> & {
  readonly _id: string;
  readonly seatId: string;
  readonly seat: Ticket['seat'];
  /** At most one active ticket per seat. */
  readonly active: boolean;
  /** The refund that it is, or was, part of, and what it was before; null otherwise. */
  readonly refundId: string | null;
  readonly statusBeforeRefund: TicketStatus | null;
  /** Given by the device that let it in: the same one again repeats the answer. */
  readonly checkInNonce: string | null;
};

const toOrder = ({ _id, live: _live, ...rest }: OrderDocument): Order => ({ id: _id, ...rest });
const toTicket = ({ _id, orderId, eventId, seat, status, checkedInAt }: TicketDocument): Ticket => ({
  id: _id,
  orderId,
  eventId,
  seat,
  status,
  checkedInAt,
});

const TICKETS_PER_ORDER_MAX = 10;
const READ_BATCH = 1_000;

export type OrderPage = { readonly orders: readonly Order[]; readonly hasNextPage: boolean };
/** Newest first; continues after this order. */
export type OrderPosition = { readonly placedAt: Date; readonly id: string };

export function createOrderRepository(deps: { db: Db }) {
  const orders = deps.db.collection<OrderDocument>('orders');
  const tickets = deps.db.collection<TicketDocument>('tickets');

  async function page(filter: Filter<OrderDocument>, first: number, after: OrderPosition | null): Promise<OrderPage> {
    const position: Filter<OrderDocument> =
      after === null ? {} : { $or: [{ placedAt: { $lt: after.placedAt } }, { placedAt: after.placedAt, _id: { $lt: after.id } }] };
    const found = await orders
      .find({ $and: [filter, position] })
      .sort({ placedAt: -1, _id: -1 })
      .limit(first + 1)
      .toArray();
    return { orders: found.slice(0, first).map(toOrder), hasNextPage: found.length > first };
  }

  return {
    async ensureIndexes(): Promise<void> {
      await orders.createIndex({ holdId: 1 }, { unique: true, partialFilterExpression: { live: true }, name: 'one_live_per_hold' });
      await orders.createIndex({ userId: 1, placedAt: -1, _id: -1 });
      await orders.createIndex({ eventId: 1, placedAt: -1, _id: -1 });
      await orders.createIndex({ status: 1, placedAt: 1 });
      await orders.createIndex({ placedAt: -1 });
      await orders.createIndex({ eventId: 1, status: 1 });
      await tickets.createIndex(
        { eventId: 1, seatId: 1 },
        { unique: true, partialFilterExpression: { active: true }, name: 'one_active_per_seat' },
      );
      await tickets.createIndex({ orderId: 1 });
      await tickets.createIndex({ eventId: 1, status: 1 });
      await tickets.createIndex({ refundId: 1 }, { partialFilterExpression: { refundId: { $type: 'string' } }, name: 'refunds' });
    },
    async find(id: string, session?: ClientSession): Promise<Order | null> {
      const found = await orders.findOne({ _id: id }, session ? { session } : {});
      return found && toOrder(found);
    },
    async findMany(ids: readonly string[], session?: ClientSession): Promise<readonly Order[]> {
      return (await orders.find({ _id: { $in: [...ids] } }, session ? { session } : {}).toArray()).map(toOrder);
    },
    async liveOfHold(holdId: string, userId: string): Promise<Order | null> {
      const found = await orders.findOne({ holdId, live: true });
      return found && found.userId === userId ? toOrder(found) : null;
    },
    /** What was ever sold of an event, given back since or not; in no order. */
    async *soldOfEvent(eventId: string): AsyncIterable<SoldOrder> {
      const statuses: OrderStatus[] = ['CONFIRMED', 'REFUND_PENDING', 'PARTIALLY_REFUNDED', 'REFUNDED'];
      const projection = { total: 1, refunded: 1, placedAt: 1, 'seats.seatId': 1 };
      for await (const { total, refunded, placedAt, seats } of orders
        .find({ eventId, status: { $in: statuses } }, { projection })
        .batchSize(READ_BATCH))
        yield { total, refunded, placedAt, ticketCount: seats.length };
    },
    countCheckedIn: (eventId: string): Promise<number> => tickets.countDocuments({ eventId, status: 'CHECKED_IN' }),
    /** Null where it was not VALID. */
    async checkIn(ticketId: string, eventId: string, scan: { at: Date; nonce: string | null }): Promise<Ticket | null> {
      const found = await tickets.findOneAndUpdate(
        { _id: ticketId, eventId, status: 'VALID' },
        { $set: { status: 'CHECKED_IN', checkedInAt: scan.at, checkInNonce: scan.nonce } },
        { returnDocument: 'after' },
      );
      return found && toTicket(found);
    },
    async ticketWithNonce(ticketId: string): Promise<{ ticket: Ticket; nonce: string | null } | null> {
      const found = await tickets.findOne({ _id: ticketId });
      return found && { ticket: toTicket(found), nonce: found.checkInNonce };
    },
    /** Null where it has no order of any status. */
    async currencyOfEvent(eventId: string): Promise<string | null> {
      return (await orders.findOne({ eventId }, { projection: { total: 1 } }))?.total.currency ?? null;
    },
    pageOfUser: (userId: string, first: number, after: OrderPosition | null): Promise<OrderPage> => page({ userId }, first, after),
    pageOfEvent: (eventId: string, first: number, after: OrderPosition | null): Promise<OrderPage> => page({ eventId }, first, after),
    async ticketsOfOrders(orderIds: readonly string[], session?: ClientSession): Promise<readonly Ticket[]> {
      return (
        await tickets
          .find({ orderId: { $in: [...orderIds] } }, session ? { session } : {})
          .sort({ _id: 1 })
          .toArray()
      ).map(toTicket);
    },
    /** The oldest first, in no batch: those that cannot be finished must not hide those behind them. */
    async *pendingSince(before: Date): AsyncIterable<Order> {
      for await (const order of orders
        .find({ status: 'PENDING_PAYMENT', placedAt: { $lte: before } })
        .sort({ placedAt: 1 })
        .batchSize(READ_BATCH))
        yield toOrder(order);
    },
    /**
     * Orders of an event whose refund has yet to be started when it is cancelled; sold ones first, for each of those leaves the list.
     * What is being refunded stays out of it: any number of refunds that a provider will not take must not hide the others.
     */
    async unrefundedOfEvent(eventId: string, limit: number): Promise<readonly Order[]> {
      const inUse = await tickets
        .find({ eventId, status: { $in: ['VALID', 'CHECKED_IN'] } }, { projection: { orderId: 1 } })
        .limit(limit * TICKETS_PER_ORDER_MAX)
        .toArray();
      const soldIds = [...new Set(inUse.map((ticket) => ticket.orderId))].slice(0, limit);
      const sold = await this.findMany(soldIds);
      const pending = orders.find({ eventId, status: 'PENDING_PAYMENT' }).limit(limit - sold.length);
      return sold.length >= limit ? sold : [...sold, ...(await pending.toArray()).map(toOrder)];
    },
    /** Whether anything of a cancelled event is not at its end yet. */
    async hasUnfinishedOfEvent(eventId: string): Promise<boolean> {
      const statuses: OrderStatus[] = ['PENDING_PAYMENT', 'CONFIRMED', 'PARTIALLY_REFUNDED', 'REFUND_PENDING'];
      return (await orders.countDocuments({ eventId, status: { $in: statuses } }, { limit: 1 })) > 0;
    },

    async insert(session: ClientSession, order: Order): Promise<void> {
      const { id, ...rest } = order;
      await orders.insertOne({ _id: id, ...rest, live: isLive(order.status) }, { session });
    },
    /** Compare-and-set on status and version; false when the order has moved on. */
    async change(session: ClientSession, read: Order, change: { status: OrderStatus; refunded?: Order['refunded'] }): Promise<boolean> {
      const result = await orders.updateOne(
        { _id: read.id, status: read.status, version: read.version },
        { $set: { ...change, live: isLive(change.status), version: read.version + 1 } },
        { session },
      );
      return result.matchedCount === 1;
    },
    async insertTickets(session: ClientSession, issued: readonly Ticket[]): Promise<void> {
      await tickets.insertMany(
        issued.map(({ id, seat, ...rest }) => ({
          _id: id,
          ...rest,
          seatId: seat.seatId,
          seat,
          active: true,
          refundId: null,
          statusBeforeRefund: null,
          checkInNonce: null,
        })),
        { session },
      );
    },
    /** False when not all of them can be given back: let in, or given back, meanwhile. */
    async startTicketRefund(
      session: ClientSession,
      refundId: string,
      ticketIds: readonly string[],
      from: readonly TicketStatus[],
    ): Promise<boolean> {
      let started = 0;
      for (const status of from) {
        const result = await tickets.updateMany(
          { _id: { $in: [...ticketIds] }, status },
          { $set: { status: 'REFUND_PENDING', statusBeforeRefund: status, refundId } },
          { session },
        );
        started += result.modifiedCount;
      }
      return started === ticketIds.length;
    },
    async settleTicketRefund(session: ClientSession, refundId: string): Promise<void> {
      await tickets.updateMany({ refundId, status: 'REFUND_PENDING' }, { $set: { status: 'REFUNDED', active: false } }, { session });
    },
    async undoTicketRefund(session: ClientSession, refundId: string): Promise<void> {
      for (const status of ['VALID', 'CHECKED_IN'] as const)
        await tickets.updateMany(
          { refundId, status: 'REFUND_PENDING', statusBeforeRefund: status },
          { $set: { status, statusBeforeRefund: null, refundId: null } },
          { session },
        );
    },
  };
}
export type OrderRepository = ReturnType<typeof createOrderRepository>;
