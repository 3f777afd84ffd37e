import type { State, TicketRow } from './state.ts';

/** Statuses of orders whose seats are sold. */
const SOLD_STATUSES = new Set(['CONFIRMED', 'REFUND_PENDING', 'PARTIALLY_REFUNDED']);
export const isSale = (status: string): boolean => SOLD_STATUSES.has(status);

export const seatKey = (at: { eventId: string; seatId: string }): string => `${at.eventId}:${at.seatId}`;

export function grouped<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

/** Invariant 1. */
export function oneSalePerSeat(state: State): string[] {
  const twice = (what: string, items: readonly { eventId: string; seatId: string; orderId: string }[]): string[] =>
    Array.from(grouped(items, seatKey)).flatMap(([seat, all]) =>
      all.length > 1 ? [`1: ${seat} has ${all.length} ${what}: ${all.map(({ orderId }) => orderId).join(', ')}`] : [],
    );
  return [
    ...twice('claims', state.claims),
    ...twice(
      'active tickets',
      state.tickets.filter(({ active }) => active),
    ),
  ];
}

const listed = (seatIds: Iterable<string>): string => [...seatIds].toSorted((a, b) => a.localeCompare(b)).join(' ');

/** Invariant 3, the half in MongoDB: an order's seats are all claimed or sold, or none. */
export function wholeOrders(state: State): string[] {
  const claims = grouped(state.claims, ({ orderId }) => orderId);
  const tickets = grouped(state.tickets, ({ orderId }) => orderId);
  return state.orders.flatMap((order) => {
    const wanted = listed(order.seatIds);
    const claimed = claims.get(order.id) ?? [];
    const issued: readonly TicketRow[] = tickets.get(order.id) ?? [];
    const problems: string[] = [];
    const expect = (what: string, got: readonly { seatId: string }[], expected: string): void => {
      const found = listed(got.map(({ seatId }) => seatId));
      if (found !== expected) problems.push(`3: ${order.status} order ${order.id} of [${wanted}] has ${what} [${found}]`);
    };
    if (order.status === 'PENDING_PAYMENT') {
      expect(
        'claims',
        claimed.filter(({ state: is }) => is === 'PENDING'),
        wanted,
      );
      expect('tickets', issued, '');
    } else if (isSale(order.status)) {
      expect('tickets', issued, wanted);
      const active = issued.filter((ticket) => ticket.active);
      if (order.status === 'CONFIRMED') expect('active tickets', active, wanted);
      else if (active.length === 0) problems.push(`3: ${order.status} order ${order.id} has no active ticket`);
    } else {
      expect('claims', claimed, '');
      expect(
        'active tickets',
        issued.filter(({ active }) => active),
        '',
      );
    }
    return problems;
  });
}

/** Invariant 4. */
export function claimsAreTickets(state: State): string[] {
  const sales = new Set(state.orders.filter(({ status }) => isSale(status)).map(({ id }) => id));
  const orders = new Set(state.orders.map(({ id }) => id));
  const soldBy = new Map(state.claims.filter((claim) => claim.state === 'SOLD').map((claim) => [seatKey(claim), claim.orderId]));
  const ticketBy = new Map(
    state.tickets.filter(({ active, orderId }) => active && sales.has(orderId)).map((ticket) => [seatKey(ticket), ticket.orderId]),
  );
  return [
    ...Array.from(soldBy).flatMap(([seat, orderId]) =>
      ticketBy.get(seat) === orderId ? [] : [`4: ${seat} is SOLD to ${orderId} without an active ticket of a sale`],
    ),
    ...Array.from(ticketBy).flatMap(([seat, orderId]) =>
      soldBy.get(seat) === orderId ? [] : [`4: ${seat} has an active ticket of ${orderId} without its SOLD claim`],
    ),
    ...state.claims.flatMap((claim) => (orders.has(claim.orderId) ? [] : [`4: ${seatKey(claim)} is claimed for no order`])),
  ];
}

/** Invariant 5 while things move: nobody has given back more than was taken, and a sale's money is there. */
export function salesArePaid(state: State): string[] {
  const intents = new Map(state.intents.map((intent) => [intent.id, intent]));
  return [
    ...state.intents.flatMap(({ id, provider }) =>
      provider && provider.refunded > provider.captured ? [`5: ${id} gave back ${provider.refunded} of ${provider.captured}`] : [],
    ),
    ...state.orders.flatMap((order) => {
      if (order.status !== 'CONFIRMED') return [];
      const provider = intents.get(order.intentId)?.provider;
      const kept = (provider?.captured ?? 0) - (provider?.refunded ?? 0);
      return kept === order.total ? [] : [`5: CONFIRMED order ${order.id} of ${order.total} has ${kept} at the provider`];
    }),
  ];
}

/** One live order per hold, and one order per key (its id is the key's). */
export function oneOrderPerHold(state: State): string[] {
  const live = state.orders.filter(({ status }) => status !== 'PAYMENT_FAILED' && status !== 'EXPIRED');
  return Array.from(grouped(live, ({ holdId }) => holdId)).flatMap(([holdId, orders]) =>
    orders.length > 1 ? [`6: hold ${holdId} was bought ${orders.length} times`] : [],
  );
}

/** What may never be otherwise, not even in the middle of a fault. */
export const checkAlways = (state: State): string[] => [
  ...oneSalePerSeat(state),
  ...wholeOrders(state),
  ...claimsAreTickets(state),
  ...salesArePaid(state),
  ...oneOrderPerHold(state),
];
