import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { closeAfterTest, eventually } from '../../tests/harness/fresh.ts';
import { newId } from '../../kit/values/ids.ts';
import { inDays, startEvents } from './test-bed.ts';

let bed: Awaited<ReturnType<typeof startEvents>>;
let ids: Record<string, string> = {};

const SUGGESTIONS =
  'query ($r: [_Any!]!, $first: Int! = 3) { _entities(representations: $r) { ... on User { recommendedEvents(first: $first) { title } } } }';
const RELATED = 'query ($id: ID!, $first: Int! = 3) { event(id: $id) { related(first: $first) { title } } }';

type Titled = { title: string };
type Buyer = ReturnType<typeof bed.viewer>;

async function suggestions(buyer: Buyer, first = 3, asker: Buyer = buyer): Promise<string[] | null> {
  const [user] = (await asker.ask(SUGGESTIONS, { r: [{ __typename: 'User', id: buyer.userId }], first })).data?.['_entities'] ?? [];
  return user.recommendedEvents?.map((event: Titled) => event.title) ?? null;
}
const related = async (title: string, first = 3): Promise<string[]> =>
  ((await bed.viewer().ask(RELATED, { id: ids[title], first })).data?.['event'].related ?? []).map((event: Titled) => event.title);

const purchases = () => bed.mongo.db.collection<{ _id: string; eventId: string; ticketsLeft: number }>('purchases');

async function buys(
  buyer: Buyer,
  title: string,
  options: { tickets?: number; factId?: string; daysAgo?: number } = {},
): Promise<{ orderId: string; eventId: string }> {
  const order = { orderId: newId('ord'), eventId: ids[title] ?? '' };
  await bed.tell({
    type: 'order.confirmed',
    occurredAt: new Date(inDays(-(options.daysAgo ?? 0))),
    id: options.factId ?? newId('evt'),
    data: { ...order, userId: buyer.userId, ticketCount: options.tickets ?? 1 },
  });
  await eventually('the purchase is known', async () => purchases().findOne({ _id: order.orderId }));
  return order;
}

beforeAll(async () => {
  bed = await startEvents();
  const organizer = bed.viewer('ORGANIZER');
  const rows: [string, string[], number][] = [
    ['Jazz trio in the cellar', ['jazz'], 30],
    ['Jazz brunch', ['jazz', 'food'], 20],
    ['Big band jazz', ['jazz'], 40],
    ['Metal inferno', ['metal', 'loud'], 25],
    ['Metal festival', ['metal', 'loud'], 35],
    ['Puppet theatre', ['children'], 15],
  ];
  ids = Object.fromEntries(
    await Promise.all(
      rows.map(async ([title, tags, days]) => [title, await organizer.creates({ title, tags, startsAt: inDays(days) })] as const),
    ),
  );
  await organizer.creates({ title: 'Jazz draft', tags: ['jazz'], publish: false });
});
beforeEach(() =>
  purchases()
    .deleteMany({})
    .then(() => undefined),
);
afterAll(() => bed.close());

describe('related events', () => {
  it('are alike by content, upcoming and published, without the event itself', async () => {
    expect((await related('Big band jazz', 10)).toSorted()).toEqual(['Jazz brunch', 'Jazz trio in the cellar']);
    expect(await related('Metal inferno')).toEqual(['Metal festival']);
    expect(await related('Puppet theatre')).toEqual([]);
    expect(await related('Big band jazz', 1)).toHaveLength(1);
  });

  it('count one show of an organizer once, however often it plays', async () => {
    const organizer = bed.viewer('ORGANIZER');
    const made = [];
    for (const days of [61, 62, 63])
      made.push(await organizer.creates({ title: 'Ukulele night', tags: ['ukulele'], startsAt: inDays(days) }));
    ids['Ukulele workshop'] = await organizer.creates({ title: 'Ukulele workshop', tags: ['ukulele'], startsAt: inDays(64) });
    expect(await related('Ukulele workshop', 10)).toEqual(['Ukulele night']);
    for (const id of [...made, ids['Ukulele workshop']])
      await organizer.ask('mutation ($id: ID!) { deleteEvent(id: $id) { __typename } }', { id });
  });

  it('are bounded', async () => {
    const answer = await bed.viewer().ask(RELATED, { id: ids['Puppet theatre'], first: 101 });
    expect(answer.errors?.[0]?.extensions['code']).toBe('BAD_USER_INPUT');
  });
});

describe('recommended events', () => {
  it('follow what was bought, leave it out, and are filled up with best sellers and the soonest', async () => {
    const [buyer, crowd] = [bed.viewer('ATTENDEE'), bed.viewer('ATTENDEE')];
    await buys(crowd, 'Metal festival', { tickets: 9 });
    await buys(crowd, 'Metal inferno', { tickets: 2 });
    await buys(buyer, 'Big band jazz');
    const answer = await suggestions(buyer, 5);
    expect(answer?.slice(0, 2).toSorted()).toEqual(['Jazz brunch', 'Jazz trio in the cellar']);
    expect(answer?.slice(2)).toEqual(['Metal festival', 'Metal inferno', 'Puppet theatre']);
  });

  it('for a new user are the best sellers of 30 days, then the soonest', async () => {
    const crowd = bed.viewer('ATTENDEE');
    await buys(crowd, 'Metal inferno', { tickets: 3 });
    await buys(crowd, 'Jazz brunch', { tickets: 1 });
    await buys(crowd, 'Big band jazz', { tickets: 50, daysAgo: 31 });
    expect(await suggestions(bed.viewer('ATTENDEE'), 4)).toEqual([
      'Metal inferno',
      'Jazz brunch',
      'Puppet theatre',
      'Jazz trio in the cellar',
    ]);
  });

  it('weigh newer purchases more', async () => {
    const buyer = bed.viewer('ATTENDEE');
    await buys(buyer, 'Metal inferno', { daysAgo: 720 });
    await buys(buyer, 'Big band jazz');
    expect((await suggestions(buyer, 3))?.at(-1)).toBe('Metal festival');
    await purchases().updateMany({}, [
      { $set: { confirmedAt: { $cond: [{ $eq: ['$eventId', ids['Metal inferno']] }, new Date(), new Date(inDays(-720))] } } },
    ]);
    expect((await suggestions(buyer, 3))?.[0]).toBe('Metal festival');
  });

  it('take a refund out, and only a refund', async () => {
    const buyer = bed.viewer('ATTENDEE');
    const order = await buys(buyer, 'Metal inferno', { tickets: 5 });
    const facts = { ...order, userId: buyer.userId };
    await bed.tell({ type: 'seats.released', data: { ...facts, reason: 'PAYMENT_FAILED' } });
    await bed.tell({ type: 'seats.released', data: { ...facts, reason: 'REFUNDED' } });
    await eventually('the refund is known', async () => (await purchases().findOne({ _id: order.orderId }))?.ticketsLeft === 0);
    expect(await suggestions(buyer, 1)).toEqual(['Puppet theatre']);
  });

  it('keep what is left of an order when some of its tickets were given back', async () => {
    const buyer = bed.viewer('ATTENDEE');
    const order = await buys(buyer, 'Metal inferno', { tickets: 5 });
    const release = { ...order, userId: buyer.userId, reason: 'REFUNDED' };
    await bed.tell({ type: 'seats.released', data: { ...release, ticketsLeft: 2 } });
    // Overtaken by the one above.
    await bed.tell({ type: 'seats.released', data: { ...release, ticketsLeft: 4 } });
    const later = await buys(bed.viewer('ATTENDEE'), 'Jazz brunch');
    await eventually('what came after both is known', async () => purchases().findOne({ _id: later.orderId }));
    expect(await purchases().findOne({ _id: order.orderId })).toMatchObject({ ticketsLeft: 2 });
  });

  it('a refund that arrives before its purchase stands', async () => {
    const buyer = bed.viewer('ATTENDEE');
    const facts = { orderId: newId('ord'), userId: buyer.userId, eventId: ids['Metal inferno'] ?? '' };
    await bed.tell({ type: 'seats.released', data: { ...facts, reason: 'REFUNDED' } });
    await bed.tell({ type: 'order.confirmed', data: { ...facts, ticketCount: 4 } });
    const later = await buys(buyer, 'Jazz brunch');
    await eventually('what came after both is known', async () => purchases().findOne({ _id: later.orderId }));
    expect(await purchases().findOne({ _id: facts.orderId })).toMatchObject({ ticketsLeft: 0 });
  });

  it('a repeated or unreadable delivery changes nothing and stops nothing', async () => {
    const buyer = bed.viewer('ATTENDEE');
    const factId = newId('evt');
    const first = await buys(buyer, 'Metal inferno', { factId });
    await purchases().updateOne({ _id: first.orderId }, { $set: { ticketsLeft: 0 } });
    await bed.tell({ id: factId, type: 'order.confirmed', data: { ...first, userId: buyer.userId, ticketCount: 99 } });
    await bed.tell({ type: 'order.confirmed', data: { orderId: 7 } });
    await bed.tell({ type: 'order.placed', data: {} });
    await buys(buyer, 'Jazz brunch');
    expect(await purchases().findOne({ _id: first.orderId })).toMatchObject({ ticketsLeft: 0 });
  });

  it('are for the user and admins', async () => {
    const buyer = bed.viewer('ATTENDEE');
    expect(await suggestions(buyer, 3, bed.viewer('ORGANIZER'))).toBeNull();
    expect(await suggestions(buyer, 3, bed.viewer())).toBeNull();
    expect(await suggestions(buyer, 3, bed.viewer('ADMIN'))).toHaveLength(3);
  });

  it('leave out what has begun', async () => {
    closeAfterTest({ close: () => bed.setDaysAhead(0) });
    bed.setDaysAhead(32);
    expect((await suggestions(bed.viewer('ATTENDEE'), 10))?.toSorted()).toEqual(['Big band jazz', 'Metal festival']);
    expect(await related('Jazz brunch', 10)).toEqual(['Big band jazz']);
  });
});
