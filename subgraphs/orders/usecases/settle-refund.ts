import type { Clock } from '../../../kit/values/clock.ts';
import type { PaymentProvider } from '../domain/payment-provider.ts';
import type { Refund } from '../domain/refund.ts';
import { refundKeyOf } from '../domain/refund.ts';
import type { OrderRepository } from '../repositories/order-repository.ts';
import type { PaymentIntentRepository } from '../repositories/payment-intent-repository.ts';
import type { RefundRepository } from '../repositories/refund-repository.ts';
import type { SaleLedger } from '../repositories/sale-ledger.ts';
import type { ShowChanges } from './show-changes.ts';

const TRIES_MAX = 5;

/**
 * Asks the provider where the money is, sends it back by the way that fits, and settles it in the ledger. True when that is at its end.
 * Several refunds of one order overtake each other in the ledger: then it is read again; the provider's keys are the same.
 */
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
  async function giveBack(refund: Refund, providerIntentId: string): Promise<'REFUNDED' | 'CANCELLED' | 'REFUSED' | null> {
    // Nothing was paid for a free seat, and no provider sends nothing back.
    if (refund.amount.amount === 0 && refund.orderId !== null) return 'REFUNDED';
    const found = await provider.retrieve(providerIntentId);
    if (found.kind !== 'done') return null;
    switch (found.value.status) {
      case 'REFUNDED':
        return 'REFUNDED';
      case 'CANCELLED':
        return 'CANCELLED';
      case 'SUCCEEDED': {
        const refunded = await provider.refund({ key: refundKeyOf(refund), providerIntentId, amount: refund.amount });
        if (refunded.kind === 'declined') return 'REFUSED';
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

  async function end(refund: Refund, how: 'REFUNDED' | 'CANCELLED' | 'REFUSED'): Promise<boolean> {
    if (refund.returned) return deps.refunds.end(null, refund.id, 'SETTLED');
    const intent = await deps.intents.find(refund.paymentIntentId);
    if (!intent) throw new Error(`Refund ${refund.id} has no payment intent.`);
    if (refund.orderId === null) return how !== 'REFUSED' && deps.ledger.settleUnboundRefund(refund, intent, how);
    const order = await deps.orders.find(refund.orderId);
    if (!order) throw new Error(`Refund ${refund.id} has no order.`);
    if (how === 'REFUSED') return deps.ledger.failTicketRefund(refund, intent, order);
    const settled = await deps.ledger.settleTicketRefund(refund, intent, order);
    if (settled) await deps.show.ofOrder(order.id);
    return settled;
  }

  async function settle(refund: Refund): Promise<boolean> {
    const intent = await deps.intents.find(refund.paymentIntentId);
    if (!intent || intent.providerIntentId === null) throw new Error(`Refund ${refund.id} has no payment intent at the provider.`);
    const how = await giveBack(refund, intent.providerIntentId);
    if (how === null || (how === 'REFUSED' && refund.owed)) {
      await deps.refunds.postpone(refund, deps.clock.now(), how === 'REFUSED');
      return false;
    }
    for (let tries = 0; tries < TRIES_MAX; tries += 1) {
      if (await end(refund, how)) return true;
      if ((await deps.refunds.find(refund.id))?.status !== 'PENDING') return true;
    }
    return false;
  }

  return async function settleRefund(refundId: string): Promise<boolean> {
    const refund = await deps.refunds.find(refundId);
    if (!refund) return false;
    if (refund.status !== 'PENDING') return true;
    try {
      return await settle(refund);
    } catch (error) {
      // To the back of the queue: any number of these must not keep the reconciler from the others.
      await deps.refunds.postpone(refund, deps.clock.now(), false).catch(() => undefined);
      throw error;
    }
  };
}
export type SettleRefund = ReturnType<typeof createSettleRefund>;
