import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../../kit/values/ids.ts';
import { closeAfterTest, eventually } from '../../../tests/harness/fresh.ts';
import type { Hold } from '../domain/hold.ts';
import type { PaymentIntent } from '../domain/payment-intent.ts';
import type { Viewer } from '../domain/viewer.ts';
import type { OrdersFixture } from '../testing/orders-fixture.ts';
import { startOrders } from '../testing/orders-fixture.ts';
import type { StripeRig } from '../testing/stripe-rig.ts';
import { startStripeRig } from '../testing/stripe-rig.ts';

const MINUTE = 60_000;
const VISA = 'pm_card_visa';

describe.each(['automatic', 'manual'] as const)('a purchase paid by Stripe, %s capture', (capture) => {
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
  const confirmed = capture === 'manual' ? 'REQUIRES_CAPTURE' : 'SUCCEEDED';

  async function basket(seatIds: readonly string[] = ['A-1']) {
    const buyer = orders.viewer();
    const held = await orders.hold(buyer, await orders.publishedEvent(), seatIds);
    return { buyer, held, intent: await orders.intend(buyer, held) };
  }
  const confirm = (buyer: Viewer, intent: PaymentIntent, paymentMethod: string | null = VISA) =>
    orders.core.confirmPayment(buyer, { paymentIntentId: intent.id, clientSecret: intent.clientSecret ?? '', paymentMethod });
  const stored = (intent: PaymentIntent) => orders.core.repositories.intents.find(intent.id);
  const atStripe = (intent: PaymentIntent) => rig.standIn.account.find(intent.providerIntentId ?? '');
  const orderOf = (held: Hold) => orders.mongo.db.collection('orders').findOne({ holdId: held.id });
  /** As Stripe's webhook would, with a body that says whatever it is told. */
  async function notify(intent: PaymentIntent, type: string, id = newId('evt')): Promise<void> {
    const object = { object: 'payment_intent', id: intent.providerIntentId, metadata: { intent_id: intent.id }, status: 'succeeded' };
    const { body, signature } = rig.standIn.webhook(type, object, { id });
    const notice = rig.readNotice(Buffer.from(body), signature);
    if (!notice) throw new Error('not signed');
    await orders.core.followPayment(notice);
  }

  it('goes from a hold to an order, and takes the money once', async () => {
    const { buyer, held, intent } = await basket(['A-1', 'A-2']);
    expect(await confirm(buyer, intent)).toMatchObject({ paymentIntent: { status: confirmed } });
    expect(atStripe(intent).received).toBe(capture === 'manual' ? 0 : 5_000);
    const outcome = await orders.purchase(buyer, held, intent, 'k');
    expect(outcome).toMatchObject({ kind: 'PurchasePayload', replayed: false, order: { status: 'CONFIRMED', total: { amount: 5_000 } } });
    expect(await orders.purchase(buyer, held, intent, 'k')).toMatchObject({ kind: 'PurchasePayload', replayed: true });
    expect(atStripe(intent)).toMatchObject({ status: 'succeeded', received: 5_000, amount: 5_000 });
  });

  it('is refused with a declined card, and goes on with another', async () => {
    const { buyer, held, intent } = await basket();
    expect(await confirm(buyer, intent, 'pm_card_visa_chargeDeclinedInsufficientFunds')).toMatchObject({
      kind: 'PaymentDeclined',
      reason: 'insufficient_funds',
    });
    expect(await confirm(buyer, intent, null)).toMatchObject({ kind: 'PaymentDeclined' });
    await confirm(buyer, intent);
    expect(await orders.purchase(buyer, held, intent)).toMatchObject({ kind: 'PurchasePayload' });
  });

  it("waits for the payer at their bank's page", async () => {
    const { buyer, held, intent } = await basket();
    expect(await confirm(buyer, intent, 'pm_card_authenticationRequired')).toMatchObject({
      paymentIntent: { status: 'REQUIRES_ACTION', nextAction: { url: `${rig.standIn.apiUrl}/authenticate/${intent.providerIntentId}` } },
    });
    expect(atStripe(intent).returnUrl).toBe('https://shop.example/checkout');
    rig.standIn.account.authenticate(intent.providerIntentId ?? '', 'approve');
    expect(await confirm(buyer, intent, null)).toMatchObject({ paymentIntent: { status: confirmed, nextAction: null } });
    expect(await orders.purchase(buyer, held, intent)).toMatchObject({ kind: 'PurchasePayload' });
  });

  it('gives back what was taken when the answer was lost and nobody came again', async () => {
    const { buyer, intent } = await basket();
    rig.standIn.fail('confirm', { kind: 'drop' }, 2);
    expect(await confirm(buyer, intent)).toMatchObject({ paymentIntent: { status: 'PROCESSING' } });
    orders.clock.advance(7 * MINUTE);
    await orders.core.reconcile.run();
    expect((await stored(intent))?.status).toBe(capture === 'manual' ? 'CANCELLED' : 'REFUNDED');
    expect(atStripe(intent).status).toBe(capture === 'manual' ? 'canceled' : 'succeeded');
    expect(rig.standIn.account.refunds.map(({ amount }) => amount)).toEqual(capture === 'manual' ? [] : [2_500]);
  });

  it('goes on by itself when the answer was lost and its buyer asks again', async () => {
    const { buyer, held, intent } = await basket();
    rig.standIn.fail('confirm', { kind: 'drop' }, 2);
    await confirm(buyer, intent);
    orders.clock.advance(6_000);
    expect(await confirm(buyer, intent)).toMatchObject({ paymentIntent: { status: confirmed } });
    expect(await orders.purchase(buyer, held, intent)).toMatchObject({ kind: 'PurchasePayload' });
  });

  it('asks again with the card that the lost attempt was made with, and only then takes the next one', async () => {
    const { buyer, held, intent } = await basket();
    rig.standIn.fail('confirm', { kind: 'drop' }, 2);
    await confirm(buyer, intent, 'pm_card_visa_chargeDeclinedInsufficientFunds');
    orders.clock.advance(6_000);
    expect(await confirm(buyer, intent)).toMatchObject({ kind: 'PaymentDeclined', reason: 'insufficient_funds' });
    expect(await confirm(buyer, intent)).toMatchObject({ paymentIntent: { status: confirmed } });
    expect(await orders.purchase(buyer, held, intent)).toMatchObject({ kind: 'PurchasePayload' });
  });

  it('refunds a cancelled event, once, although the first answer was lost', async () => {
    const { buyer, held, intent } = await basket();
    await confirm(buyer, intent);
    await orders.purchase(buyer, held, intent);
    const { listings } = orders.core.repositories;
    const listing = await listings.find(held.eventId);
    if (!listing) throw new Error('no listing');
    await listings.apply({ ...listing, version: 2, status: 'CANCELLED' }, orders.clock.now());
    rig.standIn.fail('refund', { kind: 'drop' }, 2);
    await orders.core.refundClosedEvents();
    expect((await orderOf(held))?.['status']).toBe('REFUND_PENDING');
    rig.standIn.forgetKeys();
    orders.clock.advance(MINUTE);
    await orders.core.reconcile.run();
    expect((await orderOf(held))?.['status']).toBe('REFUNDED');
    expect(rig.standIn.account.refunds.map(({ amount }) => amount)).toEqual([2_500]);
  });

  it('settles a refund when Stripe sends word that it has arrived', async () => {
    const { buyer, held, intent } = await basket();
    await confirm(buyer, intent);
    await orders.purchase(buyer, held, intent);
    const { listings } = orders.core.repositories;
    const listing = await listings.find(held.eventId);
    if (!listing) throw new Error('no listing');
    await listings.apply({ ...listing, version: 2, status: 'CANCELLED' }, orders.clock.now());
    rig.standIn.leaveRefundsPending(true);
    await orders.core.refundClosedEvents();
    expect((await orderOf(held))?.['status']).toBe('REFUND_PENDING');
    const [refund] = rig.standIn.account.refunds;
    if (!refund) throw new Error('no refund');
    refund.status = 'succeeded';
    const { body, signature } = rig.standIn.webhook('refund.updated', rig.standIn.account.showRefund(refund));
    const notice = rig.readNotice(Buffer.from(body), signature);
    if (!notice) throw new Error('not signed');
    await orders.core.followPayment(notice);
    expect((await orderOf(held))?.['status']).toBe('REFUNDED');
  });

  it('is paid once when the webhook comes while the request is in flight', async () => {
    const { buyer, held, intent } = await basket();
    rig.standIn.fail('confirm', { kind: 'delay', milliseconds: 500 });
    const live = confirm(buyer, intent);
    await rig.standIn.reached('confirm');
    await Promise.all([notify(intent, 'payment_intent.succeeded'), notify(intent, 'payment_intent.amount_capturable_updated')]);
    expect((await stored(intent))?.status).toBe(confirmed);
    expect(await live).toMatchObject({ kind: 'ConfirmPaymentPayload', paymentIntent: { status: confirmed } });
    expect(await orders.purchase(buyer, held, intent)).toMatchObject({ kind: 'PurchasePayload' });
    expect(atStripe(intent).received).toBe(2_500);
  });

  it('is one order when webhooks and the reconciler come while it is being purchased', async () => {
    const { buyer, held, intent } = await basket();
    await confirm(buyer, intent);
    const [outcome] = await Promise.all([
      orders.purchase(buyer, held, intent, 'k'),
      notify(intent, 'payment_intent.succeeded'),
      notify(intent, 'payment_intent.canceled'),
      orders.core.reconcile.run(),
    ]);
    expect(outcome).toMatchObject({ kind: 'PurchasePayload' });
    expect(await orders.mongo.db.collection('tickets').countDocuments({ eventId: held.eventId, active: true })).toBe(1);
    expect((await stored(intent))?.status).toBe('SUCCEEDED');
  });

  it('believes nothing that a webhook says, but asks', async () => {
    const { intent } = await basket();
    await notify(intent, 'payment_intent.succeeded');
    expect((await stored(intent))?.status).toBe('REQUIRES_CONFIRMATION');
  });

  it('hears from the webhook that the payer came back from their bank, with a yes or a no', async () => {
    const [yes, no] = [await basket(), await basket()];
    for (const { buyer, intent } of [yes, no]) await confirm(buyer, intent, 'pm_card_authenticationRequired');
    rig.standIn.account.authenticate(yes.intent.providerIntentId ?? '', 'approve');
    rig.standIn.account.authenticate(no.intent.providerIntentId ?? '', 'decline');
    await Promise.all([notify(yes.intent, 'payment_intent.succeeded'), notify(no.intent, 'payment_intent.payment_failed')]);
    expect(await stored(yes.intent)).toMatchObject({ status: confirmed, nextAction: null });
    expect(await stored(no.intent)).toMatchObject({ status: 'REQUIRES_CONFIRMATION', attempt: 2, nextAction: null });
    expect(await confirm(no.buyer, no.intent)).toMatchObject({ paymentIntent: { status: confirmed } });
  });

  it('asks again when the same word is delivered twice only if it could not be followed the first time', async () => {
    const { buyer, intent } = await basket();
    await confirm(buyer, intent, 'pm_card_authenticationRequired');
    rig.standIn.account.authenticate(intent.providerIntentId ?? '', 'approve');
    const event = newId('evt');
    rig.standIn.fail('retrieve', { kind: 'fail' });
    await expect(notify(intent, 'payment_intent.succeeded', event)).rejects.toThrow('cannot be reached');
    expect((await stored(intent))?.status).toBe('REQUIRES_ACTION');
    await Promise.all([1, 2, 3].map(() => notify(intent, 'payment_intent.succeeded', event)));
    expect((await stored(intent))?.status).toBe(confirmed);
    const asked = rig.standIn.received.length;
    await notify(intent, 'payment_intent.succeeded', event);
    expect(rig.standIn.received.length).toBe(asked);
  });

  it('gives back what its payer paid with Stripe directly, without us, if nobody buys with it', async () => {
    const { intent } = await basket();
    await rig.provider.confirm({ key: 'their own', providerIntentId: intent.providerIntentId ?? '', paymentMethod: VISA });
    await notify(intent, 'payment_intent.succeeded');
    // A promise of the bank's is only noted when its payer confirms it here; left alone it is cancelled.
    expect((await stored(intent))?.status).toBe(capture === 'manual' ? 'REQUIRES_CONFIRMATION' : 'SUCCEEDED');
    orders.clock.advance(7 * MINUTE);
    await orders.core.reconcile.run();
    await eventually('Stripe has been told', async () => (await stored(intent))?.cancelDue === false);
    expect((await stored(intent))?.status).toBe(capture === 'manual' ? 'CANCELLED' : 'REFUNDED');
    expect(atStripe(intent).status).toBe(capture === 'manual' ? 'canceled' : 'succeeded');
    expect(rig.standIn.account.refunds.map(({ amount }) => amount)).toEqual(capture === 'manual' ? [] : [2_500]);
  });
});

describe('a purchase whose capture was never answered', () => {
  it('is finished by the reconciler, and captured once', async () => {
    const rig = await startStripeRig('manual');
    closeAfterTest(rig);
    const orders = await startOrders({ capture: 'manual', provider: () => rig.provider });
    closeAfterTest(orders);
    const buyer = orders.viewer();
    const held = await orders.hold(buyer, await orders.publishedEvent(), ['A-1']);
    const intent = await orders.pay(buyer, held, VISA);
    rig.standIn.fail('capture', { kind: 'drop' }, 2);
    expect(await orders.purchase(buyer, held, intent, 'k')).toMatchObject({ kind: 'OrderProcessing' });
    orders.clock.advance(MINUTE);
    await orders.core.reconcile.run();
    expect(await orders.mongo.db.collection('orders').findOne({ holdId: held.id })).toMatchObject({ status: 'CONFIRMED' });
    expect(await orders.purchase(buyer, held, intent, 'k')).toMatchObject({ kind: 'PurchasePayload', replayed: true });
    expect(rig.standIn.received.filter(({ operation, acted }) => operation === 'capture' && acted)).toHaveLength(1);
  });
});
