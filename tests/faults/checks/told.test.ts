import { describe, expect, it } from 'vitest';
import type { ClientRecord, HoldRecord, PurchaseRecord } from '../clients/record.ts';
import { newRecord } from '../clients/record.ts';
import { checkSeen, endedHoldsDisappear } from './seen.ts';
import { bent, soldState } from './state-fixture.ts';
import { checkTold } from './told.ts';

const state = soldState();
const bought = { kind: 'bought', orderId: 'ord_1', status: 'CONFIRMED', seatIds: ['A-2', 'A-1'], replayed: false } as const;
const refused = (type: string) => ({ kind: 'refused', type, conflicts: [] }) as const;

const held = (change: Partial<HoldRecord> = {}): HoldRecord => ({
  userId: 'usr_1',
  eventId: 'evt_1',
  seatIds: ['A-1', 'A-2'],
  replaces: null,
  askedAt: 1_000,
  answeredAt: 1_010,
  holdId: 'hold_1',
  expiresAt: 100_000,
  mayLastUntil: 100_000,
  endedAt: null,
  answer: 'held',
  ...change,
});
const purchase = (answers: PurchaseRecord['answers'][number]['answer'][], change: Partial<PurchaseRecord> = {}): PurchaseRecord => ({
  userId: 'usr_1',
  eventId: 'evt_1',
  holdId: 'hold_1',
  intentId: 'pi_1',
  key: 'key',
  seatIds: ['A-1', 'A-2'],
  answers: answers.map((answer, index) => ({ answer, askedAt: 2_000 + index * 100, at: 2_050 + index * 100 })),
  ...change,
});
const record = (change: Partial<ClientRecord> = {}): ClientRecord => ({ ...newRecord(), ...change });
const refusedHold = (seatId: string): HoldRecord =>
  held({
    userId: 'usr_2',
    holdId: null,
    seatIds: [seatId],
    answer: { kind: 'refused', type: 'SeatsUnavailable', conflicts: [{ seatId, reason: 'HELD' }] },
    mayLastUntil: 1_010,
  });

describe('what clients were told', () => {
  it('an order that was lost on the way once, and then told twice, is no violation', () => {
    const answers = [
      { kind: 'failed', code: 'SUBGRAPH_UNAVAILABLE' } as const,
      refused('OrderProcessing'),
      bought,
      { ...bought, replayed: true },
    ];
    expect(checkTold(record({ holds: [held()], purchases: [purchase(answers)] }), state)).toEqual([]);
  });

  it('a refusal names what somebody else has, and money is back', () => {
    const told = record({ holds: [held(), refusedHold('A-1')], purchases: [purchase([bought])] });
    expect(checkTold(told, state)).toEqual([]);
  });

  it('what Redis has lost may be promised again', () => {
    const second = held({ userId: 'usr_2', holdId: 'hold_2', askedAt: 3_000, answeredAt: 3_010 });
    expect(checkTold(record({ holds: [held(), second], redisLosses: [{ from: 2_000, to: 2_500 }] }), state)).toEqual([]);
  });

  it.each<[string, ClientRecord, RegExp]>([
    [
      'an order that is gone',
      record({ purchases: [purchase([{ ...bought, orderId: 'ord_9' }])] }),
      /^6: order ord_9 was acknowledged, and is not there/,
    ],
    [
      'an order of other seats',
      record({ purchases: [purchase([bought], { seatIds: ['A-1'] })] }),
      /^3: order ord_1 for \[A-1\] has \[A-1 A-2\]/,
    ],
    ["another's order", record({ purchases: [purchase([bought], { userId: 'usr_2' })] }), /^7: order ord_1 was told to usr_2/],
    [
      'one key with two orders',
      record({ purchases: [purchase([bought, { ...bought, orderId: 'ord_2' }])] }),
      /^6: key usr_1 key made ord_1 and ord_2/,
    ],
    [
      'an order that is refused later',
      record({ holds: [held()], purchases: [purchase([bought, refused('PaymentNotConfirmed')])] }),
      /^6: key usr_1 key made ord_1, and was refused later/,
    ],
    [
      'kept money of a refused buyer',
      record({ purchases: [purchase([refused('SeatsUnavailable')])] }),
      /^2: pi_1 was refused its seats, and 5000 is kept/,
    ],
    [
      'a stranger who gets in',
      record({ strangers: [{ holdId: 'hold_1', what: 'release', got: 'released' }] }),
      /^7: a stranger could release hold_1|^7: a stranger could release hold/,
    ],
    [
      'a seat promised to two at once',
      record({ holds: [held(), held({ userId: 'usr_2', holdId: 'hold_2', askedAt: 3_000, answeredAt: 3_010 })] }),
      /^2: evt_1:A-1 was promised to usr_1 and usr_2 at once/,
    ],
    [
      'a conflict about a seat that nobody wanted',
      record({ holds: [refusedHold('E-9')] }),
      /^13: E-9 was refused as HELD, and nobody had asked for it/,
    ],
    [
      'a live hold that is refused',
      record({ holds: [held()], purchases: [purchase([refused('HoldExpired')])] }),
      /^13: hold hold_1 was live .* HoldExpired/,
    ],
    ['a masked error', record({ failures: new Map([['INTERNAL_SERVER_ERROR', 2]]) }), /^13: 2 answers were INTERNAL_SERVER_ERROR/],
  ])('%s is found', (_what, told, message) => {
    expect(checkTold(told, state).join('\n')).toMatch(message);
  });

  it('an acknowledged order that is not a sale any more is found, unless its event was cancelled', () => {
    const refunded = bent({ orders: state.orders.map((order) => ({ ...order, status: 'REFUNDED' })) });
    const told = record({ purchases: [purchase([bought])] });
    expect(checkTold(told, refunded).join()).toMatch(/^6: order ord_1 was acknowledged as CONFIRMED, and is REFUNDED/);
    told.closedEvents.set('evt_1', 3_000);
    expect(checkTold(told, refunded)).toEqual([]);
  });
});

describe('what open maps have shown', () => {
  const change = { seatId: 'A-1', from: 'RESERVED', to: 'AVAILABLE', at: 5_000, by: 'DELTA' } as const;
  const map = { eventId: 'evt_1', changes: [change], violations: [], statuses: () => new Map<string, string>() };

  it('a sold seat that came free without a refund is found', () => {
    expect(checkSeen([map], state).join()).toMatch(/^9: evt_1:A-1 was shown RESERVED, then AVAILABLE, without a refund/);
    const refunded = bent({ tickets: state.tickets.map((ticket) => ({ ...ticket, status: 'REFUNDED', active: false })) });
    expect(checkSeen([map], refunded)).toEqual([]);
    expect(checkSeen([{ ...map, changes: [{ ...change, at: state.readAt + 1 }] }], state)).toEqual([]);
  });

  it('what a map itself found wrong is passed on', () => {
    expect(checkSeen([{ ...map, changes: [], violations: ['10: a gap'] }], state)).toEqual(['10: a gap']);
  });

  it('the end of a hold that came late, or never, is found', () => {
    const told = record({ holds: [held({ seatIds: ['A-1'] })] });
    const freed = (at: number) => ({ ...map, changes: [{ ...change, from: 'HELD', at }] });
    expect(endedHoldsDisappear(freed(100_900), told)).toEqual([]);
    expect(endedHoldsDisappear(freed(102_500), told).join()).toMatch(/^8: the hold of A-1 ended, and the map showed it 2500 ms later/);
    expect(endedHoldsDisappear({ ...map, changes: [] }, told).join()).toMatch(/showed it never/);
  });
});
