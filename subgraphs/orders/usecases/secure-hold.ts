import type { Clock } from '../../../kit/values/clock.ts';
import type { Hold } from '../domain/hold.ts';
import { PAYING_EXTRA_SECONDS } from '../domain/hold.ts';
import type { Listing } from '../domain/listing.ts';
import { isOnSale } from '../domain/listing.ts';
import type { PurchaseOutcome } from '../domain/outcomes.ts';
import { holdExpired, paymentNotConfirmed, salesClosed } from '../domain/outcomes.ts';
import type { PaymentIntent } from '../domain/payment-intent.ts';
import { isConfirmed } from '../domain/payment-intent.ts';
import type { HoldStore } from '../repositories/hold-store.ts';
import type { PaymentIntentRepository } from '../repositories/payment-intent-repository.ts';
import type { PurchaseAttempt } from './purchase-attempt.ts';
import type { ReadListings } from './read-listings.ts';

export type SecuredHold = {
  readonly kind: 'secured';
  readonly hold: Hold;
  readonly intent: PaymentIntent;
  readonly listing: Listing;
  /** Lets the owner release or replace the hold again. */
  readonly letGo: () => Promise<void>;
};

const MARK_LIFE_SECONDS = 60;
const LIFE_WHILE_PURCHASING_SECONDS = 60;

/** P1: the money first, then the hold, whole and marked, so that nobody ends it under the purchase. Nothing durable is written. */
export function createSecureHold(deps: { holds: HoldStore; intents: PaymentIntentRepository; readListings: ReadListings; clock: Clock }) {
  const refused = (outcome: PurchaseOutcome): { kind: 'refused'; outcome: PurchaseOutcome } => ({ kind: 'refused', outcome });

  return async function secureHold(
    { viewer, input, token }: PurchaseAttempt,
    intentId: string,
  ): Promise<SecuredHold | { kind: 'refused'; outcome: PurchaseOutcome } | { kind: 'SeatsDiffer' }> {
    const intent = await deps.intents.find(intentId);
    if (!intent) throw new Error(`Payment intent ${intentId} is gone.`);
    if (!isConfirmed(intent.status) || intent.orderId !== null) return refused(paymentNotConfirmed(intent.status));

    const listing = (await deps.readListings([input.eventId])).get(input.eventId);
    if (!listing || !isOnSale(listing, deps.clock.now())) return refused(salesClosed(['input', 'eventId']));

    // Whether it still lives is for Redis and its clock to say, below.
    const hold = await deps.holds.find(input.holdId);
    if (!hold || hold.userId !== viewer.userId || hold.ended !== null) return refused(holdExpired());
    if (input.seatIds !== null) {
      const wanted = new Set(input.seatIds);
      if (wanted.size !== hold.seats.length || !hold.seats.every(({ seatId }) => wanted.has(seatId))) return { kind: 'SeatsDiffer' };
    }
    const mark = { kind: 'PURCHASING', token } as const;
    const expiresAt = await deps.holds.extend(hold, {
      lifeSeconds: LIFE_WHILE_PURCHASING_SECONDS,
      beyondLatestSeconds: PAYING_EXTRA_SECONDS,
      mark: { ...mark, lifeSeconds: MARK_LIFE_SECONDS },
    });
    if (expiresAt === null) return refused(holdExpired());
    return { kind: 'secured', hold, intent, listing, letGo: () => deps.holds.unmark(hold, mark).catch(() => undefined) };
  };
}
export type SecureHold = ReturnType<typeof createSecureHold>;
