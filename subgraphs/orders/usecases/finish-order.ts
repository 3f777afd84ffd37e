import type { Order } from '../domain/order.ts';
import type { PaymentIntent } from '../domain/payment-intent.ts';
import type { PaymentProvider } from '../domain/payment-provider.ts';
import type { ReachedPoint } from '../domain/purchase-points.ts';
import type { HoldStore } from '../repositories/hold-store.ts';
import type { OrderRepository } from '../repositories/order-repository.ts';
import type { PaymentIntentRepository } from '../repositories/payment-intent-repository.ts';
import type { SaleLedger } from '../repositories/sale-ledger.ts';
import type { ShowChanges } from './show-changes.ts';

export type FinishedOrder =
  | { readonly kind: 'decided'; readonly order: Order }
  | { readonly kind: 'declined'; readonly order: Order; readonly reason: string }
  | { readonly kind: 'unknown'; readonly order: Order };

/** Two finishing at once overtake each other at most a few times: every round ends with the order decided, or with news to read. */
const ROUNDS_MAX = 5;
/** Whoever was declined gets at least this long to try another card. */
const LIFE_AFTER_DECLINE_SECONDS = 60;

/**
 * P3 to P5: from seats that are claimed and money that is promised to a sale. The live request runs it, a retry of it, and the reconciler, also at once:
 * the provider's keys are the same and the intent's version decides who writes the end.
 */
export function createFinishOrder(deps: {
  orders: OrderRepository;
  intents: PaymentIntentRepository;
  ledger: SaleLedger;
  provider: PaymentProvider;
  holds: HoldStore;
  show: ShowChanges;
  reached: ReachedPoint;
}) {
  const { orders, intents, ledger, provider } = deps;

  async function keepHold(order: Order): Promise<void> {
    const hold = await deps.holds.find(order.holdId);
    if (hold) await deps.holds.extend(hold, { lifeSeconds: LIFE_AFTER_DECLINE_SECONDS, beyondLatestSeconds: 0 });
  }

  async function letGo(order: Order): Promise<void> {
    const hold = await deps.holds.find(order.holdId);
    if (hold) await deps.holds.unmark(hold, { kind: 'PURCHASING', token: null });
  }

  async function sell(order: Order, intent: PaymentIntent): Promise<void> {
    deps.reached('C3');
    if (!(await ledger.confirmOrder(order, intent))) return;
    deps.reached('C4');
    await deps.show.ofOrder(order.id);
    deps.reached('C5');
  }

  return async function finishOrder(pending: Order): Promise<FinishedOrder> {
    let order = pending;
    for (let round = 0; round < ROUNDS_MAX; round += 1) {
      if (order.status !== 'PENDING_PAYMENT') return { kind: 'decided', order };
      const intent = await intents.find(order.paymentIntentId);
      if (!intent || intent.providerIntentId === null) throw new Error(`Order ${order.id} has no payment intent at the provider.`);

      if (intent.status === 'REQUIRES_CAPTURE') {
        const captured = await provider.capture({ key: `cap_${intent.id}_${intent.attempt}`, providerIntentId: intent.providerIntentId });
        if (captured.kind === 'unknown' || (captured.kind === 'done' && captured.value.status !== 'SUCCEEDED'))
          return { kind: 'unknown', order };
        if (captured.kind === 'declined') {
          // A courtesy: with Redis away the hold simply ends when it ends.
          await keepHold(order).catch(() => undefined);
          if (await ledger.declineOrder(order, intent, captured.reason)) {
            // Its owner may want other seats instead of another card; whose mark it is does not matter, for no purchase of this hold stands now.
            await letGo(order).catch(() => undefined);
            await deps.show.ofOrder(order.id);
            return { kind: 'declined', order, reason: captured.reason };
          }
        }
        if (captured.kind === 'done') await sell(order, intent);
      } else if (intent.status === 'SUCCEEDED') {
        await sell(order, intent);
      } else if (intent.orderId === order.id) return { kind: 'unknown', order };

      const read = await orders.find(order.id);
      if (!read) throw new Error(`Order ${order.id} is gone.`);
      order = read;
    }
    return { kind: 'unknown', order };
  };
}
export type FinishOrder = ReturnType<typeof createFinishOrder>;
