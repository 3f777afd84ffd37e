import type { Clock } from '../../../kit/values/clock.ts';
import { orderIdOf, orderTotal } from '../domain/order.ts';
import type { Order } from '../domain/order.ts';
import { unboundRefundOf } from '../domain/refund.ts';
import type { PurchaseOutcome, SeatConflict } from '../domain/outcomes.ts';
import { salesClosed, seatsUnavailable } from '../domain/outcomes.ts';
import type { ReachedPoint } from '../domain/purchase-points.ts';
import type { ClaimRepository } from '../repositories/claim-repository.ts';
import type { IdempotencyRepository } from '../repositories/idempotency-repository.ts';
import type { OrderRepository } from '../repositories/order-repository.ts';
import type { SaleLedger } from '../repositories/sale-ledger.ts';
import type { PurchaseAttempt } from './purchase-attempt.ts';
import type { SecuredHold } from './secure-hold.ts';
import type { SettleRefund } from './settle-refund.ts';

export type ClaimedSeats =
  | { readonly kind: 'claimed'; readonly order: Order }
  | { readonly kind: 'refused'; readonly outcome: PurchaseOutcome }
  | { readonly kind: 'overtaken' };

/** P2: transaction A decides whose seats they are; who comes second gets the money back (A″). */
export function createClaimSeats(deps: {
  ledger: SaleLedger;
  orders: OrderRepository;
  claims: ClaimRepository;
  idempotency: IdempotencyRepository;
  settleRefund: SettleRefund;
  clock: Clock;
  reached: ReachedPoint;
}) {
  const { ledger, orders, idempotency } = deps;

  function newOrder(attempt: PurchaseAttempt, { hold, intent, listing }: SecuredHold): Order {
    const total = orderTotal(hold.seats, intent.amount.currency);
    if (total.amount !== intent.amount.amount)
      throw new Error(`Hold ${hold.id} costs ${total.amount}, but ${intent.amount.amount} was paid.`);
    return {
      id: orderIdOf(attempt.viewer.userId, attempt.key),
      userId: attempt.viewer.userId,
      eventId: hold.eventId,
      organizerId: listing.organizerId,
      holdId: hold.id,
      paymentIntentId: intent.id,
      recordId: attempt.recordId,
      fingerprint: attempt.fingerprint,
      status: 'PENDING_PAYMENT',
      seats: hold.seats,
      total,
      refunded: {
        amount: 0,
        currency: total.currency,
      },
      placedAt: deps.clock.now(),
      version: 1,
    };
  }

  async function conflictsOf(order: Order): Promise<readonly SeatConflict[]> {
    const claims = await deps.claims.ofSeats(
      order.eventId,
      order.seats.map((seat) => seat.seatId),
    );
    return Array.from(claims, ([seatId, state]) => ({ seatId, reason: state === 'SOLD' ? 'RESERVED' : 'HELD' }));
  }

  return async function claimSeats(attempt: PurchaseAttempt, secured: SecuredHold): Promise<ClaimedSeats> {
    const order = newOrder(attempt, secured);
    const result = await ledger.claimSeats(order, secured.intent);
    if (result === 'claimed') {
      deps.reached('C2');
      return { kind: 'claimed', order };
    }

    await secured.letGo();
    if (result === 'closed') {
      // The money, if it was taken, goes back once the hold has ended (the reconciler's third rule).
      const removed = await idempotency.remove(attempt.recordId, attempt.token);
      return removed ? { kind: 'refused', outcome: salesClosed(['input', 'eventId']) } : { kind: 'overtaken' };
    }
    if ((await orders.find(order.id)) ?? (await orders.liveOfHold(order.holdId, order.userId))) return { kind: 'overtaken' };

    const conflicts = await conflictsOf(order);
    const refund = unboundRefundOf(secured.intent, deps.clock.now());
    const stored = attempt.keyGiven ? { recordId: attempt.recordId, answer: { kind: 'SeatsUnavailable' as const, conflicts } } : undefined;
    if (!(await ledger.startUnboundRefund(secured.intent, refund, stored))) return { kind: 'overtaken' };
    deps.reached('C2');
    if (!stored) await idempotency.remove(attempt.recordId, attempt.token);
    // Started is enough for the answer: what fails from here on the reconciler finishes, with the same keys.
    await deps.settleRefund(refund.id).catch(() => false);
    return { kind: 'refused', outcome: seatsUnavailable(['input', 'seatIds'], conflicts) };
  };
}
export type ClaimSeats = ReturnType<typeof createClaimSeats>;
