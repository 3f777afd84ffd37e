import type { Clock } from '../../../kit/values/clock.ts';
import { newId } from '../../../kit/values/ids.ts';
import { holdStatus, PAYING_EXTRA_SECONDS } from '../domain/hold.ts';
import { isOnSale } from '../domain/listing.ts';
import type { ConfirmPaymentOutcome } from '../domain/outcomes.ts';
import { holdExpired, paymentDeclined, paymentIntentNotFound, salesClosed } from '../domain/outcomes.ts';
import type { PaymentIntent } from '../domain/payment-intent.ts';
import { isConfirmed } from '../domain/payment-intent.ts';
import { newsOf } from '../domain/payment-news.ts';
import type { PaymentProvider, ProviderIntent, ProviderResult } from '../domain/payment-provider.ts';
import { sameSecret } from '../domain/secret.ts';
import type { Viewer } from '../domain/viewer.ts';
import type { HoldStore } from '../repositories/hold-store.ts';
import type { PaymentIntentRepository } from '../repositories/payment-intent-repository.ts';
import type { ReadListings } from './read-listings.ts';

/** Who pays has this long, whatever was left of the hold. */
const LIFE_WHILE_PAYING_SECONDS = 120;
const MARK_LIFE_SECONDS = 15;
/** A confirmation still undecided after this has lost its caller: ask the provider. */
const PROCESSING_SUSPECT_MS = 5_000;

/** The hold first, then our record, then the provider, then the result: whoever dies in between leaves a trace that can be finished. */
export function createConfirmPayment(deps: {
  holds: HoldStore;
  intents: PaymentIntentRepository;
  provider: PaymentProvider;
  readListings: ReadListings;
  clock: Clock;
}) {
  const { holds, intents, provider, clock } = deps;

  async function settle(intent: PaymentIntent, result: ProviderResult<ProviderIntent>): Promise<ConfirmPaymentOutcome> {
    if (result.kind === 'declined') {
      // A definite failure: the next confirmation is another attempt, with keys of its own.
      const changed = await intents.change(intent, { status: 'REQUIRES_CONFIRMATION', attempt: intent.attempt + 1 }, clock.now());
      return changed ? paymentDeclined(result.reason) : again(intent);
    }
    const news = result.kind === 'done' ? newsOf(intent, result.value) : null;
    if (news === null) return { kind: 'ConfirmPaymentPayload', paymentIntent: intent };
    const changed = await intents.change(intent, news, clock.now());
    return changed ? { kind: 'ConfirmPaymentPayload', paymentIntent: changed } : again(intent);
  }

  /** Someone else has decided meanwhile; theirs is the answer. */
  async function again(intent: PaymentIntent): Promise<ConfirmPaymentOutcome> {
    const now = await intents.find(intent.id);
    return now ? { kind: 'ConfirmPaymentPayload', paymentIntent: now } : paymentIntentNotFound();
  }

  /** From REQUIRES_CONFIRMATION, or again from PROCESSING where the provider has not heard of this attempt or has declined it. */
  async function confirm(viewer: Viewer, intent: PaymentIntent, paymentMethod: string | null): Promise<ConfirmPaymentOutcome> {
    const hold = await holds.find(intent.holdId);
    if (!hold || hold.userId !== viewer.userId || hold.ended !== null) return holdExpired();
    const listing = (await deps.readListings([intent.eventId])).get(intent.eventId);
    if (!listing || !isOnSale(listing, clock.now())) return salesClosed(['input', 'paymentIntentId']);

    const mark = { kind: 'PAYING', token: newId('pay'), lifeSeconds: MARK_LIFE_SECONDS } as const;
    const expiresAt = await holds.extend(hold, { lifeSeconds: LIFE_WHILE_PAYING_SECONDS, beyondLatestSeconds: PAYING_EXTRA_SECONDS, mark });
    if (expiresAt === null) return holdExpired();
    const processing = await intents.change(intent, { status: 'PROCESSING', paymentMethod }, clock.now());
    if (!processing || processing.providerIntentId === null) {
      const theirs = await again(intent);
      // Ours has replaced the mark of whoever pays right now: it stands in for that one until it runs out.
      if (theirs.kind !== 'ConfirmPaymentPayload' || theirs.paymentIntent.status !== 'PROCESSING') await holds.unmark(hold, mark);
      return theirs;
    }
    const outcome = await settle(
      processing,
      await provider.confirm({
        key: `cf_${intent.id}_${processing.attempt}`,
        providerIntentId: processing.providerIntentId,
        paymentMethod,
      }),
    );
    // While the outcome is unknown the mark stays until it runs out: the seats must not be let go under a payment on its way.
    if (outcome.kind !== 'ConfirmPaymentPayload' || outcome.paymentIntent.status !== 'PROCESSING') await holds.unmark(hold, mark);
    return outcome;
  }

  /**
   * A confirmation whose caller is gone. Where the provider has taken nothing, the same attempt is made again, with the same key and so with the same
   * method: its first caller may only be slow, and once this intent counted as unconfirmed it could be cancelled here while the money is still taken there.
   */
  async function goOn(viewer: Viewer, intent: PaymentIntent, providerIntentId: string): Promise<ConfirmPaymentOutcome> {
    const found = await provider.retrieve(providerIntentId);
    return found.kind === 'done' && found.value.status === 'REQUIRES_CONFIRMATION'
      ? confirm(viewer, intent, intent.paymentMethod)
      : settle(intent, found);
  }

  /** The payer is back from what was asked of them, or has not been there yet. */
  async function afterAction(intent: PaymentIntent, providerIntentId: string): Promise<ConfirmPaymentOutcome> {
    const found = await provider.retrieve(providerIntentId);
    if (found.kind === 'done' && found.value.status === 'REQUIRES_CONFIRMATION')
      return settle(intent, { kind: 'declined', reason: found.value.declineReason ?? 'authentication_failed' });
    const outcome = found.kind === 'done' ? await settle(intent, found) : await again(intent);
    if (outcome.kind !== 'ConfirmPaymentPayload') return outcome;
    const hold = await holds.find(intent.holdId);
    if (!hold) return holdExpired();
    if (!isConfirmed(outcome.paymentIntent.status)) return holdStatus(hold, clock.now()) === 'ACTIVE' ? outcome : holdExpired();
    const expiresAt = await holds.extend(hold, { lifeSeconds: LIFE_WHILE_PAYING_SECONDS, beyondLatestSeconds: PAYING_EXTRA_SECONDS });
    // Paid too late: the money is on record, and the reconciler gives it back.
    return expiresAt === null ? holdExpired() : outcome;
  }

  return async function confirmPayment(
    viewer: Viewer,
    input: { paymentIntentId: string; clientSecret: string; paymentMethod: string | null },
  ): Promise<ConfirmPaymentOutcome> {
    const intent = await intents.find(input.paymentIntentId);
    if (!intent || intent.userId !== viewer.userId || intent.clientSecret === null || !sameSecret(input.clientSecret, intent.clientSecret))
      return paymentIntentNotFound();
    switch (intent.status) {
      case 'SUCCEEDED':
      case 'REQUIRES_CAPTURE':
        return { kind: 'ConfirmPaymentPayload', paymentIntent: intent };
      case 'PROCESSING': {
        const suspect = clock.now().getTime() - intent.updatedAt.getTime() > PROCESSING_SUSPECT_MS;
        if (!suspect || intent.providerIntentId === null) return { kind: 'ConfirmPaymentPayload', paymentIntent: intent };
        return goOn(viewer, intent, intent.providerIntentId);
      }
      case 'REQUIRES_ACTION':
        return intent.providerIntentId === null ? holdExpired() : afterAction(intent, intent.providerIntentId);
      case 'REQUIRES_CONFIRMATION':
        return confirm(viewer, intent, input.paymentMethod);
      case 'CANCELLED':
      case 'REFUND_PENDING':
      case 'REFUNDED':
        return holdExpired();
    }
  };
}
