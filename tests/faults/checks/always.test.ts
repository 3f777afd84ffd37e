import { describe, expect, it } from 'vitest';
import { checkAlways } from './always.ts';
import { bent, soldState } from './state-fixture.ts';

const state = soldState();
const [order] = state.orders;
const [claim] = state.claims;
const [ticket] = state.tickets;
const [intent] = state.intents;
if (!order || !claim || !ticket || !intent) throw new Error('the fixture has one of each');

describe('what may never be otherwise', () => {
  it('a sale that is whole is no violation', () => {
    expect(checkAlways(state)).toEqual([]);
  });

  it('an order on its way is none either', () => {
    const pending = { ...order, status: 'PENDING_PAYMENT' };
    const claims = state.claims.map((each) => ({ ...each, state: 'PENDING' as const }));
    expect(checkAlways(bent({ orders: [pending], claims, tickets: [] }))).toEqual([]);
  });

  it.each([
    ['two claims of one seat', bent({ claims: [...state.claims, { ...claim, orderId: 'ord_2' }] }), /^1: evt_1:A-1 has 2 claims/],
    ['two active tickets of one seat', bent({ tickets: [...state.tickets, { ...ticket, orderId: 'ord_2' }] }), /^1: .*2 active tickets/],
    ['half of a basket sold', bent({ tickets: [ticket] }), /^3: CONFIRMED order ord_1 of \[A-1 A-2\] has tickets \[A-1\]/],
    [
      'a pending order with half of its claims',
      bent({ orders: [{ ...order, status: 'PENDING_PAYMENT' }], claims: [{ ...claim, state: 'PENDING' }], tickets: [] }),
      /^3: PENDING_PAYMENT order .* has claims \[A-1\]/,
    ],
    [
      'a failed order that keeps its seats',
      bent({ orders: [{ ...order, status: 'PAYMENT_FAILED' }] }),
      /^3: PAYMENT_FAILED order .* claims/,
    ],
    ['a sold claim without a ticket', bent({ tickets: [] }), /^4: evt_1:A-1 is SOLD to ord_1 without/m],
    ['a ticket without its claim', bent({ claims: [claim] }), /^4: evt_1:A-2 has an active ticket of ord_1 without/m],
    [
      'a claim for no order',
      bent({ claims: [...state.claims, { ...claim, seatId: 'B-1', orderId: 'ord_9' }] }),
      /^4: evt_1:B-1 is claimed for no/m,
    ],
    [
      'a sale that nobody paid',
      bent({ intents: [{ ...intent, provider: { status: 'SUCCEEDED', captured: 0, refunded: 0 } }] }),
      /^5: CONFIRMED order ord_1 of 5000 has 0/,
    ],
    [
      'more given back than taken',
      bent({ intents: [{ ...intent, provider: { status: 'REFUNDED', captured: 5_000, refunded: 10_000 } }] }),
      /^5: pi_1 gave back 10000 of 5000/m,
    ],
    ['one hold bought twice', bent({ orders: [order, { ...order, id: 'ord_2', seatIds: [] }] }), /^6: hold hold_1 was bought 2 times/m],
  ])('%s is found', (_what, broken, message) => {
    expect(checkAlways(broken).join('\n')).toMatch(message);
  });
});
