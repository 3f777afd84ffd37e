import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../harness/fresh.ts';
import type { Person, Seed } from '../harness/seed.ts';
import { createSeed } from '../harness/seed.ts';
import type { Stack } from '../harness/stack.ts';
import { startStack } from '../harness/stack.ts';

let stack: Stack;
let seed: Seed;
let organizer: Person;
let second: string;
let databases: MongoClient;
beforeAll(async () => {
  stack = await startStack({ RECONCILE_GRACE_SECONDS: '1' });
  seed = createSeed(stack);
  organizer = await seed.organizer();
  second = await stack.startSecondOrders();
  databases = await MongoClient.connect(stack.mongoUrl);
});
afterAll(async () => {
  await databases.close();
  await stack.close();
});

/** What the provider holds of this event's payments: captured and not given back. */
async function kept(eventId: string): Promise<number> {
  const db = databases.db('orders');
  const intents = await db.collection<{ _id: string }>('payment_intents').find({ eventId }).toArray();
  const simulated = await db
    .collection<{ captured: number; refunded: number }>('simulator_intents')
    .find({ intentId: { $in: intents.map((intent) => intent._id) } })
    .toArray();
  return simulated.reduce((sum, { captured, refunded }) => sum + captured - refunded, 0);
}

describe('races through two orders processes', () => {
  it('50 buyers want one seat: exactly one gets it, and nobody else pays', async () => {
    const eventId = await seed.event(organizer);
    const buyers: Person[] = [];
    for (let index = 0; index < 50; index += 10)
      buyers.push(
        ...(await Promise.all(
          Array.from({ length: 10 }, (_, offset) => seed.person((index + offset) % 2 === 0 ? stack.endpoint : second)),
        )),
      );
    const outcomes = await Promise.all(
      buyers.map(async (buyer) => {
        const { hold, conflicts } = await seed.hold(buyer, eventId, ['B-7']);
        if (!hold) return conflicts?.[0]?.reason ?? 'no conflict named';
        const intent = await seed.pay(buyer, hold.id);
        return (await seed.purchase(buyer, { eventId, holdId: hold.id, paymentIntentId: intent.id })).__typename;
      }),
    );
    expect(outcomes.filter((outcome) => outcome === 'PurchasePayload')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome === 'HELD' || outcome === 'RESERVED')).toHaveLength(49);
    expect(await databases.db('orders').collection('tickets').countDocuments({ eventId, active: true })).toBe(1);
    expect(await kept(eventId)).toBe(2_500);
  });

  it('20 identical purchases at once make one order', async () => {
    const eventId = await seed.event(organizer);
    const buyer = await seed.person();
    const holdId = await seed.held(buyer, eventId, ['A-1', 'A-2']);
    const intent = await seed.pay(buyer, holdId);
    const elsewhere = Object.assign(Object.create(null) as Person, buyer);
    const results = await Promise.all(
      Array.from({ length: 20 }, () =>
        seed.purchase(elsewhere, { eventId, holdId, paymentIntentId: intent.id, idempotencyKey: 'one attempt' }),
      ),
    );
    expect(new Set(results.map((result) => result.order?.id)).size).toBe(1);
    expect(results.filter((result) => result.replayed === false)).toHaveLength(1);
    expect(await databases.db('orders').collection('orders').countDocuments({ eventId })).toBe(1);
    expect(await kept(eventId)).toBe(5_000);
  });

  it('an event cancelled while it is being bought leaves nobody charged', async () => {
    const eventId = await seed.event(organizer);
    const seats = ['C-1', 'C-2', 'C-3', 'C-4', 'C-5', 'C-6', 'C-7', 'C-8'];
    const buyers = await Promise.all(seats.map((_, index) => seed.person(index % 2 === 0 ? stack.endpoint : second)));
    let bought = 0;
    const purchases = buyers.map(async (buyer, index) => {
      const holdId = await seed.held(buyer, eventId, [seats[index] ?? '']);
      const intent = await seed.pay(buyer, holdId).catch(() => null);
      if (!intent) return;
      const result = await seed.purchase(buyer, { eventId, holdId, paymentIntentId: intent.id });
      if (result.__typename === 'PurchasePayload') bought += 1;
      // In the middle of it all.
      if (bought === 3) await organizer.data('mutation ($id: ID!) { cancelEvent(id: $id) { __typename } }', { id: eventId });
    });
    await Promise.allSettled(purchases);
    expect(bought).toBeGreaterThanOrEqual(3);
    await eventually('everyone has their money back', async () => (await kept(eventId)) === 0, 40_000);
    const orders = await databases.db('orders').collection('orders').find({ eventId }).toArray();
    expect(orders.length).toBeGreaterThanOrEqual(3);
    await eventually(
      'every order is refunded',
      async () =>
        (await databases
          .db('orders')
          .collection('orders')
          .countDocuments({ eventId, status: { $ne: 'REFUNDED' } })) === 0,
      20_000,
    );
    expect(await databases.db('orders').collection('seat_claims').countDocuments({ eventId })).toBe(0);
  });
});
