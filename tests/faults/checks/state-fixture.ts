import type { State } from './state.ts';

const EVENT = 'evt_1';

/** A settled sale of two seats, paid and told. Tests bend it, one thing at a time. */
export function soldState(): State {
  const seatIds = ['A-1', 'A-2'];
  return {
    readAt: 10_000,
    claims: seatIds.map((seatId) => ({ eventId: EVENT, seatId, orderId: 'ord_1', state: 'SOLD' as const })),
    orders: [
      {
        id: 'ord_1',
        userId: 'usr_1',
        eventId: EVENT,
        holdId: 'hold_1',
        intentId: 'pi_1',
        status: 'CONFIRMED',
        seatIds,
        total: 5_000,
        placedAt: 0,
      },
    ],
    tickets: seatIds.map((seatId) => ({
      id: `tkt_${seatId}`,
      orderId: 'ord_1',
      eventId: EVENT,
      seatId,
      status: 'VALID',
      active: true,
      price: 2_500,
    })),
    intents: [
      {
        id: 'pi_1',
        holdId: 'hold_1',
        eventId: EVENT,
        userId: 'usr_1',
        status: 'SUCCEEDED',
        orderId: 'ord_1',
        amount: 5_000,
        provider: { status: 'SUCCEEDED', captured: 5_000, refunded: 0 },
      },
    ],
    refunds: [],
    outbox: (['order.placed', 'order.confirmed'] as const).map((type, index) => ({
      id: `evt_${type}`,
      type,
      aggregateId: 'ord_1',
      version: index + 1,
      shown: true,
      sent: true,
    })),
    facts: [{ orderId: 'ord_1', ticketsLeft: 2 }],
    holdKeys: [],
    holds: [],
  };
}

/** The same with some of it changed. */
export const bent = (change: Partial<State>): State => ({ ...soldState(), ...change });
