import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OrdersFixture } from '../testing/orders-fixture.ts';
import { startOrders } from '../testing/orders-fixture.ts';

let orders: OrdersFixture;
beforeEach(async () => {
  orders = await startOrders();
});
afterEach(() => orders.close());

const MINUTE = 60_000;

describe('with Redis away', () => {
  it('money without seats goes back once its hold cannot live any more', async () => {
    const buyer = orders.viewer();
    const held = await orders.hold(buyer, await orders.publishedEvent(), ['A-1']);
    const intent = await orders.pay(buyer, held);
    orders.redis.disconnect();
    const statusNow = async () => (await orders.core.repositories.intents.find(intent.id))?.status;
    orders.clock.advance(16 * MINUTE);
    await orders.core.reconcile.run();
    expect(await statusNow()).toBe('SUCCEEDED');
    orders.clock.advance(2 * MINUTE);
    await orders.core.reconcile.run();
    expect(await statusNow()).toBe('REFUNDED');
    expect(await orders.mongo.db.collection('simulator_intents').findOne({ intentId: intent.id })).toMatchObject({ refunded: 2_500 });
  });

  it('a cancelled event gives everyone their money back, and is done once its holds are gone, too', async () => {
    const eventId = await orders.publishedEvent();
    const buyer = orders.viewer();
    const held = await orders.hold(buyer, eventId, ['A-1']);
    const sale = await orders.purchase(buyer, held, await orders.pay(buyer, held));
    if (sale.kind !== 'PurchasePayload') throw new Error(`Not bought: ${sale.kind}`);
    const { listings } = orders.core.repositories;
    const listing = await listings.find(eventId);
    if (!listing) throw new Error('no listing');
    await listings.apply({ ...listing, version: 2, status: 'CANCELLED' }, orders.clock.now());
    orders.clock.advance(2 * MINUTE);
    orders.redis.disconnect();
    await orders.core.refundClosedEvents();
    expect(await orders.core.repositories.orders.find(sale.order.id)).toMatchObject({ status: 'REFUNDED' });
    expect(await listings.refundsAreDone(eventId)).toBe(false);
    await orders.redis.connect();
    await orders.core.refundClosedEvents();
    expect(await listings.refundsAreDone(eventId)).toBe(true);
  });
});
