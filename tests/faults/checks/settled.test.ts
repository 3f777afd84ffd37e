import { describe, expect, it } from 'vitest';
import { checkSettled, mapDiffers } from './settled.ts';
import { bent, soldState } from './state-fixture.ts';

const state = soldState();
const [order] = state.orders;
const [intent] = state.intents;
const confirmed = state.outbox[1];
if (!order || !intent || !confirmed) throw new Error('the fixture has one of each');

const unbound = { ...intent, id: 'pi_2', holdId: 'hold_2', orderId: null };
const liveHold = { holdId: 'hold_2', eventId: 'evt_1', seatIds: ['B-1', 'B-2'], expiresAt: Date.now() + 60_000 };
const keyOf = (seatId: string, holdId = 'hold_2') => ({ eventId: 'evt_1', seatId, holdId });

describe('what must be true once everything is up again', () => {
  it('a sale that is paid and told is settled', () => {
    expect(checkSettled(state)).toEqual([]);
  });

  it('money of a hold that lives is left out', () => {
    const held = { intents: [intent, unbound], holds: [liveHold], holdKeys: [keyOf('B-1'), keyOf('B-2')] };
    expect(checkSettled(bent(held))).toEqual([]);
  });

  it('a refunded order is settled when its money is back and everyone knows', () => {
    const refunded = bent({
      orders: [{ ...order, status: 'REFUNDED' }],
      claims: [],
      tickets: state.tickets.map((ticket) => ({ ...ticket, status: 'REFUNDED', active: false })),
      intents: [{ ...intent, status: 'REFUNDED', provider: { status: 'REFUNDED', captured: 5_000, refunded: 5_000 } }],
      refunds: [{ id: 'rf_1', intentId: 'pi_1', orderId: 'ord_1', amount: 5_000, status: 'SETTLED' }],
      facts: [{ orderId: 'ord_1', ticketsLeft: 0 }],
      outbox: [...state.outbox, { ...confirmed, id: 'evt_3', type: 'seats.released', version: 3 }],
    });
    expect(checkSettled(refunded)).toEqual([]);
  });

  it.each([
    [
      'an order that nobody finished',
      bent({ orders: [{ ...order, status: 'PENDING_PAYMENT' }] }),
      /^5: order ord_1 is still PENDING_PAYMENT/,
    ],
    [
      'a refund that nobody settled',
      bent({ refunds: [{ id: 'rf_1', intentId: 'pi_1', orderId: null, amount: 1, status: 'PENDING' }] }),
      /^5: refund rf_1 is still PENDING/,
    ],
    ['money kept for a hold that is over', bent({ intents: [intent, unbound] }), /^5: intent pi_2 \(SUCCEEDED\) keeps 5000, .* worth 0/],
    [
      'money still authorised for a hold that is over',
      bent({ intents: [intent, { ...unbound, provider: { status: 'REQUIRES_CAPTURE', captured: 0, refunded: 0 } }] }),
      /^5: intent pi_2 .* still authorised/,
    ],
    [
      'a refund that the books do not know',
      bent({
        orders: [],
        tickets: [],
        outbox: [],
        intents: [{ ...intent, orderId: null, provider: { status: 'REFUNDED', captured: 5_000, refunded: 5_000 } }],
      }),
      /^5: intent pi_1 gave back 5000, settled refunds say 0/,
    ],
    [
      'a payment without a trace at the provider',
      bent({ intents: [{ ...intent, provider: null }] }),
      /^5: SUCCEEDED intent pi_1 is unknown/,
    ],
    ['a change told twice', bent({ outbox: [...state.outbox, ...state.outbox.slice(1)] }), /^11: .* has 2 rows order.confirmed, not 1/],
    ['a change not told', bent({ outbox: state.outbox.slice(0, 1) }), /^11: .* has 0 rows order.confirmed, not 1/],
    [
      'a change that the bus has not',
      bent({ outbox: state.outbox.map((row) => ({ ...row, sent: false })) }),
      /^11: order.placed .* is not sent/,
    ],
    [
      'a change that no map has',
      bent({ outbox: state.outbox.map((row) => ({ ...row, shown: false })) }),
      /^11: order.placed .* is not shown/,
    ],
    ['a sale that its consumer missed', bent({ facts: [] }), /^11: the events subgraph counts no tickets of order ord_1, which has 2/],
    ['a sale counted wrongly', bent({ facts: [{ orderId: 'ord_1', ticketsLeft: 4 }] }), /^11: the events subgraph counts 4/],
    ['a hold with half of its keys', bent({ holds: [liveHold], holdKeys: [keyOf('B-1')] }), /^3: live hold hold_2 has 1 of its 2 keys/],
    ['a key of no hold', bent({ holdKeys: [keyOf('B-1')] }), /^3: evt_1:B-1 is kept by hold_2, which does not live/],
    [
      "a hold on somebody else's seat",
      bent({ holds: [{ ...liveHold, seatIds: ['A-1'] }], holdKeys: [keyOf('A-1')] }),
      /^2: evt_1:A-1 is held by hold_2, and claimed by the order of hold_1/,
    ],
    ['Redis that does not answer', bent({ holdKeys: null }), /^3: Redis does not answer/],
  ])('%s is found', (_what, broken, message) => {
    expect(checkSettled(broken).join('\n')).toMatch(message);
  });
});

describe('a seat map', () => {
  const shown = new Map([
    ['A-1', 'RESERVED'],
    ['A-2', 'RESERVED'],
    ['B-1', 'AVAILABLE'],
  ]);

  it('agrees with sold, held and free seats', () => {
    expect(mapDiffers(shown, state, 'evt_1')).toEqual([]);
    expect(mapDiffers(new Map([...shown, ['B-1', 'HELD']]), bent({ holdKeys: [keyOf('B-1')] }), 'evt_1')).toEqual([]);
  });

  it.each([
    ['a sold seat that looks free', new Map([...shown, ['A-1', 'AVAILABLE']]), /^10: evt_1:A-1 is shown AVAILABLE, and is RESERVED/],
    ['a free seat that looks held', new Map([...shown, ['B-1', 'HELD']]), /^10: evt_1:B-1 is shown HELD, and is AVAILABLE/],
    ['an empty map', new Map<string, string>(), /^10: a map of evt_1 shows nothing/],
  ])('%s is found', (_what, map, message) => {
    expect(mapDiffers(map, state, 'evt_1').join('\n')).toMatch(message);
  });
});
