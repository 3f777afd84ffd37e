import { MongoClient } from 'mongodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../harness/fresh.ts';
import type { RabbitMqBroker } from '../harness/rabbitmq.ts';
import { startRabbitMq } from '../harness/rabbitmq.ts';
import type { Person, Seed } from '../harness/seed.ts';
import { createSeed } from '../harness/seed.ts';
import type { Stack } from '../harness/stack.ts';
import { startStack } from '../harness/stack.ts';

let broker: RabbitMqBroker;
let stack: Stack;
let seed: Seed;
let store: MongoClient;
beforeAll(async () => {
  broker = await startRabbitMq();
  stack = await startStack({ AMQP_URL: broker.url });
  seed = createSeed(stack);
  store = await MongoClient.connect(stack.mongoUrl);
});
afterAll(async () => {
  await store?.close();
  await stack?.close();
  await broker?.close();
});

async function buy(buyer: Person, eventId: string, seatId: string): Promise<string> {
  const holdId = await seed.held(buyer, eventId, [seatId]);
  const intent = await seed.pay(buyer, holdId);
  const { order } = await seed.purchase(buyer, { eventId, holdId, paymentIntentId: intent.id });
  if (!order) throw new Error('not sold');
  return order.id;
}

async function recommendedTo(buyer: Person): Promise<string[]> {
  const { me } = await buyer.data<{ me: { recommendedEvents: { title: string }[] } }>('{ me { recommendedEvents(first: 1) { title } } }');
  return me.recommendedEvents.map(({ title }) => title);
}

type Purchase = { _id: string; ticketsLeft: number };
const learned = async (orderId: string): Promise<number | null> =>
  (await store.db('events').collection<Purchase>('purchases').findOne({ _id: orderId }))?.ticketsLeft ?? null;
/** What consumers have acted on: one row for each event that was told, whatever the number of deliveries. */
const mails = () => store.db('orders').collection<{ _id: string; due: { orderId: string } }>('mails');
const unsent = async (): Promise<number> => {
  const [orders, events] = ['orders', 'events'].map((name) => store.db(name).collection('outbox').countDocuments({ sent: false }));
  return ((await orders) ?? 0) + ((await events) ?? 0);
};

describe('the product on RabbitMQ', () => {
  it('an event is created and sold, and what was bought is learned from', async () => {
    const [organizer, buyer] = [await seed.organizer(), await seed.person()];
    const eventId = await seed.event(organizer, { title: 'Jazz in the cellar' });
    await seed.event(organizer, { title: 'Jazz on the roof' });
    await seed.event(organizer, { title: 'Puppet theatre', startsAt: new Date(Date.now() + 86_400_000).toISOString() });
    await eventually('orders has heard of it', () => store.db('orders').collection<{ _id: string }>('listings').findOne({ _id: eventId }));
    expect(await recommendedTo(buyer)).toEqual(['Puppet theatre']);
    const orderId = await buy(buyer, eventId, 'A-1');
    await eventually('the profile has learned', async () => (await learned(orderId)) === 1);
    expect(
      await eventually('it recommends the like', async () => {
        const titles = await recommendedTo(buyer);
        return titles[0] !== 'Puppet theatre' && titles;
      }),
    ).toEqual(['Jazz on the roof']);
  });

  it('the broker is killed while seats are sold: sales go on, and once it is back everyone catches up and acts once', async () => {
    const [organizer, buyer] = [await seed.organizer(), await seed.person()];
    const eventId = await seed.event(organizer, { title: 'Through the night' });
    await eventually('orders has heard of it', () => store.db('orders').collection<{ _id: string }>('listings').findOne({ _id: eventId }));
    const orderIds = [await buy(buyer, eventId, 'A-1'), await buy(buyer, eventId, 'A-2')];
    const killed = broker.kill();
    for (const seatId of ['A-3', 'A-4', 'A-5']) orderIds.push(await buy(buyer, eventId, seatId));
    await killed;
    const begun = performance.now();
    for (const seatId of ['A-6', 'A-7']) orderIds.push(await buy(buyer, eventId, seatId));
    // Nobody who buys waits for the broker.
    expect(performance.now() - begun).toBeLessThan(4_000);
    const unheardOf = await seed.event(organizer, { title: 'Announced in the dark' });
    expect(await unsent()).toBeGreaterThan(0);

    await broker.start();
    await eventually('everything is sent', async () => (await unsent()) === 0, 40_000);
    await eventually('the new event is heard of', () =>
      store.db('orders').collection<{ _id: string }>('listings').findOne({ _id: unheardOf }),
    );
    await eventually(
      'every sale is learned',
      async () => (await Promise.all(orderIds.map(learned))).every((tickets) => tickets === 1),
      20_000,
    );
    await eventually(
      'every buyer is written to',
      async () => (await mails().countDocuments({ 'due.orderId': { $in: orderIds } })) >= 7,
      20_000,
    );
    const written = (
      await mails()
        .find({ 'due.orderId': { $in: orderIds } })
        .toArray()
    ).map(({ due }) => due.orderId);
    expect(written.toSorted()).toEqual(orderIds.toSorted());
    const consumed = store.db('events').collection<{ _id: string }>('inbox');
    const confirmed = await store
      .db('orders')
      .collection<{ _id: string }>('outbox')
      .find({ type: 'order.confirmed', 'data.eventId': eventId })
      .toArray();
    expect(confirmed).toHaveLength(orderIds.length);
    expect(await consumed.countDocuments({ _id: { $in: confirmed.map(({ _id }) => `events-purchases:${_id}`) } })).toBe(orderIds.length);
  });
});
