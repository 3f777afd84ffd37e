import type { Clock } from '../../../kit/values/clock.ts';
import { newId } from '../../../kit/values/ids.ts';
import type { Money } from '../../../kit/values/money.ts';
import { Unavailable } from '../../../kit/values/unavailable.ts';
import { HOLD_LIFE_MAX_SECONDS, holdStatus, holdTotal, PAYING_EXTRA_SECONDS } from '../domain/hold.ts';
import type { Hold } from '../domain/hold.ts';
import { isOnSale } from '../domain/listing.ts';
import type { CreatePaymentIntentOutcome } from '../domain/outcomes.ts';
import { holdExpired, salesClosed } from '../domain/outcomes.ts';
import type { PaymentIntent } from '../domain/payment-intent.ts';
import type { PaymentProvider } from '../domain/payment-provider.ts';
import { AMOUNT_NOT_PAYABLE } from '../domain/payment-provider.ts';
import type { Viewer } from '../domain/viewer.ts';
import type { HoldStore } from '../repositories/hold-store.ts';
import type { PaymentIntentRepository } from '../repositories/payment-intent-repository.ts';
import type { ReadListings } from './read-listings.ts';

/** The provider does not take the hold's total: what the seats cost is the organizer's mistake, not an outcome of the contract. */
export type NotPayable = { readonly kind: 'NotPayable'; readonly amount: Money };

/** For the hold's total. Repeated, it gives the same intent: one per hold that is not cancelled. */
export function createCreatePaymentIntent(deps: {
  holds: HoldStore;
  intents: PaymentIntentRepository;
  provider: PaymentProvider;
  readListings: ReadListings;
  clock: Clock;
  logError: (error: unknown, what: string) => void;
}) {
  const { intents, provider, clock } = deps;

  async function insertIntent(hold: Hold): Promise<PaymentIntent | null> {
    const now = clock.now();
    const intent: PaymentIntent = {
      id: newId('pi'),
      holdId: hold.id,
      eventId: hold.eventId,
      userId: hold.userId,
      amount: holdTotal(hold.seats),
      seats: hold.seats,
      status: 'REQUIRES_CONFIRMATION' as const,
      version: 1,
      attempt: 1,
      orderId: null,
      providerIntentId: null,
      clientSecret: null,
      paymentMethod: null,
      nextAction: null,
      cancelDue: false,
      holdEndsAtLatest: new Date(hold.createdAt.getTime() + (HOLD_LIFE_MAX_SECONDS + PAYING_EXTRA_SECONDS) * 1e3),
      holdMissingSince: null,
      updatedAt: now,
    };
    await intents.insert(intent);
    return (await intents.openOfHolds([hold.id])).get(hold.id) ?? null;
  }

  /** The provider's half; a call that died before it is made good by the next one, with the same key. */
  async function withProvider(intent: PaymentIntent): Promise<PaymentIntent | null> {
    if (intent.providerIntentId !== null) return intent;
    const created = await provider.createIntent({ key: `ci_${intent.id}`, intentId: intent.id, amount: intent.amount });
    if (created.kind === 'unknown') throw new Unavailable('The payment provider cannot be reached.', { cause: created.cause });
    if (created.kind === 'declined') {
      const refused = new Error(
        `The payment provider refuses ${intent.amount.amount} ${intent.amount.currency} of intent ${intent.id}: ${created.reason}`,
      );
      if (created.reason !== AMOUNT_NOT_PAYABLE) throw refused;
      // Trying again will not help, and whoever set the price has to know.
      deps.logError(refused, `a payment for event ${intent.eventId}`);
      return null;
    }
    const { providerIntentId, clientSecret } = created.value;
    const changed = await intents.change(intent, { providerIntentId, clientSecret }, clock.now());
    // Another call was faster, with the same answer from the provider.
    return changed ?? (await intents.find(intent.id)) ?? intent;
  }

  return async function createPaymentIntent(viewer: Viewer, holdId: string): Promise<CreatePaymentIntentOutcome | NotPayable> {
    const hold = await deps.holds.find(holdId);
    if (!hold || hold.userId !== viewer.userId || holdStatus(hold, clock.now()) !== 'ACTIVE') return holdExpired();
    const listing = (await deps.readListings([hold.eventId])).get(hold.eventId);
    if (!listing || !isOnSale(listing, clock.now())) return salesClosed(['input', 'holdId']);
    const intent = (await intents.openOfHolds([holdId])).get(holdId) ?? (await insertIntent(hold));
    if (!intent) return holdExpired();
    const paymentIntent = await withProvider(intent);
    return paymentIntent ? { kind: 'CreatePaymentIntentPayload', paymentIntent } : { kind: 'NotPayable', amount: intent.amount };
  };
}
