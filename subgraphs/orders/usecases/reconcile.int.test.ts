import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OrdersFixture } from '../testing/orders-fixture.ts';
import { startOrders } from '../testing/orders-fixture.ts';

let orders: OrdersFixture;
/** Stands in for kill -9 at a chosen line: whatever was to come after it does not. */
let dieAt: 'capture' | 'confirm answer' | 'refund' | null = null;
class Died extends Error {}

// Anew for each: they move the clock.
beforeEach(async () => {
  orders = await startOrders({
    capture: 'manual',
    provider: (real) => ({
      ...real,
      confirm: async (request) => {
        const result = await real.confirm(request);
        if (dieAt === 'confirm answer') throw new Died();
        return result;
      },
      capture: async (request) => {
        const result = await real.capture(request);
        if (dieAt === 'capture') throw new Died();
        return result;
      },
      refund: async (request) => {
        const result = await real.refund(request);
        if (dieAt === 'refund') throw new Died();
        return result;
      },
    }),
  });
});
afterEach(() => orders.close());

const MINUTE = 60_000;

describe('the reconciler', () => {
  it('finishes a purchase that died after the money was taken', async () => {
    const buyer = orders.viewer();
    const held = await orders.hold(buyer, await orders.publishedEvent(), ['A-1']);
    const intent = await orders.pay(buyer, held);
    dieAt = 'capture';
    await expect(orders.purchase(buyer, held, intent, 'k')).rejects.toThrow(Died);
    dieAt = null;
    const [pending] = await orders.mongo.db.collection('orders').find({ holdId: held.id }).toArray();
    expect(pending?.['status']).toBe('PENDING_PAYMENT');
    orders.clock.advance(MINUTE);
    await orders.core.reconcile.run();
    expect((await orders.mongo.db.collection('orders').findOne({ holdId: held.id }))?.['status']).toBe('CONFIRMED');
    expect(await orders.mongo.db.collection('tickets').countDocuments({ eventId: held.eventId, active: true })).toBe(1);
    expect(await orders.statusOf(held.eventId, 'A-1')).toBe('RESERVED');
    expect(await orders.purchase(buyer, held, intent, 'k')).toMatchObject({ kind: 'PurchasePayload', replayed: true });
  });

  it('is not needed when the buyer retries first: the same key finishes the same order', async () => {
    const buyer = orders.viewer();
    const held = await orders.hold(buyer, await orders.publishedEvent(), ['A-1']);
    const intent = await orders.pay(buyer, held);
    dieAt = 'capture';
    await expect(orders.purchase(buyer, held, intent, 'k')).rejects.toThrow(Died);
    dieAt = null;
    const outcomes = await Promise.all([
      orders.purchase(buyer, held, intent, 'k'),
      orders.purchase(buyer, held, intent, 'k'),
      orders.core.reconcile.run(),
    ]);
    expect(outcomes[0]).toMatchObject({ kind: 'PurchasePayload' });
    expect(outcomes[1]).toMatchObject({ kind: 'PurchasePayload' });
    expect(await orders.mongo.db.collection('tickets').countDocuments({ eventId: held.eventId })).toBe(1);
  });

  it('gives the money back for a payment whose buyer never came back, once the hold is over', async () => {
    const buyer = orders.viewer();
    const held = await orders.hold(buyer, await orders.publishedEvent(), ['B-1']);
    dieAt = 'confirm answer';
    await expect(orders.pay(buyer, held)).rejects.toThrow(Died);
    dieAt = null;
    const intentOf = async () => (await orders.core.repositories.intents.openOfHolds([held.id])).get(held.id);
    expect((await intentOf())?.status).toBe('PROCESSING');
    orders.clock.advance(MINUTE);
    await orders.core.reconcile.run();
    // The hold still lives by Redis' clock, and by the test's: its owner may yet purchase.
    expect((await intentOf())?.status).toBe('PROCESSING');
    orders.clock.advance(6 * MINUTE);
    await orders.core.reconcile.run();
    expect(await intentOf()).toBeUndefined();
    expect(
      (
        await orders.mongo.db
          .collection('simulator_intents')
          .findOne({ intentId: (await orders.mongo.db.collection('payment_intents').findOne({ holdId: held.id }))?._id })
      )?.['status'],
    ).toBe('CANCELLED');
  });

  it('waits before it believes that a hold is gone, then gives the money back', async () => {
    const buyer = orders.viewer();
    const held = await orders.hold(buyer, await orders.publishedEvent(), ['B-2']);
    const intent = await orders.pay(buyer, held);
    await orders.redis.del(`hold-details:{${held.eventId}}:${held.id}`);
    orders.clock.advance(30_000);
    await orders.core.reconcile.run();
    expect((await orders.core.repositories.intents.find(intent.id))?.status).toBe('REQUIRES_CAPTURE');
    orders.clock.advance(30_000);
    await orders.core.reconcile.run();
    expect((await orders.core.repositories.intents.find(intent.id))?.status).toBe('CANCELLED');
  });

  it('finds a payment whose hold is over behind any number of older ones whose holds still live', async () => {
    const buyer = orders.viewer();
    const held = await orders.hold(buyer, await orders.publishedEvent(), ['B-3']);
    const intent = await orders.pay(buyer, held);
    const document = await orders.mongo.db.collection('payment_intents').findOne({ holdId: held.id });
    if (!document) throw new Error('no intent');
    const living = await orders.hold(orders.viewer(), held.eventId, ['B-4']);
    await orders.mongo.db.collection('payment_intents').insertMany(
      Array.from({ length: 250 }, (_, index) => ({
        ...document,
        _id: `pi_older${index}` as never,
        holdId: living.id,
        open: false,
        updatedAt: new Date(Number(document['updatedAt']) - 1_000),
      })),
    );
    await orders.core.releaseHold(buyer, held.id);
    orders.clock.advance(MINUTE);
    await orders.core.reconcile.run();
    expect((await orders.core.repositories.intents.find(intent.id))?.status).toBe('CANCELLED');
  });

  const bought = async (eventId: string, seatId: string) => {
    const buyer = orders.viewer();
    const held = await orders.hold(buyer, eventId, [seatId]);
    await orders.purchase(buyer, held, await orders.pay(buyer, held));
    const order = await orders.mongo.db.collection('orders').findOne({ holdId: held.id });
    if (!order) throw new Error('no order');
    return order;
  };
  const cancel = async (eventId: string) => {
    const { listings } = orders.core.repositories;
    const listing = await listings.find(eventId);
    if (!listing) throw new Error('no listing');
    await listings.apply({ ...listing, version: 2, status: 'CANCELLED' }, orders.clock.now());
  };
  const statusOfOrder = async (id: unknown) => (await orders.mongo.db.collection('orders').findOne({ _id: id as never }))?.['status'];

  it('starts every refund of a cancelled event, however many of them the provider will not take', async () => {
    const eventId = await orders.publishedEvent();
    const pattern = await bought(await orders.publishedEvent(), 'A-1');
    await orders.mongo.db.collection('orders').insertMany(
      Array.from({ length: 150 }, (_, index) => ({
        ...pattern,
        _id: `ord_0${index}` as never,
        eventId,
        holdId: `hold_${index}`,
        status: 'REFUND_PENDING',
        placedAt: new Date(Number(pattern['placedAt']) + 60_000),
      })),
    );
    const order = await bought(eventId, 'A-1');
    await cancel(eventId);
    await orders.core.refundClosedEvents();
    expect(await statusOfOrder(order._id)).toBe('REFUNDED');
    orders.clock.advance(2 * MINUTE);
    await orders.core.refundClosedEvents();
    expect(await orders.core.repositories.listings.refundsAreDone(eventId)).toBe(false);
  });

  it('reaches a cancelled event behind any number of others that cannot be finished', async () => {
    const pattern = await bought(await orders.publishedEvent(), 'A-1');
    for (let index = 0; index < 25; index += 1) {
      const stuck = await orders.publishedEvent();
      await orders.mongo.db
        .collection('orders')
        .insertOne({ ...pattern, _id: `ord_stuck${index}` as never, eventId: stuck, holdId: `hold_${index}`, status: 'REFUND_PENDING' });
      await cancel(stuck);
    }
    orders.clock.advance(1_000);
    const eventId = await orders.publishedEvent();
    const order = await bought(eventId, 'A-1');
    await cancel(eventId);
    await orders.core.refundClosedEvents();
    await orders.core.refundClosedEvents();
    expect(await statusOfOrder(order._id)).toBe('REFUNDED');
  });

  it('refunds everyone of a cancelled event, frees the seats, and finishes a refund that died half way', async () => {
    const eventId = await orders.publishedEvent();
    const buyers = [orders.viewer(), orders.viewer(), orders.viewer()];
    for (const [index, buyer] of buyers.entries()) {
      const held = await orders.hold(buyer, eventId, [`C-${index + 1}`]);
      await orders.purchase(buyer, held, await orders.pay(buyer, held));
    }
    const open = await orders.hold(orders.viewer(), eventId, ['C-9']);
    const { listings } = orders.core.repositories;
    const listing = await listings.find(eventId);
    if (!listing) throw new Error('no listing');
    await listings.apply({ ...listing, version: 2, status: 'CANCELLED' }, orders.clock.now());
    dieAt = 'refund';
    await orders.core.refundClosedEvents();
    dieAt = null;
    expect(await orders.mongo.db.collection('orders').countDocuments({ eventId, status: 'REFUND_PENDING' })).toBe(3);
    expect(await listings.refundsAreDone(eventId)).toBe(false);
    orders.clock.advance(MINUTE);
    await orders.core.reconcile.run();
    expect(await orders.mongo.db.collection('orders').countDocuments({ eventId, status: 'REFUNDED' })).toBe(3);
    expect(await orders.mongo.db.collection('seat_claims').countDocuments({ eventId })).toBe(0);
    expect(await orders.mongo.db.collection('tickets').countDocuments({ eventId, active: true })).toBe(0);
    expect(
      await orders.mongo.db.collection('simulator_intents').countDocuments({
        _id: {
          $in: (await orders.mongo.db.collection('payment_intents').find({ eventId }).toArray()).map(
            (intent) => `sim_${String(intent._id)}`,
          ) as never[],
        },
        refunded: 2_500,
      }),
    ).toBe(3);
    expect((await orders.core.repositories.holds.find(open.id))?.ended).toBe('RELEASED');
    expect(await orders.statusOf(eventId, 'C-1')).toBe('AVAILABLE');
    orders.clock.advance(2 * MINUTE);
    await orders.core.refundClosedEvents();
    expect(await listings.refundsAreDone(eventId)).toBe(true);
  });
});
