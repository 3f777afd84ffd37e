import type { Clock } from '../../../kit/values/clock.ts';
import { derivedId } from '../../../kit/values/ids.ts';
import type { PaymentIntent } from '../domain/payment-intent.ts';
import type { PaymentProvider } from '../domain/payment-provider.ts';
import type { Refund } from '../domain/refund.ts';
import type { OrderRepository } from '../repositories/order-repository.ts';
import type { PaymentIntentRepository } from '../repositories/payment-intent-repository.ts';
import type { RefundRepository } from '../repositories/refund-repository.ts';
import type { SaleLedger } from '../repositories/sale-ledger.ts';
import type { ShowChanges } from './show-changes.ts';

/** One whole refund per intent and order: a second attempt to start it meets the first one's row. */
export function wholeRefundOf(intent: PaymentIntent, orderId: string | null, now: Date): Refund {
  return {
    id: derivedId('rf', intent.id, orderId ?? 'unbound'),
    paymentIntentId: intent.id,
    orderId,
    amount: intent.amount,
    status: 'PENDING',
    createdAt: now,
    attempts: 0,
  };
}

/** Asks the provider where the money is, sends it back by the way that fits, and settles it in the ledger. True when it is settled. */
export function createSettleRefund(deps: {
  refunds: RefundRepository;
  intents: PaymentIntentRepository;
  orders: OrderRepository;
  ledger: SaleLedger;
  provider: PaymentProvider;
  show: ShowChanges;
  clock: Clock;
}) {
  const { provider } = deps;

  /** What the provider has done in the end; null while that is not known. */
  async function giveBack(refund: Refund, providerIntentId: string): Promise<'REFUNDED' | 'CANCELLED' | null> {
    const found = await provider.retrieve(providerIntentId);
    if (found.kind !== 'done') return null;
    switch (found.value.status) {
      case 'REFUNDED':
        return 'REFUNDED';
      case 'CANCELLED':
        return 'CANCELLED';
      case 'SUCCEEDED': {
        const refunded = await provider.refund({ key: refund.id, providerIntentId, amount: refund.amount });
        return refunded.kind === 'done' ? 'REFUNDED' : null;
      }
      case 'REQUIRES_CONFIRMATION':
      case 'REQUIRES_ACTION':
      case 'REQUIRES_CAPTURE': {
        const cancelled = await provider.cancel({ key: `cn_${refund.id}`, providerIntentId });
        return cancelled.kind === 'done' && cancelled.value.status === 'CANCELLED' ? 'CANCELLED' : null;
      }
      case 'PROCESSING':
        return null;
    }
  }

  return async function settleRefund(refundId: string): Promise<boolean> {
    const refund = await deps.refunds.find(refundId);
    if (!refund) return false;
    if (refund.status === 'SETTLED') return true;
    const intent = await deps.intents.find(refund.paymentIntentId);
    if (!intent || intent.providerIntentId === null) throw new Error(`Refund ${refundId} has no payment intent at the provider.`);
    const end = await giveBack(refund, intent.providerIntentId);
    if (end === null) {
      await deps.refunds.postpone(refund, deps.clock.now());
      return false;
    }
    const order = refund.orderId === null ? null : await deps.orders.find(refund.orderId);
    const settled = await deps.ledger.settleRefund(refund, intent, order, end);
    if (settled && order) await deps.show.ofOrder(order.id);
    return settled;
  };
}
export type SettleRefund = ReturnType<typeof createSettleRefund>;
