import { Unavailable } from '../../../kit/values/unavailable.ts';
import type { Clock } from '../../../kit/values/clock.ts';
import type { PaymentProvider } from '../domain/payment-provider.ts';
import type { Refund } from '../domain/refund.ts';
import { refundKeyOf } from '../domain/refund.ts';
import type { PaymentIntentRepository } from '../repositories/payment-intent-repository.ts';
import type { RefundRepository } from '../repositories/refund-repository.ts';
import type { SettleRefund } from './settle-refund.ts';

/**
 * The provider has sent word of a refund. One that had arrived may come back days later (a closed account): its tickets are gone, perhaps to somebody else,
 * so from then on its money is owed, and asked for under another key. Throws what is worth another delivery.
 */
export function createFollowRefund(deps: {
  refunds: RefundRepository;
  intents: PaymentIntentRepository;
  provider: PaymentProvider;
  settleRefund: SettleRefund;
  clock: Clock;
}) {
  async function cameBack(refund: Refund): Promise<boolean> {
    const intent = await deps.intents.find(refund.paymentIntentId);
    if (!intent || intent.providerIntentId === null) return false;
    const found = await deps.provider.findRefund({ key: refundKeyOf(refund), providerIntentId: intent.providerIntentId });
    if (found.kind === 'unknown') throw new Unavailable('The payment provider cannot be reached.', { cause: found.cause });
    return found.kind === 'done' && found.value === 'FAILED';
  }

  return async function followRefund(refundId: string): Promise<void> {
    const refund = await deps.refunds.find(refundId);
    if (refund?.status === 'SETTLED' && (await cameBack(refund))) await deps.refunds.reopen(refund, deps.clock.now());
    await deps.settleRefund(refundId);
  };
}
export type FollowRefund = ReturnType<typeof createFollowRefund>;
