import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DifferenceKind } from '../domain/audit.ts';
import type { OrdersFixture } from '../testing/orders-fixture.ts';
import { startOrders } from '../testing/orders-fixture.ts';

let orders: OrdersFixture;
let silent = false;
let losesRefunds = false;
beforeEach(async () => {
  [silent, losesRefunds] = [false, false];
  orders = await startOrders({
    provider: (real) => ({
      ...real,
      retrieve: async (id) => (silent ? { kind: 'unknown', cause: new Error('silence') } : real.retrieve(id)),
      refund: async (request) => {
        const result = await real.refund(request);
        return losesRefunds ? { kind: 'unknown', cause: new Error('lost') } : result;
      },
    }),
  });
});
afterEach(() => orders.close());

type Document = { _id: string; [field: string]: unknown };
const collection = (name: string) => orders.mongo.db.collection<Document>(name);

async function bought(seatIds: readonly string[]) {
  const buyer = orders.viewer();
  const held = await orders.hold(buyer, await orders.publishedEvent(), seatIds);
  const outcome = await orders.purchase(buyer, held, await orders.pay(buyer, held));
  if (outcome.kind !== 'PurchasePayload') throw new Error(`Not bought: ${outcome.kind}`);
  const [ticket] = await orders.core.repositories.orders.ticketsOfOrders([outcome.order.id]);
  return { buyer, eventId: held.eventId, order: outcome.order, ticketId: ticket?.id ?? '' };
}
const report = () => orders.core.reportDifferences(new Date(0));
const kinds = async () => (await report()).differences.map((difference) => difference.kind);

describe('the reconciliation report', () => {
  it('has nothing to say of sales, refunds, holds and payments as they should be', async () => {
    const whole = await bought(['A-1', 'A-2']);
    await orders.core.refundOrder(whole.buyer, { orderId: whole.order.id, ticketIds: [whole.ticketId], idempotencyKey: null });
    const back = await bought(['A-1']);
    await orders.core.refundOrder(back.buyer, { orderId: back.order.id, ticketIds: null, idempotencyKey: null });
    const buyer = orders.viewer();
    await orders.pay(buyer, await orders.hold(buyer, whole.eventId, ['C-1']));
    expect(await report()).toMatchObject({ differences: [], complete: true, orders: 2, claims: 1, paymentsAtProvider: 3 });
  });

  it('has nothing to say of an order whose tickets that cost something went back, and the free one did not', async () => {
    const eventId = await orders.publishedEvent();
    const free = { name: 'Floor', price: { amount: 0, currency: 'EUR' }, rows: [{ label: 'A', seatCount: 1, firstNumber: 1 }] };
    const paid = { name: 'Stalls', price: { amount: 900, currency: 'EUR' }, rows: [{ label: 'A', seatCount: 1, firstNumber: 1 }] };
    const sections = [free, paid].map((section) => ({ ...section, features: {}, blockedSeats: [] }));
    await orders.core.configureSeating({ userId: 'usr_organizer', roles: ['ORGANIZER'] }, eventId, { currency: 'EUR', sections });
    const buyer = orders.viewer();
    const held = await orders.hold(buyer, eventId, ['Floor-A-1', 'Stalls-A-1']);
    const outcome = await orders.purchase(buyer, held, await orders.pay(buyer, held));
    if (outcome.kind !== 'PurchasePayload') throw new Error(`Not bought: ${outcome.kind}`);
    const tickets = await orders.core.repositories.orders.ticketsOfOrders([outcome.order.id]);
    const back = tickets.filter((ticket) => ticket.seat.seatId === 'Stalls-A-1').map((ticket) => ticket.id);
    expect(await orders.core.refundOrder(buyer, { orderId: outcome.order.id, ticketIds: back, idempotencyKey: null })).toMatchObject({
      order: { status: 'PARTIALLY_REFUNDED' },
    });
    expect((await report()).differences).toEqual([]);
  });

  it('does not call itself complete when the provider did not answer', async () => {
    await bought(['A-1']);
    silent = true;
    expect(await report()).toMatchObject({ differences: [], complete: false, paymentsAtProvider: 0 });
  });

  it.each<[string, DifferenceKind, (sale: Awaited<ReturnType<typeof bought>>) => Promise<unknown>]>([
    ['a claim is gone', 'CLAIM_DIFFERS_FROM_TICKETS', ({ eventId }) => collection('seat_claims').deleteOne({ _id: `${eventId}:A-1` })],
    [
      'a claim is not sold',
      'CLAIM_DIFFERS_FROM_TICKETS',
      ({ eventId }) => collection('seat_claims').updateOne({ _id: `${eventId}:A-1` }, { $set: { state: 'PENDING' } }),
    ],
    ['a ticket is gone', 'ORDER_DIFFERS_FROM_TICKETS', ({ ticketId }) => collection('tickets').deleteOne({ _id: ticketId })],
    [
      'a ticket was given back and the money kept',
      'ORDER_DIFFERS_FROM_TICKETS',
      ({ ticketId }) => collection('tickets').updateOne({ _id: ticketId }, { $set: { status: 'REFUNDED' } }),
    ],
    [
      'money went back and the ticket was kept',
      'ORDER_DIFFERS_FROM_TICKETS',
      ({ order }) => collection('orders').updateOne({ _id: order.id }, { $set: { 'refunded.amount': 100 } }),
    ],
    ['the order is gone', 'CLAIM_WITHOUT_ORDER', ({ order }) => collection('orders').deleteOne({ _id: order.id })],
    [
      'the order let go of its seats',
      'CLAIM_WITHOUT_ORDER',
      ({ order }) => collection('orders').updateOne({ _id: order.id }, { $set: { status: 'EXPIRED' } }),
    ],
    [
      'the payment is not the order’s',
      'PAYMENT_DIFFERS_FROM_ORDER',
      ({ order }) => collection('payment_intents').updateOne({ _id: order.paymentIntentId }, { $set: { orderId: null } }),
    ],
    [
      'the provider does not know the payment',
      'PAYMENT_DIFFERS_AT_PROVIDER',
      ({ order }) => collection('simulator_intents').deleteOne({ intentId: order.paymentIntentId }),
    ],
    [
      'the provider has given the money back by itself',
      'PAYMENT_DIFFERS_AT_PROVIDER',
      ({ order }) => collection('simulator_intents').updateOne({ intentId: order.paymentIntentId }, { $set: { status: 'REFUNDED' } }),
    ],
    [
      'the plan lost the seat',
      'SEAT_NOT_IN_PLAN',
      ({ eventId }) =>
        collection('seating_plans').insertOne({ _id: eventId, revision: 1, next: null, layout: { currency: 'EUR', sections: [] } }),
    ],
    ['a change was not told', 'EVENT_NOT_TOLD', async () => orders.clock.advance(120_000)],
  ])('says when %s', async (_what, kind, damage) => {
    const sale = await bought(['A-1', 'A-2']);
    await damage(sale);
    expect(await kinds()).toContain(kind);
  });

  it.each([
    ['nothing', 0],
    ['too little', 2_400],
    ['too much', 2_600],
  ])('says when of a ticket that was given back %s went back at the provider', async (_what, refunded) => {
    const { buyer, order, ticketId } = await bought(['A-1', 'A-2']);
    await orders.core.refundOrder(buyer, { orderId: order.id, ticketIds: [ticketId], idempotencyKey: null });
    expect(await kinds()).toEqual([]);
    await collection('simulator_intents').updateOne({ intentId: order.paymentIntentId }, { $set: { refunded } });
    expect(await kinds()).toEqual(['PAYMENT_DIFFERS_AT_PROVIDER']);
  });

  it('has nothing to say of money that is on its way back, whether or not the provider has sent it', async () => {
    const { buyer, order, ticketId } = await bought(['A-1', 'A-2']);
    losesRefunds = true;
    await orders.core.refundOrder(buyer, { orderId: order.id, ticketIds: [ticketId], idempotencyKey: null });
    expect(await kinds()).toEqual([]);
    await collection('simulator_intents').updateOne({ intentId: order.paymentIntentId }, { $set: { refunded: 0 } });
    expect(await kinds()).toEqual([]);
  });

  it('says what is stuck: a pending order, a refund, a payment for nothing', async () => {
    const sale = await bought(['A-1']);
    await collection('orders').updateOne({ _id: sale.order.id }, { $set: { status: 'PENDING_PAYMENT' } });
    const buyer = orders.viewer();
    const intent = await orders.pay(buyer, await orders.hold(buyer, sale.eventId, ['B-1']));
    await orders.core.repositories.ledger.startUnboundRefund(intent, {
      id: 'rf_1',
      paymentIntentId: intent.id,
      orderId: null,
      ticketIds: [],
      amount: intent.amount,
      owed: true,
      fingerprint: null,
      status: 'PENDING',
      createdAt: orders.clock.now(),
      attempts: 0,
      refusals: 0,
      returned: false,
    });
    const forgotten = orders.viewer();
    await orders.pay(forgotten, await orders.hold(forgotten, sale.eventId, ['B-2']));
    orders.clock.advance(30 * 60_000);
    expect(await kinds()).toEqual(expect.arrayContaining(['ORDER_STUCK', 'REFUND_STUCK', 'PAYMENT_STUCK']));
  });

  it('is not misled by sales and refunds that go on meanwhile', async () => {
    const sales = Promise.all(
      Array.from({ length: 12 }, async (_, index) => {
        const sale = await bought([`A-${(index % 5) + 1}`, `B-${(index % 5) + 1}`]);
        const ticketIds = index % 4 === 0 ? [sale.ticketId] : null;
        if (index % 2 === 0) await orders.core.refundOrder(sale.buyer, { orderId: sale.order.id, ticketIds, idempotencyKey: null });
      }),
    );
    let going = true;
    const reports = (async () => {
      const found: string[] = [];
      while (going) found.push(...(await kinds()));
      return found;
    })();
    await sales;
    going = false;
    expect(await reports).toEqual([]);
  });
});
