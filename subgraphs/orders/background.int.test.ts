import { expect, it, onTestFinished } from 'vitest';
import { silentLogger } from '../../kit/runtime/logger.ts';
import { eventually } from '../../tests/harness/fresh.ts';
import { startBackgroundWork } from './background.ts';
import { startOrders } from './testing/orders-fixture.ts';

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
  const work = startBackgroundWork({
    db: orders.mongo.db,
    clock: orders.clock,
    logger: silentLogger,
    holds: core.repositories.holds,
    hints: opened.hints,
    show: core.show,
    reconcile: core.reconcile,
    refundClosedEvents: core.refundClosedEvents,
  });
  onTestFinished(work.close);
  await eventually('the seat is free again', async () => (await orders.statusOf(eventId, 'A-1')) === 'AVAILABLE');
  expect(await orders.redis.zcard(`hold-deadlines:{${eventId}}`)).toBe(0);
});
