import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeAfterTest, eventually } from '../../../tests/harness/fresh.ts';
import type { SectionLayout } from '../domain/seating-plan.ts';
import type { PlanLayout } from '../repositories/seating-plan-repository.ts';
import type { OrdersFixture } from '../testing/orders-fixture.ts';
import { startOrders } from '../testing/orders-fixture.ts';

let orders: OrdersFixture;
beforeAll(async () => {
  orders = await startOrders();
});
afterAll(() => orders.close());

const organizer = { userId: 'usr_organizer', roles: ['ORGANIZER'] as const };
const stranger = { userId: 'usr_other', roles: ['ORGANIZER'] as const };

const section = (name: string, price: number, rows: [string, number][], rest: Partial<SectionLayout> = {}): SectionLayout => ({
  name,
  price: { amount: price, currency: 'EUR' },
  rows: rows.map(([label, seatCount]) => ({ label, seatCount, firstNumber: 1 })),
  features: {},
  blockedSeats: [],
  ...rest,
});
const layout = (...sections: SectionLayout[]): PlanLayout => ({ currency: 'EUR', sections });
const configure = (eventId: string, plan: PlanLayout, viewer: typeof organizer = organizer) =>
  orders.core.configureSeating({ ...viewer, roles: [...viewer.roles] }, eventId, plan);
const planOf = (eventId: string) => orders.core.repositories.plans.of(eventId);
const stateOf = (eventId: string) => orders.core.repositories.plans.stateOf(eventId);

describe('a seating plan', () => {
  it('takes the place of the default one: its seats can be held at its prices, blocked ones and the old ones cannot', async () => {
    const eventId = await orders.publishedEvent();
    const stalls = section('Stalls', 9_000, [['C', 3]], { blockedSeats: ['Stalls-C-3'], features: { ACCESSIBLE: ['Stalls-C-1'] } });
    expect(await configure(eventId, layout(stalls, section('Balcony', 3_000, [['A', 2]])))).toMatchObject({
      kind: 'ConfigureSeatingPayload',
    });

    const held = await orders.hold(orders.viewer(), eventId, ['Stalls-C-1', 'Balcony-A-2']);
    expect(held.seats.map((seat) => seat.price.amount)).toEqual([9_000, 3_000]);
    expect(held.seats[0]?.features).toEqual(['ACCESSIBLE']);
    const refused = await orders.core.holdSeats(orders.viewer(), { eventId, seatIds: ['Stalls-C-3', 'A-1'], replacesHoldId: null });
    expect(refused).toMatchObject({
      conflicts: [
        { seatId: 'Stalls-C-3', reason: 'BLOCKED' },
        { seatId: 'A-1', reason: 'UNKNOWN_SEAT' },
      ],
    });
  });

  it('is refused where it removes, blocks or reprices a held or a sold seat, and then nothing has changed', async () => {
    const eventId = await orders.publishedEvent();
    const buyer = orders.viewer();
    const sold = await orders.hold(buyer, eventId, ['A-1']);
    await orders.purchase(buyer, sold, await orders.pay(buyer, sold));
    await orders.hold(orders.viewer(), eventId, ['A-2']);

    const rows: [string, number][] = [['A', 10]];
    for (const [plan, inUse] of [
      [layout(section('', 2_500, [['B', 10]])), ['A-1', 'A-2']],
      [layout(section('', 2_501, rows)), ['A-1', 'A-2']],
      [layout(section('', 2_500, rows, { blockedSeats: ['A-2'] })), ['A-2']],
    ] as const) {
      const outcome = await configure(eventId, plan);
      expect(outcome).toMatchObject({ kind: 'SeatsInUse', path: ['input', 'sections'] });
      expect(outcome.kind === 'SeatsInUse' && outcome.seatIds.toSorted()).toEqual(inUse);
      expect(await stateOf(eventId)).toEqual({ revision: 0, next: null });
    }
    expect(await configure(eventId, layout(section('', 2_500, rows)))).toMatchObject({ kind: 'ConfigureSeatingPayload' });
    expect((await planOf(eventId)).seats.size).toBe(10);
  });

  it("is the organizer's and an admin's business; to others the event is not there", async () => {
    const eventId = await orders.publishedEvent();
    const plan = layout(section('', 1, [['A', 1]]));
    expect(await configure(eventId, plan, stranger)).toMatchObject({ kind: 'EventNotFound' });
    expect(await configure('evt_unknown', plan)).toMatchObject({ kind: 'EventNotFound' });
    expect((await planOf(eventId)).revision).toBe(0);
  });

  it('keeps its currency once orders were placed', async () => {
    const eventId = await orders.publishedEvent();
    const buyer = orders.viewer();
    const held = await orders.hold(buyer, eventId, ['A-1']);
    await orders.purchase(buyer, held, await orders.pay(buyer, held));
    await orders.mongo.db.collection('seat_claims').deleteMany({ eventId });
    const francs: PlanLayout = { currency: 'CHF', sections: [{ ...section('', 1, [['A', 1]]), price: { amount: 1, currency: 'CHF' } }] };
    expect(await configure(eventId, francs)).toEqual({ kind: 'CurrencyFixed', currency: 'EUR' });
    expect(await stateOf(eventId)).toEqual({ revision: 0, next: null });
  });

  it('starts every open map anew, also when the process that adopted it died before saying so', async () => {
    const eventId = await orders.publishedEvent();
    const { feed, close } = await orders.openFeed();
    closeAfterTest({ close });
    const updates = await feed.subscribe(eventId, null, false);
    expect((await updates.next()).value).toMatchObject({ kind: 'SNAPSHOT', seats: expect.objectContaining({ length: 50 }) });

    await configure(eventId, layout(section('', 100, [['A', 3]], { blockedSeats: ['A-3'] })));
    expect((await updates.next()).value?.seats).toEqual([
      { seatId: 'A-1', status: 'AVAILABLE' },
      { seatId: 'A-2', status: 'AVAILABLE' },
      { seatId: 'A-3', status: 'BLOCKED' },
    ]);

    const { ledger, plans } = orders.core.repositories;
    const next = layout(section('', 100, [['A', 1]]));
    await plans.propose(eventId, { token: 'dies', layout: next, until: new Date(Date.now() + 5_000) });
    expect(await ledger.adoptPlan(eventId, 'dies', next, 2)).toBe(true);
    orders.clock.advance(2_000);
    await orders.core.show.overdue();
    const shown = await eventually('the map of the new plan', async () => {
      const { value } = await updates.next();
      return value?.seats.length === 1 && value;
    });
    expect(shown).toMatchObject({ kind: 'SNAPSHOT', seats: [{ seatId: 'A-1', status: 'AVAILABLE' }] });
  });

  it('shows no seat that it does not have, whoever still publishes one', async () => {
    const eventId = await orders.publishedEvent();
    const { feed, close } = await orders.openFeed();
    closeAfterTest({ close });
    await configure(eventId, layout(section('', 100, [['Z', 2]])));
    const updates = await feed.subscribe(eventId, null, false);
    expect((await updates.next()).value?.seats).toHaveLength(2);
    const { map } = orders.core.repositories;
    // A row of the outbox that was not shown in time, of an order that has let go of its seats before the plan.
    await map.publish(eventId, ['A-1']);
    await orders.hold(orders.viewer(), eventId, ['Z-1']);
    expect((await updates.next()).value).toMatchObject({ kind: 'DELTA', seats: [{ seatId: 'Z-1', status: 'HELD' }] });
  });

  it('and a hold never both get through: of the two at least one gives way', async () => {
    const eventId = await orders.publishedEvent();
    const prices = [3_000, 4_000, 5_000, 6_000, 7_000, 8_000];
    for (const price of prices) {
      const before = await planOf(eventId);
      const [configured, ...holds] = await Promise.all([
        configure(eventId, layout(section('', price, [['A', 10]]))),
        ...['A-1', 'A-2', 'A-3', 'A-4'].map((seatId) =>
          orders.core.holdSeats(orders.viewer(), { eventId, seatIds: [seatId], replacesHoldId: null }),
        ),
      ]);
      const after = await planOf(eventId);
      expect(after.revision).toBe(configured.kind === 'ConfigureSeatingPayload' ? before.revision + 1 : before.revision);
      for (const outcome of holds) {
        if (outcome.kind !== 'HoldSeatsPayload') continue;
        // Whatever was decided, nobody holds a seat at a price that it does not have.
        const [seat] = outcome.hold.seats;
        expect(seat?.price).toEqual(after.seats.get(seat?.seatId ?? '')?.price);
        await orders.core.repositories.holds.release(outcome.hold, { forced: true });
      }
    }
    expect((await stateOf(eventId)).next).toBeNull();
  });

  it('is not sold past by a purchase that stood still until its hold was over', async () => {
    const eventId = await orders.publishedEvent();
    const buyer = orders.viewer();
    const held = await orders.hold(buyer, eventId, ['A-1']);
    const intent = await orders.pay(buyer, held);
    const { claims } = orders.core.repositories;
    const adopted: string[] = [];
    // Between P1 and P2: the hold, and whatever Redis knows of it, is gone; then the organizer takes the seat away.
    orders.beforeClaiming(async () => {
      await orders.redis.flushdb();
      adopted.push((await configure(eventId, layout(section('', 100, [['Z', 1]])))).kind);
    });
    const outcome = await orders.purchase(buyer, held, intent);
    expect([adopted, outcome.kind]).toEqual([['ConfigureSeatingPayload'], 'SeatsUnavailable']);
    expect((await claims.ofEvents([eventId])).get(eventId)?.size).toBe(0);
    expect((await orders.core.repositories.intents.find(intent.id))?.status).toBe('REFUNDED');
  });

  it('that nobody decides on stops holds only until its time is over, and cannot be adopted afterwards', async () => {
    const eventId = await orders.publishedEvent();
    const { plans, ledger } = orders.core.repositories;
    const late = layout(section('', 1, [['Z', 1]]));
    await plans.propose(eventId, { token: 'frozen', layout: late, until: new Date(orders.clock.now().getTime() - 1) });
    await orders.hold(orders.viewer(), eventId, ['A-1']);
    expect(await ledger.adoptPlan(eventId, 'frozen', late, 1)).toBe(false);
    expect((await planOf(eventId)).revision).toBe(0);
  });

  it('of 20,000 seats is adopted, read and held from', async () => {
    const eventId = await orders.publishedEvent();
    const rows = Array.from({ length: 400 }, (_, index): [string, number] => [`R${index + 1}`, 50]);
    expect(await configure(eventId, layout(section('', 1_000, rows)))).toMatchObject({ kind: 'ConfigureSeatingPayload' });
    expect((await planOf(eventId)).seats.size).toBe(20_000);
    const held = await orders.hold(orders.viewer(), eventId, ['R400-50']);
    expect(held.seats[0]).toMatchObject({ row: 'R400', number: 50 });
  });
});

describe('the best seats available', () => {
  const best = (eventId: string, quantity: number, rest: { accessible?: number; section?: string; maxPrice?: number } = {}) =>
    orders.core.holdBestAvailable(orders.viewer(), { eventId, quantity, accessible: 0, section: null, maxPrice: null, ...rest });

  it('are chosen and held in one step', async () => {
    const eventId = await orders.publishedEvent();
    const outcome = await best(eventId, 2);
    expect(outcome).toMatchObject({ kind: 'HoldSeatsPayload', hold: { seats: [{ seatId: 'A-5' }, { seatId: 'A-6' }] } });
  });

  it('go to each of many who ask at once, no seat to two of them', async () => {
    const eventId = await orders.publishedEvent();
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => best(eventId, 2)));
    const seats = outcomes.flatMap((outcome) => (outcome.kind === 'HoldSeatsPayload' ? outcome.hold.seats.map((seat) => seat.seatId) : []));
    expect(seats).toHaveLength(40);
    expect(new Set(seats).size).toBe(40);
  });

  it('are refused when there are not enough, and nothing is held then', async () => {
    const eventId = await orders.publishedEvent();
    await configure(eventId, layout(section('', 100, [['A', 3]])));
    expect(await best(eventId, 4)).toMatchObject({ kind: 'SeatsUnavailable', path: ['input', 'quantity'], conflicts: [] });
    expect(await best(eventId, 3)).toMatchObject({ kind: 'HoldSeatsPayload' });
  });
});
