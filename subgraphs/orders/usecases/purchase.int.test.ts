import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { eventually } from '../../../tests/harness/fresh.ts';
import type { OrdersFixture } from '../testing/orders-fixture.ts';
import { startOrders } from '../testing/orders-fixture.ts';

let orders: OrdersFixture;
beforeAll(async () => {
  orders = await startOrders();
});
afterAll(() => orders.close());

async function counts(fixture: OrdersFixture, eventId: string) {
  const db = fixture.mongo.db;
  return {
    sold: await db.collection('seat_claims').countDocuments({ eventId, state: 'SOLD' }),
    pending: await db.collection('seat_claims').countDocuments({ eventId, state: 'PENDING' }),
    tickets: await db.collection('tickets').countDocuments({ eventId, active: true }),
    confirmed: await db.collection('orders').countDocuments({ eventId, status: 'CONFIRMED' }),
  };
}

describe('purchase', () => {
  it('turns a hold and its payment into an order, tickets and claims, and the seats into RESERVED', async () => {
    const eventId = await orders.publishedEvent();
    const buyer = orders.viewer();
    const held = await orders.hold(buyer, eventId, ['A-1', 'A-2']);
    const intent = await orders.pay(buyer, held);
    const outcome = await orders.purchase(buyer, held, intent, 'key-1');
    expect(outcome).toMatchObject({
      kind: 'PurchasePayload',
      replayed: false,
      order: { status: 'CONFIRMED', total: { amount: 5_000, currency: 'EUR' } },
    });
    expect(await counts(orders, eventId)).toEqual({ sold: 2, pending: 0, tickets: 2, confirmed: 1 });
    expect(await orders.statusOf(eventId, 'A-1')).toBe('RESERVED');
    expect(await orders.redis.exists(`hold:{${eventId}}:A-1`)).toBe(0);
    expect((await orders.core.repositories.holds.find(held.id))?.ended).toBe('CONSUMED');
    expect(
      await orders.mongo.db.collection('outbox').countDocuments({ type: 'order.confirmed', 'data.eventId': eventId, shown: true }),
    ).toBe(1);
  });

  it('answers 20 identical purchases at once with one order', async () => {
    const eventId = await orders.publishedEvent();
    const buyer = orders.viewer();
    const held = await orders.hold(buyer, eventId, ['A-1']);
    const intent = await orders.pay(buyer, held);
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => orders.purchase(buyer, held, intent, 'same')));
    const ids = outcomes.map((outcome) => (outcome.kind === 'PurchasePayload' ? outcome.order.id : outcome.kind));
    expect(new Set(ids).size).toBe(1);
    expect(outcomes.filter((outcome) => outcome.kind === 'PurchasePayload' && !outcome.replayed)).toHaveLength(1);
    expect(await counts(orders, eventId)).toEqual({ sold: 1, pending: 0, tickets: 1, confirmed: 1 });
  });

  it('answers a retry without a key with the same order', async () => {
    const eventId = await orders.publishedEvent();
    const buyer = orders.viewer();
    const held = await orders.hold(buyer, eventId, ['A-1']);
    const intent = await orders.pay(buyer, held);
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => orders.purchase(buyer, held, intent)));
    expect(new Set(outcomes.map((outcome) => (outcome.kind === 'PurchasePayload' ? outcome.order.id : outcome.kind))).size).toBe(1);
    expect(await orders.purchase(buyer, held, intent, 'a key after all')).toMatchObject({ kind: 'PurchasePayload', replayed: true });
  });

  it('refuses a key that was used for another purchase', async () => {
    const eventId = await orders.publishedEvent();
    const buyer = orders.viewer();
    const first = await orders.hold(buyer, eventId, ['A-1']);
    await orders.purchase(buyer, first, await orders.pay(buyer, first), 'once');
    const second = await orders.hold(buyer, eventId, ['A-2']);
    expect(await orders.purchase(buyer, second, await orders.pay(buyer, second), 'once')).toMatchObject({ kind: 'IdempotencyKeyReused' });
    const stranger = orders.viewer();
    const third = await orders.hold(stranger, eventId, ['A-3']);
    expect(await orders.purchase(stranger, third, await orders.pay(stranger, third), 'once')).toMatchObject({
      kind: 'PurchasePayload',
      replayed: false,
    });
  });

  it('refuses an unpaid intent, and accepts the same key once it is paid', async () => {
    const eventId = await orders.publishedEvent();
    const buyer = orders.viewer();
    const held = await orders.hold(buyer, eventId, ['A-1']);
    const intent = await orders.intend(buyer, held);
    expect(await orders.purchase(buyer, held, intent, 'k')).toMatchObject({ kind: 'PaymentNotConfirmed', status: 'REQUIRES_CONFIRMATION' });
    expect(await orders.purchase(orders.viewer(), held, intent, 'k')).toMatchObject({ kind: 'PaymentNotConfirmed' });
    await orders.pay(buyer, held);
    expect(await orders.purchase(buyer, held, intent, 'k')).toMatchObject({ kind: 'PurchasePayload', replayed: false });
  });

  it('sells a seat once when its hold was lost and two paid holds meet', async () => {
    const eventId = await orders.publishedEvent();
    const [first, second] = [orders.viewer(), orders.viewer()];
    const firstHold = await orders.hold(first, eventId, ['B-1', 'B-2']);
    const firstIntent = await orders.pay(first, firstHold);
    // Redis forgets the first hold's keys; the second buyer gets the seat, pays, and the first one's keys come back from an older copy.
    await orders.redis.del(`hold:{${eventId}}:B-1`, `hold:{${eventId}}:B-2`);
    const secondHold = await orders.hold(second, eventId, ['B-2', 'B-3']);
    const secondIntent = await orders.pay(second, secondHold);
    expect(await orders.purchase(second, secondHold, secondIntent, 'k')).toMatchObject({ kind: 'PurchasePayload' });
    await orders.redis.set(`hold:{${eventId}}:B-1`, firstHold.id, 'PX', 100_000);
    await orders.redis.set(`hold:{${eventId}}:B-2`, firstHold.id, 'PX', 100_000);
    const refused = await orders.purchase(first, firstHold, firstIntent, 'k');
    expect(refused).toMatchObject({ kind: 'SeatsUnavailable', conflicts: [{ seatId: 'B-2', reason: 'RESERVED' }] });
    expect(await orders.purchase(first, firstHold, firstIntent, 'k')).toEqual(refused);
    expect((await orders.core.repositories.intents.find(firstIntent.id))?.status).toBe('REFUNDED');
    expect(await orders.simulator.retrieve(`sim_${firstIntent.id}`)).toMatchObject({ value: { status: 'REFUNDED' } });
    expect(await counts(orders, eventId)).toEqual({ sold: 2, pending: 0, tickets: 2, confirmed: 1 });
  });

  it('counts seats that were bought no longer as held by their buyer', async () => {
    const eventId = await orders.publishedEvent();
    const buyer = orders.viewer();
    const seatIds = Array.from({ length: 10 }, (_, index) => `D-${index + 1}`);
    const held = await orders.hold(buyer, eventId, seatIds);
    expect(await orders.core.holdSeats(buyer, { eventId, seatIds: ['E-1'], replacesHoldId: null })).toMatchObject({
      kind: 'HoldLimitReached',
    });
    await orders.purchase(buyer, held, await orders.pay(buyer, held));
    expect(await orders.core.holdSeats(buyer, { eventId, seatIds: ['E-1'], replacesHoldId: null })).toMatchObject({
      kind: 'HoldSeatsPayload',
    });
  });

  it('refuses once the hold has ended, keeping nothing', async () => {
    const eventId = await orders.publishedEvent();
    const buyer = orders.viewer();
    const held = await orders.hold(buyer, eventId, ['C-1']);
    const intent = await orders.pay(buyer, held);
    await orders.redis.del(`hold:{${eventId}}:C-1`);
    expect(await orders.purchase(buyer, held, intent, 'k')).toMatchObject({ kind: 'HoldExpired' });
    expect(await orders.mongo.db.collection('idempotency_keys').countDocuments({ state: 'IN_PROGRESS' })).toBe(0);
    expect(await counts(orders, eventId)).toEqual({ sold: 0, pending: 0, tickets: 0, confirmed: 0 });
  });

  it('takes a whole event apart by 50 buyers without selling a seat twice', async () => {
    const eventId = await orders.publishedEvent();
    const wanted = ['D-1', 'D-2', 'D-3'];
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, async () => {
        const buyer = orders.viewer();
        const outcome = await orders.core.holdSeats(buyer, { eventId, seatIds: wanted, replacesHoldId: null });
        if (outcome.kind !== 'HoldSeatsPayload') return outcome.kind;
        return (await orders.purchase(buyer, outcome.hold, await orders.pay(buyer, outcome.hold))).kind;
      }),
    );
    expect(outcomes.filter((kind) => kind === 'PurchasePayload')).toHaveLength(1);
    expect(await counts(orders, eventId)).toEqual({ sold: 3, pending: 0, tickets: 3, confirmed: 1 });
  });

  it('closes the sale inside the transaction when the event was cancelled meanwhile', async () => {
    const eventId = await orders.publishedEvent();
    const buyer = orders.viewer();
    const held = await orders.hold(buyer, eventId, ['A-1']);
    const intent = await orders.pay(buyer, held);
    const { listings } = orders.core.repositories;
    const listing = await listings.find(eventId);
    if (!listing) throw new Error('no listing');
    await listings.apply({ ...listing, version: 2, status: 'CANCELLED' }, new Date());
    expect(await orders.purchase(buyer, held, intent, 'k')).toMatchObject({ kind: 'SalesClosed' });
    expect(await counts(orders, eventId)).toEqual({ sold: 0, pending: 0, tickets: 0, confirmed: 0 });
  });
});

describe('confirming a payment', () => {
  it('refuses a wrong secret and a stranger with the same answer', async () => {
    const eventId = await orders.publishedEvent();
    const buyer = orders.viewer();
    const intent = await orders.intend(buyer, await orders.hold(buyer, eventId, ['A-1']));
    const wrong = { paymentIntentId: intent.id, clientSecret: 'guess', paymentMethod: null };
    const right = { ...wrong, clientSecret: intent.clientSecret ?? '' };
    expect(await orders.core.confirmPayment(buyer, wrong)).toMatchObject({ kind: 'PaymentIntentNotFound' });
    expect(await orders.core.confirmPayment(orders.viewer(), right)).toMatchObject({ kind: 'PaymentIntentNotFound' });
    expect((await orders.core.repositories.intents.find(intent.id))?.status).toBe('REQUIRES_CONFIRMATION');
  });

  it('lets another card be tried after one was declined', async () => {
    const eventId = await orders.publishedEvent();
    const buyer = orders.viewer();
    const held = await orders.hold(buyer, eventId, ['A-2']);
    const intent = await orders.intend(buyer, held);
    const request = { paymentIntentId: intent.id, clientSecret: intent.clientSecret ?? '' };
    expect(await orders.core.confirmPayment(buyer, { ...request, paymentMethod: 'pm_card_insufficient_funds' })).toMatchObject({
      kind: 'PaymentDeclined',
      reason: 'insufficient_funds',
    });
    expect(await orders.core.confirmPayment(buyer, { ...request, paymentMethod: 'pm_card_visa' })).toMatchObject({
      kind: 'ConfirmPaymentPayload',
      paymentIntent: { status: 'SUCCEEDED', attempt: 2 },
    });
  });

  it('gives the same intent again however often one is asked for, in parallel too', async () => {
    const eventId = await orders.publishedEvent();
    const buyer = orders.viewer();
    const held = await orders.hold(buyer, eventId, ['A-3']);
    const intents = await Promise.all(Array.from({ length: 10 }, () => orders.intend(buyer, held)));
    expect(new Set(intents.map(({ id, clientSecret }) => `${id} ${String(clientSecret)}`)).size).toBe(1);
    expect(intents[0]?.amount).toEqual({ amount: 2_500, currency: 'EUR' });
  });

  it('charges once when it is confirmed ten times at once', async () => {
    const eventId = await orders.publishedEvent();
    const buyer = orders.viewer();
    const held = await orders.hold(buyer, eventId, ['A-4']);
    const intent = await orders.intend(buyer, held);
    await Promise.all(
      Array.from({ length: 10 }, () =>
        orders.core.confirmPayment(buyer, { paymentIntentId: intent.id, clientSecret: intent.clientSecret ?? '', paymentMethod: null }),
      ),
    );
    expect(await orders.mongo.db.collection('simulator_intents').findOne({ intentId: intent.id })).toMatchObject({
      captured: 2_500,
      answers: [{}],
    });
  });

  it('goes on with a confirmation whose answer was lost, and says what the provider had said', async () => {
    let lose = true;
    const lossy = await startOrders({
      provider: (real) => ({
        ...real,
        confirm: async (request) => {
          const result = await real.confirm(request);
          return lose ? { kind: 'unknown', cause: new Error('lost') } : result;
        },
      }),
    });
    onTestFinished(lossy.close);
    const buyer = lossy.viewer();
    const intent = await lossy.intend(buyer, await lossy.hold(buyer, await lossy.publishedEvent(), ['A-6']));
    const confirm = (paymentMethod: string) =>
      lossy.core.confirmPayment(buyer, { paymentIntentId: intent.id, clientSecret: intent.clientSecret ?? '', paymentMethod });
    expect(await confirm('pm_card_declined')).toMatchObject({ paymentIntent: { status: 'PROCESSING' } });
    lose = false;
    lossy.clock.advance(6_000);
    expect(await confirm('pm_card_declined')).toMatchObject({ kind: 'PaymentDeclined', reason: 'card_declined' });
    expect(await confirm('pm_card_visa')).toMatchObject({ kind: 'ConfirmPaymentPayload', paymentIntent: { status: 'SUCCEEDED' } });
  });

  it('takes no money behind the back of a hold that was let go while the confirming process was frozen', async () => {
    let thaw = (): void => undefined;
    const frozen = new Promise<void>((resolve) => {
      thaw = resolve;
    });
    let calls = 0;
    const slow = await startOrders({
      provider: (real) => ({
        ...real,
        confirm: async (request) => {
          calls += 1;
          if (calls === 1) await frozen;
          return real.confirm(request);
        },
      }),
    });
    onTestFinished(slow.close);
    const buyer = slow.viewer();
    const held = await slow.hold(buyer, await slow.publishedEvent(), ['A-7']);
    const intent = await slow.intend(buyer, held);
    const confirm = () =>
      slow.core.confirmPayment(buyer, { paymentIntentId: intent.id, clientSecret: intent.clientSecret ?? '', paymentMethod: null });
    const first = confirm();
    await eventually('the first confirmation is on its way', () => calls === 1);
    slow.clock.advance(6_000);
    await confirm();
    await slow.redis.hdel(`hold-details:{${held.eventId}}:${held.id}`, 'mark');
    await slow.core.releaseHold(buyer, held.id);
    thaw();
    await first;
    slow.clock.advance(60_000);
    await slow.core.reconcile.run();
    const money = await slow.mongo.db.collection('simulator_intents').findOne({ intentId: intent.id });
    expect(Number(money?.['captured']) - Number(money?.['refunded'])).toBe(0);
  });

  it('keeps the hold from being released in mid-payment after a second click, too', async () => {
    let released: boolean | null = null;
    const twice = await startOrders({
      provider: (real) => ({
        ...real,
        confirm: async (sent) => {
          await second;
          released = await twice.core.releaseHold(buyer, held.id);
          return real.confirm(sent);
        },
      }),
    });
    onTestFinished(twice.close);
    const buyer = twice.viewer();
    const held = await twice.hold(buyer, await twice.publishedEvent(), ['A-8']);
    const intent = await twice.intend(buyer, held);
    const request = { paymentIntentId: intent.id, clientSecret: intent.clientSecret ?? '', paymentMethod: null };
    const confirmations = [twice.core.confirmPayment(buyer, request), twice.core.confirmPayment(buyer, request)];
    // Whichever lost has its answer while the other one's payment is on its way.
    const second = Promise.race(confirmations);
    await Promise.all(confirmations);
    expect(released).toBe(false);
    expect((await twice.core.repositories.intents.find(intent.id))?.status).toBe('SUCCEEDED');
  });

  it('keeps the hold alive long enough to purchase, and keeps it from being released meanwhile', async () => {
    const slow = await startOrders({
      holdLifeSeconds: 5,
      provider: (real) => ({
        ...real,
        confirm: async (request) => {
          // In mid-payment the owner tries to let the seats go.
          released = await slow.core.releaseHold(buyer, held.id);
          return real.confirm(request);
        },
      }),
    });
    const buyer = slow.viewer();
    let released: boolean | null = null;
    const held = await slow.hold(buyer, await slow.publishedEvent(), ['A-5']);
    await slow.pay(buyer, held);
    expect(released).toBe(false);
    expect(await slow.redis.pttl(`hold:{${held.eventId}}:A-5`)).toBeGreaterThan(115_000);
    await slow.close();
  });
});

describe('manual capture', () => {
  it('takes the money with the purchase', async () => {
    const manual = await startOrders({ capture: 'manual' });
    const buyer = manual.viewer();
    const held = await manual.hold(buyer, await manual.publishedEvent(), ['A-1']);
    const intent = await manual.pay(buyer, held);
    expect(intent.status).toBe('REQUIRES_CAPTURE');
    expect(await manual.purchase(buyer, held, intent)).toMatchObject({ kind: 'PurchasePayload' });
    expect(await manual.mongo.db.collection('simulator_intents').findOne({ intentId: intent.id })).toMatchObject({
      status: 'SUCCEEDED',
      captured: 2_500,
    });
    await manual.close();
  });

  it('lets the owner release the hold at once after the capture was declined', async () => {
    const manual = await startOrders({
      capture: 'manual',
      provider: (real) => ({ ...real, capture: () => Promise.resolve({ kind: 'declined', reason: 'card_declined' }) }),
    });
    onTestFinished(manual.close);
    const buyer = manual.viewer();
    const held = await manual.hold(buyer, await manual.publishedEvent(), ['A-2']);
    expect(await manual.purchase(buyer, held, await manual.pay(buyer, held))).toMatchObject({ kind: 'PaymentDeclined' });
    expect(await manual.core.releaseHold(buyer, held.id)).toBe(true);
    expect(await manual.statusOf(held.eventId, 'A-2')).toBe('AVAILABLE');
  });

  it('lets the seats go when the capture is declined, and another card buys them with a new key', async () => {
    let decline = true;
    const manual = await startOrders({
      capture: 'manual',
      provider: (real) => ({
        ...real,
        capture: (request) => (decline ? Promise.resolve({ kind: 'declined', reason: 'card_declined' }) : real.capture(request)),
      }),
    });
    const buyer = manual.viewer();
    const held = await manual.hold(buyer, await manual.publishedEvent(), ['A-1']);
    const intent = await manual.pay(buyer, held);
    const declined = await manual.purchase(buyer, held, intent, 'first');
    expect(declined).toMatchObject({ kind: 'PaymentDeclined', reason: 'card_declined' });
    expect(await manual.purchase(buyer, held, intent, 'first')).toEqual(declined);
    expect(await counts(manual, held.eventId)).toEqual({ sold: 0, pending: 0, tickets: 0, confirmed: 0 });
    expect(await manual.statusOf(held.eventId, 'A-1')).toBe('HELD');
    decline = false;
    await manual.simulator.cancel({ key: 'void', providerIntentId: `sim_${intent.id}` });
    await manual.mongo.db.collection('simulator_intents').updateOne({ intentId: intent.id }, { $set: { status: 'REQUIRES_CONFIRMATION' } });
    const again = await manual.pay(buyer, held);
    expect(again.attempt).toBe(2);
    expect(await manual.purchase(buyer, held, again, 'second')).toMatchObject({ kind: 'PurchasePayload' });
    await manual.close();
  });
});
