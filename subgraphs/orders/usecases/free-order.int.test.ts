import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../../tests/harness/fresh.ts';
import type { OrdersFixture } from '../testing/orders-fixture.ts';
import { startOrders } from '../testing/orders-fixture.ts';
import type { StripeRig } from '../testing/stripe-rig.ts';
import { startStripeRig } from '../testing/stripe-rig.ts';

const MINUTE = 60_000;
const organizer = { userId: 'usr_organizer', roles: ['ORGANIZER'] } as const;

describe.each(['automatic', 'manual'] as const)('with Stripe, %s capture', (capture) => {
  let rig: StripeRig;
  let orders: OrdersFixture;
  beforeEach(async () => {
    rig = await startStripeRig(capture);
    orders = await startOrders({ capture, provider: () => rig.provider });
  });
  afterEach(async () => {
    await orders.close();
    await rig.close();
  });

  async function eventAt(price: number, currency = 'EUR'): Promise<string> {
    const eventId = await orders.publishedEvent();
    const rows = [{ label: 'A', seatCount: 10, firstNumber: 1 }];
    const sections = [{ name: '', price: { amount: price, currency }, rows, features: {}, blockedSeats: [] }];
    await orders.core.configureSeating(organizer, eventId, { currency, sections });
    return eventId;
  }
  const differences = async () => (await orders.core.reportDifferences(new Date(0))).differences;

  it('seats that cost nothing are bought without it, and given back without it', async () => {
    const buyer = orders.viewer();
    const held = await orders.hold(buyer, await eventAt(0), ['A-1', 'A-2']);
    const intents = await Promise.all([orders.intend(buyer, held), orders.intend(buyer, held)]);
    expect(intents[0]?.clientSecret).toBe(intents[1]?.clientSecret);
    const intent = await orders.pay(buyer, held, 'pm_card_visa');
    expect(intent).toMatchObject({ status: 'SUCCEEDED', amount: { amount: 0 } });
    const sale = await orders.purchase(buyer, held, intent, 'k');
    expect(sale).toMatchObject({ kind: 'PurchasePayload', order: { status: 'CONFIRMED', total: { amount: 0 } } });
    expect(await orders.purchase(buyer, held, intent, 'k')).toMatchObject({ kind: 'PurchasePayload', replayed: true });
    expect(await differences()).toEqual([]);
    if (sale.kind !== 'PurchasePayload') throw new Error('not bought');
    expect(await orders.core.refundOrder(buyer, { orderId: sale.order.id, ticketIds: null, idempotencyKey: null })).toMatchObject({
      order: { status: 'REFUNDED' },
    });
    expect(await differences()).toEqual([]);
    expect(rig.standIn.received).toEqual([]);
  });

  it('a free seat that nobody bought in the end leaves nothing open', async () => {
    const eventId = await eventAt(0);
    const [confirmed, left, released] = [orders.viewer(), orders.viewer(), orders.viewer()];
    const paid = await orders.pay(confirmed, await orders.hold(confirmed, eventId, ['A-1']));
    const idle = await orders.intend(left, await orders.hold(left, eventId, ['A-2']));
    const gone = await orders.hold(released, eventId, ['A-3']);
    const dropped = await orders.intend(released, gone);
    await orders.core.releaseHold(released, gone.id);
    orders.clock.advance(20 * MINUTE);
    await orders.core.reconcile.run();
    const { intents } = orders.core.repositories;
    expect(await intents.find(paid.id)).toMatchObject({ status: 'REFUNDED' });
    for (const { id } of [idle, dropped])
      await eventually('it is cancelled', async () => {
        const { status, cancelDue } = (await intents.find(id)) ?? {};
        return status === 'CANCELLED' && cancelDue === false;
      });
    expect((await differences()).filter(({ paymentIntentId }) => paymentIntentId !== null)).toEqual([]);
    expect(rig.standIn.received).toEqual([]);
  });

  it.each([
    ['too small', 10, 'EUR'],
    ['not in its steps', 5_124, 'KWD'],
  ])('a total that is %s is refused, and whoever set the price is told', async (_what, price, currency) => {
    const buyer = orders.viewer();
    const held = await orders.hold(buyer, await eventAt(price, currency), ['A-1']);
    expect(await orders.core.createPaymentIntent(buyer, held.id)).toMatchObject({
      kind: 'NotPayable',
      amount: { amount: price, currency },
    });
    expect(await orders.core.createPaymentIntent(buyer, held.id)).toMatchObject({ kind: 'NotPayable' });
    expect(String(orders.errors[0])).toContain(`${price} ${currency}`);
    orders.clock.advance(20 * MINUTE);
    await orders.core.reconcile.run();
    const intent = await orders.mongo.db.collection('payment_intents').findOne({ holdId: held.id });
    expect(intent).toMatchObject({ status: 'CANCELLED' });
  });
});
