import { expect, it } from 'vitest';
import { silentLogger } from '../../../kit/runtime/logger.ts';
import { closeAfterTest, eventually } from '../../../tests/harness/fresh.ts';
import { startOrders } from '../testing/orders-fixture.ts';
import { startNotifications } from './notifications.ts';

it('a process that is told to stop sends what it has begun, and leaves the other mails to the next one', async () => {
  const orders = await startOrders();
  closeAfterTest(orders);
  const { mails } = orders.core.repositories;
  const buyer = orders.viewer();
  const held = await orders.hold(buyer, await orders.publishedEvent(), ['A-1']);
  const sale = await orders.purchase(buyer, held, await orders.pay(buyer, held));
  if (sale.kind !== 'PurchasePayload') throw new Error(`Not bought: ${sale.kind}`);
  const due = Array.from({ length: 20 }, (_, index) => `evt_${index}`);
  for (const id of due) await mails.add({ id, orderId: sale.order.id, kind: 'TICKETS' }, orders.clock.now());

  const begun: string[] = [];
  let letGo = (): void => undefined;
  const gate = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const notifications = await startNotifications({
    bus: { subscribe: () => Promise.resolve({ close: () => Promise.resolve() }) },
    source: 'orders',
    mails,
    orders: orders.core.repositories.orders,
    events: {
      findListings: () => Promise.resolve([]),
      findFacts: () =>
        Promise.resolve({ title: 'Opera', startsAt: new Date(), endsAt: null, timeZone: 'UTC', location: null, isCancelled: false }),
    },
    auth: { findBuyer: () => Promise.resolve({ email: 'ada@example.org', displayName: 'Ada' }) },
    codes: orders.core.ticketCodes,
    transport: {
      send: async ({ id }) => {
        begun.push(id);
        await gate;
      },
      close: () => undefined,
    },
    clock: orders.clock,
    logger: silentLogger,
  });
  await eventually('mails on their way', () => Promise.resolve(begun.length === 2));
  const closed = notifications.close();
  letGo();
  await closed;
  expect(begun).toHaveLength(2);
  expect(await orders.mongo.db.collection('mails').countDocuments({ state: 'SENT' })).toBe(2);
});
