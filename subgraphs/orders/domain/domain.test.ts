import { describe, expect, it } from 'vitest';
import { currencyDecimals, sumMoney } from '../../../kit/values/money.ts';
import { eventIdOfHold, holdEndedAt, holdStatus, holdTotal, newHoldId } from './hold.ts';
import { isOnSale } from './listing.ts';
import { canBecome } from './payment-intent.ts';
import { countSeats, seatStatuses } from './seat-map.ts';
import { createSeatStream } from './seat-stream.ts';
import { createSeatingPlan, defaultSeatingPlan, priceRange } from './seating-plan.ts';

const euros = (amount: number) => ({ amount, currency: 'EUR' });

describe('the default seating plan', () => {
  it('has rows A to E of ten seats, named by row and number', () => {
    const plan = defaultSeatingPlan(euros(2_500));
    expect(plan.seats.size).toBe(50);
    expect([...plan.seats.keys()].slice(0, 2)).toEqual(['A-1', 'A-2']);
    expect(plan.seats.get('E-10')).toMatchObject({ section: '', row: 'E', number: 10, price: euros(2_500) });
  });

  it('names seats of a section by section, row and number, and knows the cheapest and the dearest', () => {
    const plan = createSeatingPlan(1, 'EUR', [
      { name: 'Stalls', price: euros(5_000), rows: [{ label: 'C', seatCount: 2, firstNumber: 7 }], features: {}, blockedSeats: [] },
      { name: 'Balcony', price: euros(2_000), rows: [{ label: 'A', seatCount: 1, firstNumber: 1 }], features: {}, blockedSeats: [] },
    ]);
    expect([...plan.seats.keys()]).toEqual(['Stalls-C-7', 'Stalls-C-8', 'Balcony-A-1']);
    expect(priceRange(plan)).toEqual({ min: euros(2_000), max: euros(5_000) });
  });
});

describe('what a seat shows', () => {
  it('a sale beats a hold, a hold beats the plan', () => {
    const plan = defaultSeatingPlan(euros(1));
    const statuses = seatStatuses(
      plan,
      new Map([
        ['A-1', 'SOLD'],
        ['A-2', 'PENDING'],
      ] as const),
      new Set(['A-1', 'A-3']),
    );
    expect([...statuses].slice(0, 4)).toEqual([
      ['A-1', 'RESERVED'],
      ['A-2', 'HELD'],
      ['A-3', 'HELD'],
      ['A-4', 'AVAILABLE'],
    ]);
    expect(countSeats(statuses)).toEqual({ available: 47, held: 2, reserved: 1, blocked: 0, total: 50, soldOut: false });
  });
});

describe('a hold', () => {
  const at = (seconds: number) => new Date(1_000_000 + seconds * 1_000);
  const hold = {
    id: 'h',
    eventId: 'e',
    userId: 'u',
    seats: [],
    createdAt: at(0),
    expiresAt: at(300),
    expiresAtLatest: at(900),
    ended: null,
    endedAt: null,
  };

  it('ends by itself at its time, or as it was ended', () => {
    expect(holdStatus(hold, at(299))).toBe('ACTIVE');
    expect(holdStatus(hold, at(300))).toBe('EXPIRED');
    expect(holdEndedAt(hold, at(299))).toBeNull();
    expect(holdEndedAt(hold, at(400))).toEqual(at(300));
    expect(holdStatus({ ...hold, ended: 'RELEASED', endedAt: at(10) }, at(400))).toBe('RELEASED');
  });

  it('carries its event in its id', () => {
    expect(eventIdOfHold(newHoldId('evt_042abc'))).toBe('evt_042abc');
    expect(eventIdOfHold('evt_042abc')).toBeNull();
    expect(eventIdOfHold('{"$ne":1}-h0000000000000000')).toBeNull();
  });

  it('costs what its seats cost, in one currency', () => {
    const seat = { seatId: 's', section: '', row: 'A', number: 1, features: [], price: euros(100) };
    expect(holdTotal([seat, { ...seat, price: euros(250) }])).toEqual(euros(350));
    expect(() => sumMoney([euros(1), { amount: 1, currency: 'JPY' }], 'EUR')).toThrow('Cannot add JPY to EUR');
    expect([currencyDecimals('EUR'), currencyDecimals('JPY'), currencyDecimals('KWD')]).toEqual([2, 0, 3]);
  });
});

describe('states', () => {
  it('a payment goes forward, and back only after a failure', () => {
    expect(canBecome('REQUIRES_CONFIRMATION', 'PROCESSING')).toBe(true);
    expect(canBecome('REQUIRES_CAPTURE', 'REQUIRES_CONFIRMATION')).toBe(true);
    expect(canBecome('SUCCEEDED', 'REQUIRES_CONFIRMATION')).toBe(false);
    expect(canBecome('SUCCEEDED', 'CANCELLED')).toBe(false);
    expect(canBecome('REFUNDED', 'SUCCEEDED')).toBe(false);
  });

  it('an event is on sale while it is published and ahead', () => {
    const listing = {
      eventId: 'e',
      organizerId: 'o',
      status: 'PUBLISHED',
      deleted: false,
      title: '',
      startsAt: new Date(2_000),
      timeZone: 'UTC',
      version: 1,
    } as const;
    expect(isOnSale(listing, new Date(1_999))).toBe(true);
    expect(isOnSale(listing, new Date(2_000))).toBe(false);
    expect(isOnSale({ ...listing, deleted: true }, new Date(0))).toBe(false);
    expect(isOnSale({ ...listing, status: 'CANCELLED' }, new Date(0))).toBe(false);
  });
});

describe('the stream of one subscriber', () => {
  const delta = (previousVersion: number, version: number, ...seatIds: string[]) =>
    ({
      kind: 'DELTA',
      eventId: 'e',
      previousVersion,
      version,
      seats: seatIds.map((seatId) => ({ seatId, status: 'HELD' as const })),
    }) as const;

  it('merges what was not read into one entry a seat, and drops it for a snapshot', async () => {
    const stream = createSeatStream(() => undefined);
    for (let version = 1; version <= 1_000; version += 1) stream.push(delta(version - 1, version, `A-${version % 3}`));
    const { value } = await stream.iterator.next();
    expect(value).toMatchObject({ previousVersion: 0, version: 1_000 });
    expect(value?.seats).toHaveLength(3);
    stream.push(delta(1_000, 1_001, 'B-1'));
    stream.push({ kind: 'SNAPSHOT', eventId: 'e', version: 2_000, previousVersion: null, seats: [] });
    expect((await stream.iterator.next()).value).toMatchObject({ kind: 'SNAPSHOT', seats: [] });
  });

  it('lets go at once of a reader who leaves while waiting', async () => {
    let left = 0;
    const stream = createSeatStream(() => (left += 1));
    const waiting = stream.iterator.next();
    await stream.iterator.return?.();
    expect((await waiting).done).toBe(true);
    expect(left).toBe(1);
  });
});
