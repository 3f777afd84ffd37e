import type { Clock } from '../../../kit/values/clock.ts';
import { holdEndedAt } from '../domain/hold.ts';
import type { Order } from '../domain/order.ts';
import type { PaymentIntent } from '../domain/payment-intent.ts';
import { unboundRefundOf } from '../domain/refund.ts';
import type { PaymentProvider } from '../domain/payment-provider.ts';
import type { HoldStore } from '../repositories/hold-store.ts';
import type { OrderRepository } from '../repositories/order-repository.ts';
import type { PaymentIntentRepository } from '../repositories/payment-intent-repository.ts';
import type { RefundRepository } from '../repositories/refund-repository.ts';
import type { SaleLedger } from '../repositories/sale-ledger.ts';
import type { CancelPayment } from './cancel-payment.ts';
import type { FinishOrder } from './finish-order.ts';
import type { SettleRefund } from './settle-refund.ts';
import { someAtATime } from './some-at-a-time.ts';
import type { ShowChanges } from './show-changes.ts';

const BATCH = 100;
const AT_ONCE = 8;

export type ReconcileDeps = {
  readonly orders: OrderRepository;
  readonly intents: PaymentIntentRepository;
  readonly refunds: RefundRepository;
  readonly holds: HoldStore;
  readonly ledger: SaleLedger;
  readonly provider: PaymentProvider;
  readonly finishOrder: FinishOrder;
  readonly settleRefund: SettleRefund;
  readonly cancelPayment: CancelPayment;
  readonly show: ShowChanges;
  readonly clock: Clock;
  /** A live request is given this long before its work counts as left behind. */
  readonly graceSeconds: number;
  readonly logError: (error: unknown, what: string) => void;
};

/**
 * Finishes what died half way, or gives it back. Safe beside a live request and beside a second reconciler: same provider keys,
 * and every write names the version it read.
 */
export function createReconcile(deps: ReconcileDeps) {
  const { orders, intents, provider, ledger, clock, graceSeconds } = deps;

  /** Until when holds live, as Redis said. A release or a replacement, which ends one earlier, ends its unconfirmed payment, too. */
  let liveUntil = new Map<string, Date>();

  /** Of this process's clock before Redis', as last seen: a wrong clock must not end what lives. */
  let clockLead = 0;

  const ago = (seconds: number): Date => new Date(clock.now().getTime() - seconds * 1_000);

  /** A time of Redis', more than the grace ago. */
  const isLongPast = (redisTime: Date): boolean => redisTime.getTime() + clockLead <= ago(graceSeconds).getTime();

  /** Some at a time: a provider that answers nobody takes 4 s for each. One that fails must not keep the others from being looked at. */
  async function each<Item>(what: string, items: Iterable<Item> | AsyncIterable<Item>, work: (item: Item) => Promise<void>): Promise<void> {
    await someAtATime(AT_ONCE, items, (item) => work(item).catch((error: unknown) => deps.logError(error, what)));
  }

  /** Rule 1: the payment decides. Taken or promised: the sale is finished. Else it is cancelled at the provider, and only then are the seats let go. */
  async function finishPending(order: Order): Promise<void> {
    const intent = await intents.find(order.paymentIntentId);
    if (!intent || intent.providerIntentId === null) throw new Error(`Order ${order.id} has no payment intent at the provider.`);
    const found = await provider.retrieve(intent.providerIntentId);
    if (found.kind !== 'done' || found.value.status === 'PROCESSING') return;
    if (found.value.status === 'SUCCEEDED' || found.value.status === 'REQUIRES_CAPTURE') {
      await deps.finishOrder(order);
      return;
    }
    const cancelled = await provider.cancel({ key: `cn_${intent.id}`, providerIntentId: intent.providerIntentId });
    if (cancelled.kind === 'done' && cancelled.value.status === 'CANCELLED' && (await ledger.expireOrder(order, intent)))
      await deps.show.ofOrder(order.id);
  }

  /** Whether the intent's hold ended long enough ago for its money to be of no use. */
  async function holdIsOver(intent: PaymentIntent): Promise<boolean> {
    // Before Redis is asked: this holds with Redis away, too.
    if (isLongPast(intent.holdEndsAtLatest)) return true;
    // Most payments are unconfirmed, and nothing was taken for them: what Redis has said of them once will do.
    const known = intent.status === 'REQUIRES_CONFIRMATION' ? liveUntil.get(intent.holdId) : undefined;
    if (known && !isLongPast(known)) return false;
    const hold = await deps.holds.find(intent.holdId);
    if (hold) {
      if (hold.ended === null) liveUntil.set(intent.holdId, hold.expiresAt);
      const endedAt = holdEndedAt(hold, new Date(clock.now().getTime() - clockLead));
      return endedAt !== null && isLongPast(endedAt);
    }
    // Redis answers and knows nothing: it was flushed, or the details ran out. Look twice, for it may be an older copy that is just being restored.
    if (intent.holdMissingSince === null) {
      await intents.change(intent, { holdMissingSince: clock.now() }, intent.updatedAt);
      return false;
    }
    return intent.holdMissingSince <= ago(graceSeconds);
  }

  /** Nothing was taken: it ends at the provider first, and only then here. One that succeeded after all is met again in the next run. */
  async function cancelUnbound(intent: PaymentIntent, providerIntentId: string): Promise<void> {
    const cancelled = await provider.cancel({ key: `cn_${intent.id}`, providerIntentId });
    if (cancelled.kind === 'done' && cancelled.value.status === 'CANCELLED')
      await intents.change(intent, { status: 'CANCELLED' }, clock.now());
  }

  /** Rule 3: money taken or promised without an order, for a hold that is over, goes back. The ledger says so first; then the provider is asked. */
  async function giveBackUnbound(read: PaymentIntent): Promise<void> {
    if (!(await holdIsOver(read))) return;
    const intent = await intents.find(read.id);
    if (!intent || intent.orderId !== null) return;
    if (intent.status === 'REQUIRES_CONFIRMATION') {
      await deps.cancelPayment.here(intent);
      return;
    }
    if (intent.providerIntentId === null) return;
    if (intent.status === 'PROCESSING' || intent.status === 'REQUIRES_ACTION') {
      const found = await provider.retrieve(intent.providerIntentId);
      if (found.kind !== 'done' || found.value.status === 'PROCESSING') return;
      if (found.value.status !== 'REQUIRES_CAPTURE' && found.value.status !== 'SUCCEEDED' && found.value.status !== 'REFUNDED') {
        await cancelUnbound(intent, intent.providerIntentId);
        return;
      }
    }
    const refund = unboundRefundOf(intent, clock.now());
    if (await ledger.startUnboundRefund(intent, refund)) await deps.settleRefund(refund.id);
  }

  /** Payments that ended here first. While the provider does not answer, one question a run is enough, and each waits for its turn. */
  async function finishCancellations(): Promise<void> {
    for (const intent of await intents.cancelDueSince(ago(graceSeconds), BATCH)) {
      const finished = await deps.cancelPayment.atProvider(intent).catch((error: unknown) => {
        deps.logError(error, 'payments cancelled here');
        return false;
      });
      if (finished) continue;
      await intents.change(intent, {}, clock.now());
      return;
    }
  }

  return {
    /** Rules 1 to 3; 4 is `refundClosedEvents`, 5 the outbox's relay. */
    async run(): Promise<void> {
      await each('unfinished orders', orders.pendingSince(ago(graceSeconds)), finishPending);
      await each(
        'unfinished refunds',
        await deps.refunds.pendingSince(ago(graceSeconds), clock.now(), BATCH),
        async (refund) => void (await deps.settleRefund(refund.id)),
      );
      // All of them, in no batch: most belong to holds that live and stay where they are, and would hide those behind them.
      clockLead = await deps.holds.clockLead().catch(() => clockLead);
      liveUntil = new Map([...liveUntil].filter(([, until]) => !isLongPast(until)));
      await each('payments without an order', intents.unboundSince(ago(graceSeconds)), giveBackUnbound);
      await finishCancellations();
    },
  };
}
export type Reconcile = ReturnType<typeof createReconcile>;
