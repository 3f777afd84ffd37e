import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OrdersFixture } from '../testing/orders-fixture.ts';
import { startOrders } from '../testing/orders-fixture.ts';
import type { StripeRig } from '../testing/stripe-rig.ts';
import { startStripeRig } from '../testing/stripe-rig.ts';

let rig: StripeRig;
let orders: OrdersFixture;
beforeEach(async () => {
  rig = await startStripeRig('automatic');
  orders = await startOrders({ provider: () => rig.provider });
});
afterEach(async () => {
  await orders.close();
  await rig.close();
});

const MINUTE = 60_000;
const refunds = () => orders.mongo.db.collection('refunds').find().toArray();
const atStripe = () => rig.standIn.account.refunds.map(({ amount, status }) => `${amount} ${status}`);

/** The newest one at Stripe comes back, days after it had arrived. */
async function comesBack(): Promise<void> {
  const [refund] = rig.standIn.account.refunds;
  if (!refund) throw new Error('no refund');
  refund.status = 'failed';
  const { body, signature } = rig.standIn.webhook('refund.failed', rig.standIn.account.showRefund(refund));
  const notice = rig.readNotice(Buffer.from(body), signature);
  if (!notice) throw new Error('not signed');
  await orders.core.followPayment(notice);
  // Delivered twice, with ids of their own: as if two processes heard of it.
  await orders.core.followPayment({ ...notice, id: `${notice.id}_again` });
}

describe('a refund that arrived and then came back', () => {
  it('of a ticket is owed: it is asked for anew, and the ticket stays given back', async () => {
    const buyer = orders.viewer();
    const held = await orders.hold(buyer, await orders.publishedEvent(), ['A-1', 'A-2']);
    const sale = await orders.purchase(buyer, held, await orders.pay(buyer, held, 'pm_card_visa'));
    if (sale.kind !== 'PurchasePayload') throw new Error(`Not bought: ${sale.kind}`);
    const [ticket] = await orders.core.repositories.orders.ticketsOfOrders([sale.order.id]);
    await orders.core.refundOrder(buyer, { orderId: sale.order.id, ticketIds: [ticket?.id ?? ''], idempotencyKey: null });
    const settled = await orders.core.repositories.orders.find(sale.order.id);
    expect(settled).toMatchObject({ status: 'PARTIALLY_REFUNDED', refunded: { amount: 2_500 } });
    // Somebody else has the seat by now.
    const other = orders.viewer();
    const theirs = await orders.hold(other, held.eventId, [ticket?.seat.seatId ?? '']);
    await orders.purchase(other, theirs, await orders.pay(other, theirs, 'pm_card_visa'));

    await comesBack();
    expect((await orders.core.reportDifferences(new Date(0))).differences).toEqual([]);
    expect(atStripe()).toEqual(['2500 succeeded', '2500 failed']);
    expect(await refunds()).toMatchObject([{ status: 'SETTLED', owed: true }]);
    expect(await orders.core.repositories.orders.find(sale.order.id)).toEqual(settled);
    expect(await orders.mongo.db.collection('tickets').countDocuments({ eventId: held.eventId, active: true })).toBe(2);
  });

  it('is reported for as long as Stripe refuses it, and asked for by the reconciler', async () => {
    const buyer = orders.viewer();
    const held = await orders.hold(buyer, await orders.publishedEvent(), ['A-1']);
    const sale = await orders.purchase(buyer, held, await orders.pay(buyer, held, 'pm_card_visa'));
    if (sale.kind !== 'PurchasePayload') throw new Error(`Not bought: ${sale.kind}`);
    await orders.core.refundOrder(buyer, { orderId: sale.order.id, ticketIds: null, idempotencyKey: null });
    rig.standIn.fail('refund', { kind: 'limit' }, 2);
    await comesBack();
    orders.clock.advance(2 * MINUTE);
    expect((await orders.core.reportDifferences(new Date(0))).differences.map(({ kind }) => kind)).toContain('REFUND_STUCK');
    await orders.core.reconcile.run();
    expect(atStripe()).toEqual(['2500 succeeded', '2500 failed']);
    expect(await orders.core.repositories.orders.find(sale.order.id)).toMatchObject({ status: 'REFUNDED', refunded: { amount: 2_500 } });
  });

  it('of money without seats is owed as well', async () => {
    const buyer = orders.viewer();
    const held = await orders.hold(buyer, await orders.publishedEvent(), ['A-1']);
    const intent = await orders.pay(buyer, held, 'pm_card_visa');
    orders.clock.advance(20 * MINUTE);
    await orders.core.reconcile.run();
    expect(atStripe()).toEqual(['2500 succeeded']);
    await comesBack();
    expect(atStripe()).toEqual(['2500 succeeded', '2500 failed']);
    expect(await orders.core.repositories.intents.find(intent.id)).toMatchObject({ status: 'REFUNDED' });
    expect(await refunds()).toMatchObject([{ status: 'SETTLED' }]);
  });
});
