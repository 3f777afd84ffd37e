import { afterEach, beforeEach, expect, it } from 'vitest';
import { silentLogger } from '../../../kit/runtime/logger.ts';
import { eventually } from '../../../tests/harness/fresh.ts';
import type { OrdersFixture } from '../testing/orders-fixture.ts';
import { startOrders } from '../testing/orders-fixture.ts';
import type { MailTransport } from './mail.ts';
import { startNotifications } from './notifications.ts';

let orders: OrdersFixture;
const processes: { close: () => Promise<void> }[] = [];
beforeEach(async () => {
  orders = await startOrders();
});
afterEach(async () => {
  await Promise.all(processes.splice(0).map((one) => one.close()));
  await orders.close();
});

async function bought() {
  const buyer = orders.viewer();
  const held = await orders.hold(buyer, await orders.publishedEvent(), ['A-1']);
  const sale = await orders.purchase(buyer, held, await orders.pay(buyer, held));
  if (sale.kind !== 'PurchasePayload') throw new Error(`Not bought: ${sale.kind}`);
  return { buyer, order: sale.order };
}
const due = async (id: string, orderId: string) => orders.core.repositories.mails.add({ id, orderId, kind: 'TICKETS' }, orders.clock.now());
const stored = (id: string) => orders.mongo.db.collection<{ _id: string; nextAttemptAt: Date }>('mails').findOne({ _id: id });

/** A process that sends mails. */
async function sending(send: MailTransport['send'], keepEveryMilliseconds?: number) {
  const notifications = await startNotifications({
    bus: { subscribe: () => Promise.resolve({ close: () => Promise.resolve() }) },
    source: 'orders',
    mails: orders.core.repositories.mails,
    orders: orders.core.repositories.orders,
    events: {
      findListings: () => Promise.resolve([]),
      findFacts: () =>
        Promise.resolve({ title: 'Opera', startsAt: new Date(), endsAt: null, timeZone: 'UTC', location: null, isCancelled: false }),
    },
    auth: { findBuyer: () => Promise.resolve({ email: 'ada@example.org', displayName: 'Ada' }) },
    codes: orders.core.ticketCodes,
    transport: { send, close: () => undefined },
    clock: orders.clock,
    logger: silentLogger,
    ...(keepEveryMilliseconds === undefined ? {} : { keepEveryMilliseconds }),
  });
  processes.push(notifications);
  return notifications;
}

function gate() {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { open, opened };
}

it('a process that is told to stop sends what it has begun, and leaves the other mails to the next one', async () => {
  const { order } = await bought();
  for (let index = 0; index < 20; index += 1) await due(`evt_${index}`, order.id);
  const begun: string[] = [];
  const { open, opened } = gate();
  const notifications = await sending(async ({ id }) => {
    begun.push(id);
    await opened;
  });
  await eventually('mails on their way', () => Promise.resolve(begun.length === 2));
  const closed = notifications.close();
  open();
  await closed;
  expect(begun).toHaveLength(2);
  expect(await orders.mongo.db.collection('mails').countDocuments({ state: 'SENT' })).toBe(2);
});

it('a mail that takes minutes to send is sent once, by the process that began', async () => {
  const { order } = await bought();
  await due('evt_slow', order.id);
  const begun: string[] = [];
  const { open, opened } = gate();
  await sending(async ({ id }) => {
    begun.push(id);
    await opened;
  }, 20);
  await eventually('the mail is on its way', () => Promise.resolve(begun.length === 1));
  for (let step = 0; step < 5; step += 1) {
    orders.clock.advance(40_000);
    await eventually('it is kept', async () => Number((await stored('evt_slow'))?.nextAttemptAt) > orders.clock.now().getTime() + 50_000);
  }
  const others: string[] = [];
  await due('evt_later', order.id);
  await sending(async ({ id }) => void others.push(id));
  await eventually('the other process has looked', () => Promise.resolve(begun.includes('evt_later') || others.includes('evt_later')));
  open();
  await eventually('it is sent', async () => (await orders.mongo.db.collection('mails').countDocuments({ state: 'SENT' })) === 2);
  expect([...begun, ...others].toSorted()).toEqual(['evt_later', 'evt_slow']);
});

it('a mail that there is nothing to say in any more does not count as sent', async () => {
  const { buyer, order } = await bought();
  await orders.core.refundOrder(buyer, { orderId: order.id, ticketIds: null, idempotencyKey: null });
  await due('evt_1', order.id);
  const begun: string[] = [];
  await sending(async ({ id }) => void begun.push(id));
  await eventually('it is at its end', async () => (await stored('evt_1'))?.['endedAt' as never]);
  expect(await stored('evt_1')).toMatchObject({ state: 'NOT_NEEDED' });
  expect(begun).toEqual([]);
});
