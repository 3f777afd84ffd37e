import { grouped, isSale, seatKey } from './always.ts';
import type { State } from './state.ts';

/** Invariant 5: the money of every payment is that of live tickets, or back; that of live holds is left out. */
export function moneyIsAccountedFor(state: State): string[] {
  const live = new Set(state.holds.map(({ holdId }) => holdId));
  const tickets = grouped(
    state.tickets.filter(({ active }) => active),
    ({ orderId }) => orderId,
  );
  const orderOf = new Map(state.orders.filter(({ status }) => isSale(status)).map((order) => [order.intentId, order]));
  const settled = grouped(
    state.refunds.filter(({ status }) => status === 'SETTLED'),
    ({ intentId }) => intentId,
  );
  const problems: string[] = [];
  for (const intent of state.intents) {
    const { provider } = intent;
    if (!provider) {
      if (intent.status !== 'REQUIRES_CONFIRMATION' && intent.status !== 'CANCELLED')
        problems.push(`5: ${intent.status} intent ${intent.id} is unknown to the provider`);
      continue;
    }
    const order = orderOf.get(intent.id);
    const value = (order ? (tickets.get(order.id) ?? []) : []).reduce((sum, { price }) => sum + price, 0);
    const kept = provider.captured - provider.refunded;
    const open = !order && live.has(intent.holdId);
    if (!open && kept !== value)
      problems.push(`5: intent ${intent.id} (${intent.status}) keeps ${kept}, its live tickets are worth ${value}`);
    if (!open && provider.status === 'REQUIRES_CAPTURE') problems.push(`5: intent ${intent.id} (${intent.status}) is still authorised`);
    const given = (settled.get(intent.id) ?? []).reduce((sum, { amount }) => sum + amount, 0);
    if (provider.captured > 0 && given !== provider.refunded)
      problems.push(`5: intent ${intent.id} gave back ${provider.refunded}, settled refunds say ${given}`);
  }
  return problems;
}

/** Nothing is left half way. */
export function nothingIsPending(state: State): string[] {
  return [
    ...state.orders.flatMap(({ id, status }) => (status === 'PENDING_PAYMENT' ? [`5: order ${id} is still PENDING_PAYMENT`] : [])),
    ...state.orders.flatMap(({ id, status }) => (status === 'REFUND_PENDING' ? [`5: order ${id} is still REFUND_PENDING`] : [])),
    ...state.refunds.flatMap(({ id, status }) => (status === 'PENDING' ? [`5: refund ${id} is still PENDING`] : [])),
  ];
}

/** Invariant 11: one row per committed change, all of them told; and whoever consumed them acted once. */
export function changesAreTold(state: State): string[] {
  const rows = grouped(state.outbox, ({ aggregateId }) => aggregateId);
  const facts = new Map(state.facts.map((fact) => [fact.orderId, fact]));
  const problems = state.outbox.flatMap(({ id, type, shown, sent }) =>
    shown && sent ? [] : [`11: ${type} ${id} is ${shown ? 'not sent' : 'not shown'}`],
  );
  for (const order of state.orders) {
    const told = rows.get(order.id) ?? [];
    const expect = (type: string, times: number): void => {
      const found = told.filter((row) => row.type === type).length;
      if (found !== times) problems.push(`11: ${order.status} order ${order.id} has ${found} rows ${type}, not ${times}`);
    };
    const sold = isSale(order.status) || order.status === 'REFUNDED';
    const given = state.refunds.filter((refund) => refund.orderId === order.id && refund.status === 'SETTLED').length;
    expect('order.placed', 1);
    expect('order.confirmed', sold ? 1 : 0);
    expect('seats.released', sold ? given : Number(order.status !== 'PENDING_PAYMENT'));
    if (new Set(told.map(({ version }) => version)).size !== told.length)
      problems.push(`11: order ${order.id} has two rows of one version`);
    const left = state.tickets.filter(({ orderId, active }) => orderId === order.id && active).length;
    const fact = facts.get(order.id);
    if (sold && fact?.ticketsLeft !== left)
      problems.push(`11: the events subgraph counts ${fact?.ticketsLeft ?? 'no'} tickets of order ${order.id}, which has ${left}`);
  }
  return problems;
}

/** Invariant 3, the half in Redis: a live hold has all of its keys, a key belongs to a live hold; and no hold stands on what others have claimed. */
export function holdsAreWhole(state: State): string[] {
  if (state.holdKeys === null) return ['3: Redis does not answer'];
  const keys = new Map(state.holdKeys.map((key) => [seatKey(key), key.holdId]));
  const holdOfOrder = new Map(state.orders.map(({ id, holdId }) => [id, holdId]));
  const claimed = new Map(state.claims.map((claim) => [seatKey(claim), holdOfOrder.get(claim.orderId)]));
  // Keys and details run out at the same moment, and are read one after the other.
  const lasting = state.holds.filter(({ expiresAt }) => expiresAt > Date.now() + 500);
  const known = new Set(state.holds.map(({ holdId }) => holdId));
  return [
    ...lasting.flatMap(({ holdId, eventId, seatIds }) => {
      const had = seatIds.filter((seatId) => keys.get(seatKey({ eventId, seatId })) === holdId);
      return had.length === seatIds.length ? [] : [`3: live hold ${holdId} has ${had.length} of its ${seatIds.length} keys`];
    }),
    ...state.holdKeys.flatMap((key) => (known.has(key.holdId) ? [] : [`3: ${seatKey(key)} is kept by ${key.holdId}, which does not live`])),
    ...state.holdKeys.flatMap((key) => {
      const owner = claimed.get(seatKey(key));
      return owner !== undefined && owner !== key.holdId
        ? [`2: ${seatKey(key)} is held by ${key.holdId}, and claimed by the order of ${owner}`]
        : [];
    }),
  ];
}

/** What must be true once everything is up again and has had its time. */
export const checkSettled = (state: State): string[] => [
  ...nothingIsPending(state),
  ...moneyIsAccountedFor(state),
  ...changesAreTold(state),
  ...holdsAreWhole(state),
];

/** Invariant 10's right side: each seat as MongoDB and the holds have it; a seat that is missing here is free. */
export function statusesOf(state: State, eventId: string): ReadonlyMap<string, string> {
  const statuses = new Map<string, string>();
  for (const key of state.holdKeys ?? []) if (key.eventId === eventId) statuses.set(key.seatId, 'HELD');
  for (const claim of state.claims) if (claim.eventId === eventId) statuses.set(claim.seatId, claim.state === 'SOLD' ? 'RESERVED' : 'HELD');
  return statuses;
}

/** Invariant 10. */
export function mapDiffers(shown: ReadonlyMap<string, string>, state: State, eventId: string): string[] {
  const statuses = statusesOf(state, eventId);
  if (shown.size === 0) return [`10: a map of ${eventId} shows nothing`];
  return Array.from(shown).flatMap(([seatId, status]) => {
    const is = statuses.get(seatId) ?? 'AVAILABLE';
    return status === is ? [] : [`10: ${eventId}:${seatId} is shown ${status}, and is ${is}`];
  });
}
