import type { Clock } from '../../../kit/values/clock.ts';
import { Unavailable } from '../../../kit/values/unavailable.ts';
import type { PaymentIntent } from '../domain/payment-intent.ts';
import type { PaymentNews } from '../domain/payment-news.ts';
import { newsOf } from '../domain/payment-news.ts';
import type { PaymentNotice } from '../domain/payment-notice.ts';
import type { PaymentProvider, ProviderIntent } from '../domain/payment-provider.ts';
import type { NoticeRepository } from '../repositories/notice-repository.ts';
import type { PaymentIntentRepository } from '../repositories/payment-intent-repository.ts';
import type { FollowRefund } from './follow-refund.ts';

/** Each round either ends it or has read what somebody else wrote meanwhile. */
const ROUNDS_MAX = 5;

/** A payer may confirm with the provider directly; then what we have is behind by one step more. */
function catchingUp(intent: PaymentIntent, found: ProviderIntent): PaymentNews | null {
  return intent.status === 'REQUIRES_CONFIRMATION' && found.status === 'SUCCEEDED' ? { status: 'PROCESSING' } : newsOf(intent, found);
}

/**
 * The provider has sent word of a payment. Whatever the word was, the provider is asked, and its answer is applied to the intent as it was read before
 * asking: beside a live request, a reconciler, or the same word delivered twice, one of them writes and the others find it written.
 */
export function createFollowPayment(deps: {
  intents: PaymentIntentRepository;
  notices: NoticeRepository;
  provider: PaymentProvider;
  followRefund: FollowRefund;
  clock: Clock;
}) {
  const { intents, clock } = deps;

  async function followIntent(intentId: string): Promise<void> {
    for (let round = 0; round < ROUNDS_MAX; round += 1) {
      const intent = await intents.find(intentId);
      if (!intent || intent.providerIntentId === null) return;
      const found = await deps.provider.retrieve(intent.providerIntentId);
      if (found.kind === 'unknown') throw new Unavailable('The payment provider cannot be reached.', { cause: found.cause });
      const news = found.kind === 'done' ? catchingUp(intent, found.value) : null;
      if (news === null) return;
      await intents.change(intent, news, clock.now());
    }
  }

  /** Throws what is worth another delivery. */
  return async function followPayment(notice: PaymentNotice): Promise<void> {
    if (notice.intentId === null && notice.refundId === null) return;
    if (await deps.notices.has(notice.id)) return;
    if (notice.intentId !== null) await followIntent(notice.intentId);
    if (notice.refundId !== null) await deps.followRefund(notice.refundId);
    // Last: one that was not followed to its end must not count as known when it is delivered again.
    await deps.notices.add(notice.id, clock.now());
  };
}
export type FollowPayment = ReturnType<typeof createFollowPayment>;
