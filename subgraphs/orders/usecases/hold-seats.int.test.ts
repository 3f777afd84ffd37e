import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../../tests/harness/fresh.ts';
import { newHoldId } from '../domain/hold.ts';
import type { OrdersFixture } from '../testing/orders-fixture.ts';
import { startOrders } from '../testing/orders-fixture.ts';

let orders: OrdersFixture;
beforeAll(async () => {
  orders = await startOrders();
});
afterAll(() => orders.close());

describe('holding seats', () => {
  it('holds all of the seats and shows them as HELD', async () => {
    const eventId = await orders.publishedEvent();
    const held = await orders.hold(orders.viewer(), eventId, ['A-1', 'A-2']);
    expect(held.seats.map((seat) => seat.seatId)).toEqual(['A-1', 'A-2']);
    expect(held.expiresAt.getTime() - held.createdAt.getTime()).toBe(300_000);
    expect(await orders.redis.get(`hold:{${eventId}}:A-1`)).toBe(held.id);
    expect(await orders.redis.pttl(`hold:{${eventId}}:A-1`)).toBeGreaterThan(299_000);
    expect(await orders.statusOf(eventId, 'A-2')).toBe('HELD');
  });

  it('holds none when one is held by someone else, and names that one', async () => {
    const eventId = await orders.publishedEvent();
    await orders.hold(orders.viewer(), eventId, ['B-2']);
    const outcome = await orders.core.holdSeats(orders.viewer(), { eventId, seatIds: ['B-1', 'B-2', 'B-3'], replacesHoldId: null });
    expect(outcome).toMatchObject({ kind: 'SeatsUnavailable', conflicts: [{ seatId: 'B-2', reason: 'HELD' }] });
    expect(await orders.redis.exists(`hold:{${eventId}}:B-1`, `hold:{${eventId}}:B-3`)).toBe(0);
  });

  it('refuses seats that are not in the plan, naming each', async () => {
    const eventId = await orders.publishedEvent();
    const outcome = await orders.core.holdSeats(orders.viewer(), { eventId, seatIds: ['A-1', 'Z-1', 'A-11'], replacesHoldId: null });
    expect(outcome).toMatchObject({
      kind: 'SeatsUnavailable',
      conflicts: [
        { seatId: 'Z-1', reason: 'UNKNOWN_SEAT' },
        { seatId: 'A-11', reason: 'UNKNOWN_SEAT' },
      ],
    });
    expect(await orders.redis.exists(`hold:{${eventId}}:A-1`)).toBe(0);
  });

  it('keeps a user to ten seats of one event, over several holds', async () => {
    const eventId = await orders.publishedEvent();
    const buyer = orders.viewer();
    await orders.hold(buyer, eventId, ['A-1', 'A-2', 'A-3', 'A-4', 'A-5', 'A-6', 'A-7']);
    const outcome = await orders.core.holdSeats(buyer, { eventId, seatIds: ['B-1', 'B-2', 'B-3', 'B-4'], replacesHoldId: null });
    expect(outcome).toMatchObject({ kind: 'HoldLimitReached', limit: 10 });
    await orders.hold(buyer, eventId, ['B-1', 'B-2', 'B-3']);
  });

  it("gives seats back to a replaced hold only while that one is still its owner's", async () => {
    const eventId = await orders.publishedEvent();
    const buyer = orders.viewer();
    const { holds } = orders.core.repositories;
    const old = await orders.hold(buyer, eventId, ['E-1']);
    const placed = await holds.place({
      holdId: newHoldId(eventId),
      eventId,
      userId: buyer.userId,
      seats: old.seats,
      lifeSeconds: 300,
      replacesHoldId: old.id,
    });
    if (placed.kind !== 'placed') throw new Error(placed.kind);
    // Between the new hold and the second look its owner lets the old one go.
    expect(await orders.core.releaseHold(buyer, old.id)).toBe(true);
    await holds.release(placed.hold, { forced: true, giveBackTo: old.id });
    expect(await orders.statusOf(eventId, 'E-1')).toBe('AVAILABLE');
    await orders.hold(orders.viewer(), eventId, ['E-1']);
  });

  it('is among its owner’s holds even when the answer of placing it was lost', async () => {
    const eventId = await orders.publishedEvent();
    const buyer = orders.viewer();
    const run = orders.redis.evalsha.bind(orders.redis);
    orders.redis.evalsha = async (...args: unknown[]) => {
      const reply: unknown = await Reflect.apply(run, orders.redis, args);
      if (Array.isArray(reply) && reply.length === 6) throw new Error('Command timed out');
      return reply;
    };
    try {
      await expect(orders.hold(buyer, eventId, ['B-5'])).rejects.toThrow('Command timed out');
    } finally {
      orders.redis.evalsha = run;
    }
    const [held] = await orders.core.repositories.holds.liveOfUser(buyer.userId, new Date());
    expect(held?.seats.map((seat) => seat.seatId)).toEqual(['B-5']);
  });

  it('lets exactly one of 50 buyers hold the same seat', async () => {
    const eventId = await orders.publishedEvent();
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, () => orders.core.holdSeats(orders.viewer(), { eventId, seatIds: ['C-5'], replacesHoldId: null })),
    );
    expect(outcomes.filter((outcome) => outcome.kind === 'HoldSeatsPayload')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome.kind === 'SeatsUnavailable')).toHaveLength(49);
  });

  it('replaces a hold: seats in both stay, seats left out are free, and the old hold is over', async () => {
    const eventId = await orders.publishedEvent();
    const buyer = orders.viewer();
    const old = await orders.hold(buyer, eventId, ['D-1', 'D-2']);
    await orders.intend(buyer, old);
    const replacing = await orders.hold(buyer, eventId, ['D-2', 'D-3'], old.id);
    expect(await orders.redis.mget(`hold:{${eventId}}:D-1`, `hold:{${eventId}}:D-2`, `hold:{${eventId}}:D-3`)).toEqual([
      null,
      replacing.id,
      replacing.id,
    ]);
    expect(replacing.expiresAtLatest.getTime()).toBeLessThanOrEqual(old.expiresAtLatest.getTime());
    expect((await orders.core.repositories.holds.find(old.id))?.ended).toBe('RELEASED');
    expect((await orders.core.repositories.intents.openOfHolds([old.id])).size).toBe(0);
    expect(await orders.statusOf(eventId, 'D-1')).toBe('AVAILABLE');
  });

  it('does not replace a hold that was paid for', async () => {
    const eventId = await orders.publishedEvent();
    const buyer = orders.viewer();
    const old = await orders.hold(buyer, eventId, ['D-1']);
    await orders.pay(buyer, old);
    const outcome = await orders.core.holdSeats(buyer, { eventId, seatIds: ['D-2'], replacesHoldId: old.id });
    expect(outcome).toMatchObject({ kind: 'SeatsUnavailable', conflicts: [{ seatId: 'D-1', reason: 'HELD' }] });
    expect(await orders.redis.get(`hold:{${eventId}}:D-1`)).toBe(old.id);
  });

  it('undoes a hold whose seat was sold between the first look and the script, giving the old hold everything back', async () => {
    const eventId = await orders.publishedEvent();
    const buyer = orders.viewer();
    const old = await orders.hold(buyer, eventId, ['E-1', 'E-2']);
    const { claims, holds } = orders.core.repositories;
    // The sale commits after the claims were read for the script: seen by the second look only.
    let looks = 0;
    const real = claims.ofSeats.bind(claims);
    claims.ofSeats = async (...args) => {
      const found = await real(...args);
      looks += 1;
      if (looks === 1) {
        await orders.mongo.client.withSession((session) =>
          session.withTransaction(() => claims.insertPending(session, eventId, 'ord_other', ['E-3'])),
        );
      }
      return found;
    };
    try {
      const outcome = await orders.core.holdSeats(buyer, { eventId, seatIds: ['E-2', 'E-3'], replacesHoldId: old.id });
      expect(outcome).toMatchObject({ kind: 'SeatsUnavailable', conflicts: [{ seatId: 'E-3', reason: 'HELD' }] });
    } finally {
      claims.ofSeats = real;
    }
    expect(await orders.redis.mget(`hold:{${eventId}}:E-1`, `hold:{${eventId}}:E-2`, `hold:{${eventId}}:E-3`)).toEqual([
      old.id,
      old.id,
      null,
    ]);
    expect((await holds.find(old.id))?.ended).toBeNull();
  });

  it('lets only the owner refresh or release', async () => {
    const eventId = await orders.publishedEvent();
    const buyer = orders.viewer();
    const held = await orders.hold(buyer, eventId, ['A-9']);
    expect(await orders.core.refreshHold(orders.viewer(), { holdId: held.id, extendSeconds: null })).toMatchObject({ kind: 'HoldExpired' });
    expect(await orders.core.releaseHold(orders.viewer(), held.id)).toBe(false);
    expect(await orders.core.releaseHold(buyer, held.id)).toBe(true);
    expect(await orders.core.releaseHold(buyer, held.id)).toBe(false);
    expect(await orders.statusOf(eventId, 'A-9')).toBe('AVAILABLE');
  });

  it('refreshes all seats at once, and none when one is gone', async () => {
    const eventId = await orders.publishedEvent();
    const buyer = orders.viewer();
    const held = await orders.hold(buyer, eventId, ['B-8', 'B-9']);
    const refreshed = await orders.core.refreshHold(buyer, { holdId: held.id, extendSeconds: 600 });
    expect(refreshed).toMatchObject({ kind: 'RefreshHoldPayload' });
    expect(await orders.redis.pttl(`hold:{${eventId}}:B-9`)).toBeGreaterThan(590_000);
    await orders.redis.del(`hold:{${eventId}}:B-8`);
    expect(await orders.core.refreshHold(buyer, { holdId: held.id, extendSeconds: 700 })).toMatchObject({ kind: 'HoldExpired' });
    expect(await orders.redis.pttl(`hold:{${eventId}}:B-9`)).toBeLessThan(601_000);
  });

  it('refuses to hold on an event that is cancelled, past or unknown', async () => {
    const eventId = await orders.publishedEvent();
    const { listings } = orders.core.repositories;
    const listing = await listings.find(eventId);
    if (!listing) throw new Error('no listing');
    await listings.apply({ ...listing, version: 2, startsAt: new Date(Date.now() - 1_000) }, new Date());
    expect(await orders.core.holdSeats(orders.viewer(), { eventId, seatIds: ['A-1'], replacesHoldId: null })).toMatchObject({
      kind: 'SalesClosed',
    });
    await listings.apply({ ...listing, version: 3, status: 'CANCELLED' }, new Date());
    expect(await orders.core.holdSeats(orders.viewer(), { eventId, seatIds: ['A-1'], replacesHoldId: null })).toMatchObject({
      kind: 'SalesClosed',
    });
    expect(await orders.core.holdSeats(orders.viewer(), { eventId: 'evt_none', seatIds: ['A-1'], replacesHoldId: null })).toMatchObject({
      kind: 'EventNotFound',
    });
  });
});

describe('the end of a hold', () => {
  it('is published by the sweep, and never ends a hold that came after it', async () => {
    const short = await startOrders({ holdLifeSeconds: 1 });
    try {
      const eventId = await short.publishedEvent();
      await short.hold(short.viewer(), eventId, ['A-1']);
      await eventually('the hold is due', async () => {
        await short.core.repositories.holds.sweep(eventId);
        return (await short.statusOf(eventId, 'A-1')) === 'AVAILABLE';
      });
      const next = await short.hold(short.viewer(), eventId, ['A-1']);
      await short.core.repositories.holds.sweep(eventId);
      expect(await short.redis.get(`hold:{${eventId}}:A-1`)).toBe(next.id);
      expect(await short.statusOf(eventId, 'A-1')).toBe('HELD');
    } finally {
      await short.close();
    }
  });
});
