import { expect, it, onTestFinished } from 'vitest';
import { silentLogger } from '../../kit/runtime/logger.ts';
import { eventually } from '../../tests/harness/fresh.ts';
import { startBackgroundWork } from './background.ts';
import type { OrdersCore } from './core.ts';
import type { SeatHints } from './repositories/seat-hints.ts';
import type { OrdersFixture } from './testing/orders-fixture.ts';
import { startOrders } from './testing/orders-fixture.ts';

function begin(orders: OrdersFixture, hints: SeatHints, work: Pick<OrdersCore, 'reconcile' | 'refundClosedEvents'>) {
  const { core, clock } = orders;
  const started = startBackgroundWork({
    db: orders.mongo.db,
    clock,
    logger: silentLogger,
    hints,
    holds: core.repositories.holds,
    show: core.show,
    ...work,
  });
  onTestFinished(started.close);
  return started;
}

it('finishes what died while a long queue of cancelled events is being refunded', async () => {
  const orders = await startOrders();
  onTestFinished(orders.close);
  const opened = await orders.openFeed();
  onTestFinished(opened.close);
  let done = (): void => undefined;
  const endless = new Promise<void>((resolve) => {
    done = resolve;
  });
  let reconciled = 0;
  const work = begin(orders, opened.hints, {
    refundClosedEvents: () => endless,
    reconcile: { run: () => Promise.resolve(void (reconciled += 1)) },
  });
  onTestFinished(done);
  work.closeEventsNow();
  await eventually('the reconciler ran', () => reconciled > 0, 8_000);
  expect(reconciled).toBeGreaterThan(0);
});

it('ends the holds of every event, although one event cannot be swept', async () => {
  const orders = await startOrders({ holdLifeSeconds: 1 });
  onTestFinished(orders.close);
  const opened = await orders.openFeed();
  onTestFinished(opened.close);
  const { core } = orders;
  // Far more events than are swept at once, and the first of them broken.
  await orders.redis.set('hold-deadlines:{evt_broken}', 'not a sorted set');
  await orders.redis.zadd(
    'hold-events',
    ...['evt_broken', ...Array.from({ length: 120 }, (_, index) => `evt_idle${index}`)].flatMap((id) => [1, id]),
  );
  const eventId = await orders.publishedEvent();
  await orders.hold(orders.viewer(), eventId, ['A-1']);
  begin(orders, opened.hints, core);
  await eventually('the seat is free again', async () => (await orders.statusOf(eventId, 'A-1')) === 'AVAILABLE');
  expect(await orders.redis.zcard(`hold-deadlines:{${eventId}}`)).toBe(0);
});
