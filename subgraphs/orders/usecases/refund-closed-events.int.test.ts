import { expect, it } from 'vitest';
import { closeAfterTest, eventually } from '../../../tests/harness/fresh.ts';
import { startOrders } from '../testing/orders-fixture.ts';

it('the orders of a cancelled event are refunded eight at a time, however slow the provider is', async () => {
  let underWay = 0;
  let most = 0;
  let letGo = (): void => undefined;
  const gate = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const orders = await startOrders({
    provider: (real) => ({
      ...real,
      refund: async (request) => {
        underWay += 1;
        most = Math.max(most, underWay);
        await gate;
        const result = await real.refund(request);
        underWay -= 1;
        return result;
      },
    }),
  });
  closeAfterTest(orders);
  const eventId = await orders.publishedEvent();
  for (let seat = 1; seat <= 12; seat += 1) {
    const buyer = orders.viewer();
    const held = await orders.hold(buyer, eventId, [seat <= 10 ? `A-${seat}` : `B-${seat - 10}`]);
    await orders.purchase(buyer, held, await orders.pay(buyer, held));
  }
  const { listings } = orders.core.repositories;
  const listing = await listings.find(eventId);
  if (!listing) throw new Error('no listing');
  await listings.apply({ ...listing, version: 2, status: 'CANCELLED' }, orders.clock.now());
  const closing = orders.core.refundClosedEvents();
  try {
    await eventually('eight refunds are under way', () => underWay === 8);
  } finally {
    letGo();
  }
  await closing;
  expect(most).toBe(8);
  expect(await orders.mongo.db.collection('orders').countDocuments({ eventId, status: 'REFUNDED' })).toBe(12);
  expect(orders.errors).toEqual([]);
});
