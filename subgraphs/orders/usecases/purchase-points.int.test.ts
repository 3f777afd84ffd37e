import { describe, expect, it } from 'vitest';
import { closeAfterTest } from '../../../tests/harness/fresh.ts';
import { PURCHASE_POINTS } from '../domain/purchase-points.ts';
import type { PurchasePoint, ReachedPoint } from '../domain/purchase-points.ts';
import { startOrders } from '../testing/orders-fixture.ts';

describe('the points of a purchase', () => {
  it.each(['automatic', 'manual'] as const)('are passed in their order, each once, with %s capture', async (capture) => {
    const seen: PurchasePoint[] = [];
    const orders = await startOrders({ capture, reached: (point) => seen.push(point) });
    closeAfterTest(orders);
    const eventId = await orders.publishedEvent();
    const buyer = orders.viewer();
    const hold = await orders.hold(buyer, eventId, ['A-1']);
    const intent = await orders.pay(buyer, hold);
    await orders.purchase(buyer, hold, intent, 'key');
    expect(seen).toEqual(PURCHASE_POINTS);
    // Answered by its key: nothing is gone through again.
    await orders.purchase(buyer, hold, intent, 'key');
    expect(seen).toEqual(PURCHASE_POINTS);
  });

  it.each([
    ['C0', { records: 1, marked: false, claims: 0, tickets: 0 }],
    ['C1', { records: 1, marked: true, claims: 0, tickets: 0 }],
    ['C2', { records: 1, marked: true, claims: 1, tickets: 0 }],
    ['C3', { records: 1, marked: true, claims: 1, tickets: 0 }],
    ['C4', { records: 1, marked: true, claims: 1, tickets: 1 }],
    ['C5', { records: 1, marked: false, claims: 1, tickets: 1 }],
  ] as const)('whoever dies at %s leaves what its step has made, and nothing of the next', async (at, left) => {
    const orders = await startOrders({ capture: 'manual', reached: dieAt(at) });
    closeAfterTest(orders);
    const eventId = await orders.publishedEvent();
    const buyer = orders.viewer();
    const hold = await orders.hold(buyer, eventId, ['A-1']);
    const intent = await orders.pay(buyer, hold);
    await expect(orders.purchase(buyer, hold, intent, 'key')).rejects.toThrow(`died at ${at}`);
    const count = (name: string) => orders.mongo.db.collection(name).countDocuments({});
    expect({
      records: await count('idempotency_keys'),
      marked: (await orders.redis.hget(`hold-details:{${eventId}}:${hold.id}`, 'mark'))?.startsWith('PURCHASING') ?? false,
      claims: await count('seat_claims'),
      tickets: await count('tickets'),
    }).toEqual(left);
    const { captured } = (await orders.mongo.db.collection('simulator_intents').findOne({})) as unknown as { captured: number };
    expect(captured).toBe(at < 'C3' ? 0 : 2_500);
  });
});

function dieAt(at: PurchasePoint): ReachedPoint {
  return (point) => {
    if (point === at) throw new Error(`died at ${at}`);
  };
}
