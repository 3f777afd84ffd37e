import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { newId } from '../../../kit/values/ids.ts';
import type { OrdersFixture } from '../testing/orders-fixture.ts';
import { startOrders } from '../testing/orders-fixture.ts';

let orders: OrdersFixture;
beforeEach(async () => {
  orders = await startOrders();
});
afterEach(async () => {
  vi.restoreAllMocks();
  await orders.close();
});

const MINUTE = 60_000;

describe('the reconciler', () => {
  it('asks Redis about an unconfirmed payment once, until its hold could have ended', async () => {
    const eventId = await orders.publishedEvent();
    const baskets = await Promise.all(
      ['A-1', 'A-2', 'A-3'].map(async (seatId) => {
        const buyer = orders.viewer();
        const held = await orders.hold(buyer, eventId, [seatId]);
        return { buyer, held, intent: await orders.intend(buyer, held) };
      }),
    );
    orders.clock.advance(MINUTE);
    const asked = vi.spyOn(orders.redis, 'hgetall');
    for (let runs = 0; runs < 4; runs += 1) await orders.core.reconcile.run();
    expect(asked).toHaveBeenCalledTimes(3);

    const [paid] = baskets;
    if (!paid) throw new Error('no basket');
    await orders.pay(paid.buyer, paid.held);
    orders.clock.advance(5 * MINUTE);
    await orders.core.reconcile.run();
    const statuses = await Promise.all(baskets.map(async ({ intent }) => (await orders.core.repositories.intents.find(intent.id))?.status));
    // Paying has prolonged nothing here: of each hold more than five minutes are gone.
    expect(statuses).toEqual(['REFUNDED', 'CANCELLED', 'CANCELLED']);
  });

  it('leaves the money of a living hold alone, however wrong its own clock is', async () => {
    const buyer = orders.viewer();
    const held = await orders.hold(buyer, await orders.publishedEvent(), ['A-1']);
    const intent = await orders.pay(buyer, held);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 6 * MINUTE });
    try {
      await orders.core.reconcile.run();
    } finally {
      vi.useRealTimers();
    }
    expect(await orders.purchase(buyer, held, intent)).toMatchObject({ kind: 'PurchasePayload' });
  });

  it('comes to a refund behind any number of others that cannot even be looked at', async () => {
    const buyer = orders.viewer();
    const held = await orders.hold(buyer, await orders.publishedEvent(), ['A-1']);
    const intent = await orders.pay(buyer, held);
    const now = orders.clock.now();
    await orders.mongo.db.collection<{ _id: string }>('refunds').insertMany(
      Array.from({ length: 120 }, () => ({
        _id: newId('rf'),
        paymentIntentId: 'pi_lost_in_a_restore',
        orderId: null,
        ticketIds: [],
        amount: { amount: 100, currency: 'EUR' },
        owed: true,
        fingerprint: null,
        status: 'PENDING',
        createdAt: new Date(now.getTime() - MINUTE),
        attempts: 0,
        refusals: 0,
        returned: false,
        nextAttemptAt: new Date(now.getTime() - MINUTE),
      })),
    );
    const { ledger, intents } = orders.core.repositories;
    await ledger.startUnboundRefund(intent, {
      id: newId('rf'),
      paymentIntentId: intent.id,
      orderId: null,
      ticketIds: [],
      amount: intent.amount,
      owed: true,
      fingerprint: null,
      status: 'PENDING',
      createdAt: now,
      attempts: 0,
      refusals: 0,
      returned: false,
    });
    orders.clock.advance(MINUTE);
    await orders.core.reconcile.run();
    await orders.core.reconcile.run();
    expect((await intents.find(intent.id))?.status).toBe('REFUNDED');
  });
});
