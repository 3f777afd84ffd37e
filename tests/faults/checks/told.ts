import type { Bought, ClientRecord, HoldRecord, PurchaseRecord } from '../clients/record.ts';
import { boughtOf } from '../clients/record.ts';
import { grouped, isSale } from './always.ts';
import type { State } from './state.ts';

/** Clocks of Redis and of the clients are one machine's, but an answer takes its time. */
const SLACK_MS = 250;

const sorted = (seatIds: readonly string[]): string => seatIds.toSorted((a, b) => a.localeCompare(b)).join(' ');
const isDefinite = (answer: PurchaseRecord['answers'][number]['answer']): boolean =>
  answer.kind === 'bought' || (answer.kind === 'refused' && answer.type !== 'OrderProcessing');

/** Every order that a buyer was told of is there, theirs, a sale (or refunded since), with exactly the seats that were held. */
export function acknowledgedOrdersStand(record: ClientRecord, state: State): string[] {
  const orders = new Map(state.orders.map((order) => [order.id, order]));
  return record.purchases.flatMap((purchase) => {
    const bought = boughtOf(purchase);
    if (!bought) return [];
    const order = orders.get(bought.orderId);
    if (!order) return [`6: order ${bought.orderId} was acknowledged, and is not there`];
    const problems: string[] = [];
    if (order.userId !== purchase.userId) problems.push(`7: order ${order.id} was told to ${purchase.userId}, and is another's`);
    if (
      !isSale(order.status) &&
      !(order.status === 'REFUNDED' && (record.closedEvents.has(order.eventId) || record.refundsAsked.has(order.id)))
    )
      problems.push(`6: order ${order.id} was acknowledged as ${bought.status}, and is ${order.status}`);
    if (sorted(order.seatIds) !== sorted(purchase.seatIds))
      problems.push(`3: order ${order.id} for [${sorted(purchase.seatIds)}] has [${sorted(order.seatIds)}]`);
    if (sorted(bought.seatIds) !== sorted(purchase.seatIds))
      problems.push(`3: order ${order.id} for [${sorted(purchase.seatIds)}] was answered with tickets [${sorted(bought.seatIds)}]`);
    return problems;
  });
}

/** Invariant 6: once an order was the answer, it is the answer; and one key has one order. */
export function sameKeySameOrder(record: ClientRecord): string[] {
  const byKey = grouped(record.purchases, ({ userId, key, holdId, intentId }) => `${userId} ${key ?? `${holdId} ${intentId}`}`);
  return Array.from(byKey).flatMap(([key, purchases]) => {
    const answers = purchases.flatMap((purchase) => purchase.answers).toSorted((a, b) => a.at - b.at);
    const first = answers.find(({ answer }) => answer.kind === 'bought');
    if (!first) return [];
    const { orderId } = first.answer as Bought;
    return answers.flatMap(({ askedAt, answer }) => {
      if (answer.kind === 'bought') return answer.orderId === orderId ? [] : [`6: key ${key} made ${orderId} and ${answer.orderId}`];
      return askedAt > first.at && isDefinite(answer)
        ? [`6: key ${key} made ${orderId}, and was refused later: ${JSON.stringify(answer)}`]
        : [];
    });
  });
}

/** Invariant 2: whoever was told that the seats are gone has their money back. */
export function refusedBuyersKeepTheirMoney(record: ClientRecord, state: State): string[] {
  const intents = new Map(state.intents.map((intent) => [intent.id, intent]));
  return record.purchases.flatMap((purchase) => {
    if (boughtOf(purchase) || !purchase.answers.some(({ answer }) => answer.kind === 'refused' && answer.type === 'SeatsUnavailable'))
      return [];
    const provider = intents.get(purchase.intentId)?.provider;
    const kept = (provider?.captured ?? 0) - (provider?.refunded ?? 0);
    return kept === 0 && provider?.status !== 'REQUIRES_CAPTURE'
      ? []
      : [`2: ${purchase.intentId} was refused its seats, and ${kept} is kept`];
  });
}

/** Invariant 7. */
export function strangersGetNothing(record: ClientRecord): string[] {
  const successes = new Set(['RefreshHoldPayload', 'released', 'bought']);
  return record.strangers.flatMap(({ holdId, what, got }) => (successes.has(got) ? [`7: a stranger could ${what} hold ${holdId}`] : []));
}

/** How long this hold was promised; a purchase ends it. */
function promisedUntil(record: ClientRecord, hold: HoldRecord): number {
  const sold = record.purchases.filter(({ holdId }) => holdId === hold.holdId).flatMap(({ answers }) => answers);
  const soldAt = Math.min(...sold.map(({ askedAt }) => askedAt), Number.POSITIVE_INFINITY);
  return Math.min(hold.endedAt ?? Number.POSITIVE_INFINITY, hold.expiresAt, soldAt);
}

const lost = (record: ClientRecord, from: number, to: number): boolean =>
  record.redisLosses.some((loss) => loss.from <= to && loss.to >= from);

/** Two were told at the same time that a seat is kept for them, and Redis had lost nothing. */
export function holdsAreExclusive(record: ClientRecord): string[] {
  const held = record.holds.filter(({ answer }) => answer === 'held');
  const bySeat = grouped(
    held.flatMap((hold) => hold.seatIds.map((seatId) => ({ seat: `${hold.eventId}:${seatId}`, hold }))),
    ({ seat }) => seat,
  );
  return Array.from(bySeat).flatMap(([seat, entries]) =>
    entries.flatMap(({ hold: first }, index) =>
      entries.slice(index + 1).flatMap(({ hold: second }) => {
        if (second.replaces === first.holdId || first.replaces === second.holdId) return [];
        const both = Math.max(first.answeredAt ?? 0, second.answeredAt ?? 0);
        const end = Math.min(promisedUntil(record, first), promisedUntil(record, second));
        if (both >= end - SLACK_MS || lost(record, Math.min(first.askedAt, second.askedAt), both)) return [];
        return [`2: ${seat} was promised to ${first.userId} and ${second.userId} at once`];
      }),
    ),
  );
}

/** Invariant 13, for holds: each conflict names a seat that somebody could have had at that moment. */
export function conflictsAreJustified(record: ClientRecord): string[] {
  const bySeat = grouped(
    record.holds.flatMap((hold) => hold.seatIds.map((seatId) => ({ seat: `${hold.eventId}:${seatId}`, hold }))),
    ({ seat }) => seat,
  );
  const sold = new Set(record.purchases.filter(({ answers }) => answers.length > 0).map(({ holdId }) => holdId));
  const mayLastUntil = (hold: HoldRecord): number =>
    hold.holdId !== null && sold.has(hold.holdId) ? Number.POSITIVE_INFINITY : Math.max(hold.mayLastUntil, hold.endedAt ?? 0);
  return record.holds.flatMap((refused) => {
    if (typeof refused.answer === 'string' || refused.answer.kind !== 'refused' || refused.answer.type !== 'SeatsUnavailable') return [];
    const answeredAt = refused.answeredAt ?? 0;
    return refused.answer.conflicts.flatMap(({ seatId, reason }) => {
      const others = (bySeat.get(`${refused.eventId}:${seatId}`) ?? []).filter(({ hold }) => hold !== refused);
      const justified = others.some(({ hold }) => hold.askedAt <= answeredAt && mayLastUntil(hold) + 2_000 >= refused.askedAt);
      return justified ? [] : [`13: ${seatId} was refused as ${reason}, and nobody had asked for it`];
    });
  });
}

/** Invariant 13, for purchases: paid in time for a hold that nobody ended, and Redis had lost nothing. */
export function purchasesAreJustlyRefused(record: ClientRecord): string[] {
  const holds = new Map(record.holds.map((hold) => [hold.holdId, hold]));
  return record.purchases.flatMap((purchase) => {
    const hold = holds.get(purchase.holdId);
    if (!hold) return [];
    return purchase.answers.flatMap(({ askedAt, at, answer }) => {
      if (answer.kind !== 'refused') return [];
      if (record.closedEvents.has(purchase.eventId) || lost(record, hold.askedAt, at)) return [];
      if (hold.endedAt !== null || hold.expiresAt < at + SLACK_MS || askedAt < hold.askedAt) return [];
      const excused = answer.type === 'OrderProcessing' || answer.type === 'PaymentDeclined' || answer.type === 'IdempotencyKeyReused';
      return excused ? [] : [`13: hold ${purchase.holdId} was live and paid for, and refused: ${answer.type}`];
    });
  });
}

/** A masked error is a bug, whatever else is going on. */
export function nothingIsMasked(record: ClientRecord): string[] {
  return ['INTERNAL_SERVER_ERROR', 'ERROR_WITHOUT_CODE', 'NO_DATA', 'BAD_USER_INPUT'].flatMap((code) => {
    const times = record.failures.get(code) ?? 0;
    return times === 0 ? [] : [`13: ${times} answers were ${code}`];
  });
}

/** What the clients were told, held against the databases once everything is settled. */
export const checkTold = (record: ClientRecord, state: State): string[] => [
  ...acknowledgedOrdersStand(record, state),
  ...sameKeySameOrder(record),
  ...refusedBuyersKeepTheirMoney(record, state),
  ...strangersGetNothing(record),
  ...holdsAreExclusive(record),
  ...conflictsAreJustified(record),
  ...purchasesAreJustlyRefused(record),
  ...nothingIsMasked(record),
];
