import type { Clock } from '../../../kit/values/clock.ts';
import { derivedId, newId } from '../../../kit/values/ids.ts';
import { wait } from '../../../kit/values/wait.ts';
import type { StoredAnswer } from '../domain/idempotency.ts';
import { recordIdOf } from '../domain/idempotency.ts';
import type { PurchaseOutcome } from '../domain/outcomes.ts';
import {
  holdExpired,
  idempotencyKeyReused,
  orderProcessing,
  paymentDeclined,
  paymentNotConfirmed,
  seatsUnavailable,
} from '../domain/outcomes.ts';
import type { Order } from '../domain/order.ts';
import { orderIdOf } from '../domain/order.ts';
import type { ReachedPoint } from '../domain/purchase-points.ts';
import type { Viewer } from '../domain/viewer.ts';
import type { IdempotencyRecord, IdempotencyRepository } from '../repositories/idempotency-repository.ts';
import type { OrderRepository } from '../repositories/order-repository.ts';
import type { PaymentIntentRepository } from '../repositories/payment-intent-repository.ts';
import type { ClaimSeats } from './claim-seats.ts';
import type { FinishedOrder, FinishOrder } from './finish-order.ts';
import type { PurchaseAttempt, PurchaseInput } from './purchase-attempt.ts';
import type { SecureHold } from './secure-hold.ts';

/** How long a second request waits for the first one of the same key, and how long a request works at all. */
const WAIT_FOR_OTHER_MS = 5_000;
const DEADLINE_MS = 8_000;
const POLL_MS = 50;

/**
 * P0 and the answers: decides whether this request is a new purchase, a repetition, or the heir of one that died; P1 is in `secure-hold.ts`,
 * P2 in `claim-seats.ts`, P3 to P5 in `finish-order.ts`. `SeatsDiffer` is the caller's mistake, not an outcome of the contract.
 */
export function createPurchase(deps: {
  orders: OrderRepository;
  intents: PaymentIntentRepository;
  idempotency: IdempotencyRepository;
  secureHold: SecureHold;
  claimSeats: ClaimSeats;
  finishOrder: FinishOrder;
  clock: Clock;
  reached: ReachedPoint;
}) {
  const { orders, idempotency } = deps;

  function answerFor(finished: FinishedOrder, replayed: boolean): PurchaseOutcome {
    if (finished.kind === 'declined') return paymentDeclined(finished.reason);
    if (finished.kind === 'unknown') return orderProcessing(finished.order);
    switch (finished.order.status) {
      case 'CONFIRMED':
      case 'REFUND_PENDING':
      case 'PARTIALLY_REFUNDED':
      case 'REFUNDED':
        return { kind: 'PurchasePayload', order: finished.order, replayed };
      case 'PAYMENT_FAILED':
        return paymentDeclined('declined_before');
      case 'EXPIRED':
        return holdExpired();
      case 'PENDING_PAYMENT':
        return orderProcessing(finished.order);
    }
  }

  async function finishInTime(order: Order, replayed: boolean): Promise<PurchaseOutcome> {
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<PurchaseOutcome>((resolve) => {
      timer = setTimeout(() => resolve(orderProcessing(order)), DEADLINE_MS);
    });
    try {
      // Past the deadline the work goes on by itself; the client asks again with the same key.
      return await Promise.race([deps.finishOrder(order).then((finished) => answerFor(finished, replayed)), tooLate]);
    } finally {
      clearTimeout(timer);
    }
  }

  async function storedOutcome(answer: StoredAnswer): Promise<PurchaseOutcome> {
    switch (answer.kind) {
      case 'PurchasePayload': {
        const order = await orders.find(answer.orderId);
        if (!order) throw new Error(`Order ${answer.orderId} is gone.`);
        return { kind: 'PurchasePayload', order, replayed: true };
      }
      case 'PaymentDeclined':
        return paymentDeclined(answer.reason);
      case 'SeatsUnavailable':
        return seatsUnavailable(['input', 'seatIds'], answer.conflicts);
    }
  }

  /** An order of this key, or a live one of this hold, is the answer: nothing is bought twice. */
  async function earlierOrder(attempt: PurchaseAttempt): Promise<PurchaseOutcome | null> {
    const own = await orders.find(orderIdOf(attempt.viewer.userId, attempt.key));
    if (own) {
      if (own.fingerprint !== attempt.fingerprint) return idempotencyKeyReused();
      if (own.status !== 'PAYMENT_FAILED') return finishInTime(own, true);
      const record = await idempotency.find(attempt.recordId);
      return record?.answer?.kind === 'PaymentDeclined' ? paymentDeclined(record.answer.reason) : paymentDeclined('declined_before');
    }
    const ofHold = await orders.liveOfHold(attempt.input.holdId, attempt.viewer.userId);
    return ofHold && finishInTime(ofHold, true);
  }

  /** True when this request goes on as the one attempt of the key; else what to answer, or null to look again. */
  async function begin(attempt: PurchaseAttempt, waitUntil: number): Promise<true | PurchaseOutcome | null> {
    const now = deps.clock.now();
    const other: IdempotencyRecord | null = await idempotency.begin(attempt.recordId, attempt.fingerprint, attempt.token, now);
    if (other === null) return (await idempotency.find(attempt.recordId))?.attempt === attempt.token ? true : null;
    if (other.attempt === attempt.token) return true;
    if (other.fingerprint !== attempt.fingerprint) return idempotencyKeyReused();
    if (other.state === 'COMPLETED' && other.answer) return storedOutcome(other.answer);
    if (other.lockedUntil <= now) return (await idempotency.takeOver(other, attempt.token, now)) ? true : null;
    if (Date.now() >= waitUntil) return orderProcessing(null);
    await wait(POLL_MS);
    return null;
  }

  return async function purchase(viewer: Viewer, input: PurchaseInput): Promise<PurchaseOutcome | { kind: 'SeatsDiffer' }> {
    const intent = await deps.intents.find(input.paymentIntentId);
    if (!intent || intent.userId !== viewer.userId || intent.holdId !== input.holdId || intent.eventId !== input.eventId)
      return paymentNotConfirmed('REQUIRES_CONFIRMATION');

    const key = input.idempotencyKey ?? derivedId('key', input.holdId, intent.id, String(intent.attempt));
    const attempt: PurchaseAttempt = {
      viewer,
      input,
      key,
      keyGiven: input.idempotencyKey !== null,
      token: newId('att'),
      fingerprint: derivedId('fp', input.eventId, input.holdId, input.paymentIntentId),
      recordId: recordIdOf(viewer.userId, 'purchase', key),
    };
    const waitUntil = Date.now() + WAIT_FOR_OTHER_MS;
    for (;;) {
      const earlier = await earlierOrder(attempt);
      if (earlier) return earlier;
      const begun = await begin(attempt, waitUntil);
      if (begun === null) continue;
      if (begun !== true) return begun;
      deps.reached('C0');

      const secured = await secure(attempt, intent.id);
      if (secured.kind !== 'secured') {
        // A refusal before anything was claimed is not kept: the same key may be tried again. Overtaken by another attempt: read what that one left.
        if (await idempotency.remove(attempt.recordId, attempt.token)) return secured.kind === 'SeatsDiffer' ? secured : secured.outcome;
        continue;
      }
      deps.reached('C1');
      const claimed = await deps.claimSeats(attempt, secured);
      if (claimed.kind === 'claimed') return finishInTime(claimed.order, false);
      if (claimed.kind === 'refused') return claimed.outcome;
      // Somebody else's order or answer is there now, and is read at the top.
      if (Date.now() >= waitUntil) return orderProcessing(null);
      await wait(POLL_MS);
    }
  };

  async function secure(attempt: PurchaseAttempt, intentId: string): ReturnType<SecureHold> {
    try {
      return await deps.secureHold(attempt, intentId);
    } catch (error) {
      // Infrastructure failed, nothing was decided: the next try need not wait for this one's lock.
      await idempotency.remove(attempt.recordId, attempt.token).catch(() => undefined);
      throw error;
    }
  }
}
export type Purchase = ReturnType<typeof createPurchase>;
