import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ProviderIntent, ProviderResult } from '../domain/payment-provider.ts';
import type { Viewer } from '../domain/viewer.ts';
import type { OrdersFixture } from '../testing/orders-fixture.ts';
import { startOrders } from '../testing/orders-fixture.ts';

let orders: OrdersFixture;
/** What the provider's next refunds come to, instead of what it really does. */
let answer: ((request: { key: string }) => ProviderResult<ProviderIntent> | null) | null = null;

beforeEach(async () => {
  answer = null;
  orders = await startOrders({
    provider: (real) => ({ ...real, refund: async (request) => answer?.(request) ?? real.refund(request) }),
  });
});
afterEach(() => orders.close());

const organizer: Viewer = { userId: 'usr_organizer', roles: ['ORGANIZER'] };
const MINUTE = 60_000;

async function bought(seatIds: readonly string[]) {
  const buyer = orders.viewer();
  const held = await orders.hold(buyer, await orders.publishedEvent(), seatIds);
  const outcome = await orders.purchase(buyer, held, await orders.pay(buyer, held));
  if (outcome.kind !== 'PurchasePayload') throw new Error(`Not bought: ${outcome.kind}`);
  const tickets = await orders.core.repositories.orders.ticketsOfOrders([outcome.order.id]);
  return {
    buyer,
    eventId: held.eventId,
    order: outcome.order,
    ticketOf: (seatId: string) => tickets.find((one) => one.seat.seatId === seatId)?.id ?? '',
  };
}
const refund = (viewer: Viewer, orderId: string, ticketIds: string[] | null = null, idempotencyKey: string | null = null) =>
  orders.core.refundOrder(viewer, { orderId, ticketIds, idempotencyKey });
const claimedSeats = async (eventId: string) => (await orders.core.repositories.claims.ofEvents([eventId])).get(eventId);
const moneyBack = async (orderId: string): Promise<number> => {
  const order = await orders.core.repositories.orders.find(orderId);
  const intent = order && (await orders.mongo.db.collection('simulator_intents').findOne({ intentId: order.paymentIntentId }));
  return intent?.['refunded'] ?? -1;
};

describe('a refund that a person asks for', () => {
  it('of a whole order gives the money back and the seats free', async () => {
    const { buyer, eventId, order } = await bought(['A-1', 'A-2']);
    const outcome = await refund(buyer, order.id);
    expect(outcome).toMatchObject({ kind: 'RefundOrderPayload', order: { status: 'REFUNDED', refunded: { amount: 5_000 } } });
    expect(await moneyBack(order.id)).toBe(5_000);
    expect((await claimedSeats(eventId))?.size).toBe(0);
    expect(await orders.statusOf(eventId, 'A-1')).toBe('AVAILABLE');
    await orders.hold(orders.viewer(), eventId, ['A-1', 'A-2']);
  });

  it('of one ticket leaves the others, and the last one ends the order', async () => {
    const { buyer, eventId, order, ticketOf } = await bought(['A-1', 'A-2', 'A-3']);
    expect(await refund(buyer, order.id, [ticketOf('A-2')])).toMatchObject({
      order: { status: 'PARTIALLY_REFUNDED', refunded: { amount: 2_500 } },
    });
    expect([...((await claimedSeats(eventId)) ?? new Map<string, string>())]).toEqual([
      ['A-1', 'SOLD'],
      ['A-3', 'SOLD'],
    ]);
    expect(await orders.statusOf(eventId, 'A-2')).toBe('AVAILABLE');
    expect(await orders.statusOf(eventId, 'A-1')).toBe('RESERVED');
    expect(await refund(buyer, order.id)).toMatchObject({ order: { status: 'REFUNDED', refunded: { amount: 7_500 } } });
    expect((await orders.core.repositories.intents.find(order.paymentIntentId))?.status).toBe('REFUNDED');
    expect(await refund(buyer, order.id)).toMatchObject({ kind: 'OrderNotRefundable', reason: 'ALREADY_REFUNDED' });
  });

  it('with one key for two orders at once is done for one of them, and refused for the other', async () => {
    const buyer = orders.viewer();
    const sales = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const held = await orders.hold(buyer, await orders.publishedEvent(), ['A-1']);
        const outcome = await orders.purchase(buyer, held, await orders.pay(buyer, held));
        return outcome.kind === 'PurchasePayload' ? outcome.order.id : '';
      }),
    );
    const outcomes = await Promise.all(sales.map((orderId) => refund(buyer, orderId, null, 'one key')));
    expect(outcomes.map(({ kind }) => kind).toSorted()).toEqual([
      'IdempotencyKeyReused',
      'IdempotencyKeyReused',
      'IdempotencyKeyReused',
      'RefundOrderPayload',
    ]);
  });

  it('by several at once gives each ticket back once', async () => {
    const { buyer, order, ticketOf } = await bought(['A-1', 'A-2', 'A-3']);
    const outcomes = await Promise.all([
      refund(buyer, order.id, [ticketOf('A-1')]),
      refund(buyer, order.id, [ticketOf('A-2'), ticketOf('A-1')]),
      refund(buyer, order.id, [ticketOf('A-3')]),
      refund(organizer, order.id),
      refund(buyer, order.id, null, 'key'),
      refund(buyer, order.id, null, 'key'),
    ]);
    expect(outcomes.every((outcome) => outcome.kind === 'RefundOrderPayload' || outcome.kind === 'OrderNotRefundable')).toBe(true);
    orders.clock.advance(MINUTE);
    await orders.core.reconcile.run();
    expect(await orders.core.repositories.orders.find(order.id)).toMatchObject({ status: 'REFUNDED', refunded: { amount: 7_500 } });
    expect(await moneyBack(order.id)).toBe(7_500);
  });

  it('repeated with its key is the same refund, and with another request a mistake', async () => {
    const { buyer, order, ticketOf } = await bought(['A-1', 'A-2']);
    await refund(buyer, order.id, [ticketOf('A-1')], 'key');
    expect(await refund(buyer, order.id, [ticketOf('A-1')], 'key')).toMatchObject({ order: { refunded: { amount: 2_500 } } });
    expect(await refund(buyer, order.id, null, 'key')).toMatchObject({ kind: 'IdempotencyKeyReused' });
    expect(await moneyBack(order.id)).toBe(2_500);
  });

  it("is the buyer's until the event begins, and its organizer's afterwards; others do not see the order", async () => {
    const { buyer, order } = await bought(['A-1']);
    expect(await refund(orders.viewer(), order.id)).toEqual({ kind: 'NotThere' });
    orders.clock.advance(31 * 24 * 60 * MINUTE);
    expect(await refund(buyer, order.id)).toMatchObject({ kind: 'OrderNotRefundable', reason: 'EVENT_STARTED' });
    expect(await refund(organizer, order.id)).toMatchObject({ order: { status: 'REFUNDED' } });
  });

  it('of tickets of another order, or of an order that was not paid, is refused', async () => {
    const [mine, other] = [await bought(['A-1']), await bought(['A-1'])];
    expect(await refund(mine.buyer, mine.order.id, [other.ticketOf('A-1')])).toEqual({ kind: 'NotOfOrder' });
    await orders.mongo.db.collection<{ _id: string }>('orders').updateOne({ _id: mine.order.id }, { $set: { status: 'EXPIRED' } });
    expect(await refund(mine.buyer, mine.order.id)).toMatchObject({ kind: 'OrderNotRefundable', reason: 'NOT_CONFIRMED' });
  });

  it('that the provider refuses leaves everything as it was, and can be asked for again', async () => {
    const { buyer, eventId, order } = await bought(['A-1', 'A-2']);
    answer = () => ({ kind: 'declined', reason: 'charge_disputed' });
    expect(await refund(buyer, order.id, null, 'key')).toMatchObject({ kind: 'OrderNotRefundable', reason: 'PROVIDER_REFUSED' });
    expect(await orders.core.repositories.orders.find(order.id)).toMatchObject({ status: 'CONFIRMED', refunded: { amount: 0 } });
    expect((await orders.core.repositories.intents.find(order.paymentIntentId))?.status).toBe('SUCCEEDED');
    expect((await claimedSeats(eventId))?.size).toBe(2);
    answer = null;
    expect(await refund(buyer, order.id, null, 'key')).toMatchObject({ reason: 'PROVIDER_REFUSED' });
    expect(await refund(buyer, order.id, null, 'another')).toMatchObject({ order: { status: 'REFUNDED' } });
  });

  it('whose answer is lost stays on its way, keeps the seats, and is finished by the reconciler', async () => {
    const { buyer, eventId, order } = await bought(['A-1']);
    answer = () => ({ kind: 'unknown', cause: new Error('cut off') });
    expect(await refund(buyer, order.id)).toMatchObject({ order: { status: 'REFUND_PENDING' } });
    expect(await orders.statusOf(eventId, 'A-1')).toBe('RESERVED');
    answer = null;
    orders.clock.advance(MINUTE);
    await orders.core.reconcile.run();
    expect(await orders.core.repositories.orders.find(order.id)).toMatchObject({ status: 'REFUNDED' });
    expect(await orders.statusOf(eventId, 'A-1')).toBe('AVAILABLE');
  });

  it('that is owed and was refused is asked for anew, because a key that was refused once is refused for ever', async () => {
    const { eventId, order } = await bought(['A-1', 'A-2']);
    let refused: string | null = null;
    answer = ({ key }) => ((refused ??= key) === key ? { kind: 'declined', reason: 'balance_insufficient' } : null);
    const { listings } = orders.core.repositories;
    const [listing] = await listings.findMany([eventId]);
    if (!listing) throw new Error('the event is unknown');
    await listings.apply({ ...listing, status: 'CANCELLED', version: 2 }, orders.clock.now());
    await orders.core.refundClosedEvents();
    expect(await orders.core.repositories.orders.find(order.id)).toMatchObject({ status: 'REFUND_PENDING' });
    orders.clock.advance(MINUTE);
    await Promise.all([orders.core.reconcile.run(), orders.core.reconcile.run()]);
    expect(await orders.core.repositories.orders.find(order.id)).toMatchObject({ status: 'REFUNDED', refunded: { amount: 5_000 } });
    expect(await moneyBack(order.id)).toBe(5_000);
  });

  it('and the cancellation of the event together give everything back once', async () => {
    const { buyer, eventId, order, ticketOf } = await bought(['A-1', 'A-2', 'A-3']);
    await refund(buyer, order.id, [ticketOf('A-1')]);
    answer = () => ({ kind: 'unknown', cause: new Error('cut off') });
    await refund(buyer, order.id, [ticketOf('A-2')]);
    answer = null;
    const { listings } = orders.core.repositories;
    const [listing] = await listings.findMany([eventId]);
    if (!listing) throw new Error('the event is unknown');
    await listings.apply({ ...listing, status: 'CANCELLED', version: 2 }, orders.clock.now());
    orders.clock.advance(2 * MINUTE);
    await Promise.all([orders.core.refundClosedEvents(), orders.core.reconcile.run()]);
    // Overtaken by the other refund, an order waits for the next pass.
    await orders.core.refundClosedEvents();
    await orders.core.reconcile.run();
    expect(await orders.core.repositories.orders.find(order.id)).toMatchObject({ status: 'REFUNDED', refunded: { amount: 7_500 } });
    expect(await moneyBack(order.id)).toBe(7_500);
    await orders.core.refundClosedEvents();
    expect(await listings.refundsAreDone(eventId)).toBe(true);
  });
});
