import type { Clock } from '../../../kit/values/clock.ts';
import type { PaymentIntent } from '../domain/payment-intent.ts';
import type { PaymentProvider } from '../domain/payment-provider.ts';
import type { PaymentIntentRepository } from '../repositories/payment-intent-repository.ts';
import type { SaleLedger } from '../repositories/sale-ledger.ts';
import type { SettleRefund } from './settle-refund.ts';
import { unboundRefundOf } from '../domain/refund.ts';

/**
 * A payment that nobody confirmed here, and that is of no use any more. Here it ends at once; the provider, whose client secret the payer still has, is
 * told soon after, in nobody's way. Until it has acknowledged, the intent is `cancelDue`, and the reconciler sees to it.
 */
export function createCancelPayment(deps: {
  intents: PaymentIntentRepository;
  ledger: SaleLedger;
  provider: PaymentProvider;
  settleRefund: SettleRefund;
  clock: Clock;
  logError: (error: unknown, what: string) => void;
}) {
  const { intents, provider, clock } = deps;

  /** Also of an intent whose answer from the provider was lost: the same key gives it again. Null while that is not known; undefined if there is none. */
  async function idAtProvider(intent: PaymentIntent): Promise<string | null | undefined> {
    if (intent.providerIntentId !== null) return intent.providerIntentId;
    const created = await provider.createIntent({ key: `ci_${intent.id}`, intentId: intent.id, amount: intent.amount });
    if (created.kind === 'declined') return undefined;
    return created.kind === 'done' ? created.value.providerIntentId : null;
  }

  /** True once there is nothing left to do at the provider. Safe to repeat, and beside another one. */
  async function atProvider(read: PaymentIntent): Promise<boolean> {
    const providerIntentId = await idAtProvider(read);
    if (providerIntentId === null) return false;
    if (providerIntentId === undefined) return (await intents.change(read, { cancelDue: false }, clock.now())) !== null;
    const cancelled = await provider.cancel({ key: `cn_${read.id}`, providerIntentId });
    if (cancelled.kind === 'unknown') return false;
    if (cancelled.kind === 'done' && cancelled.value.status === 'CANCELLED')
      return (await intents.change(read, { cancelDue: false, providerIntentId }, clock.now())) !== null;
    // The payer was faster, with the client secret and without us: what was taken goes back.
    const found = await provider.retrieve(providerIntentId);
    if (found.kind !== 'done' || (found.value.status !== 'SUCCEEDED' && found.value.status !== 'REFUNDED')) return false;
    const known = read.providerIntentId === null ? await intents.change(read, { providerIntentId }, clock.now()) : read;
    const refund = unboundRefundOf(read, clock.now());
    if (known && (await deps.ledger.startUnboundRefund(known, refund))) await deps.settleRefund(refund.id);
    return true;
  }

  return {
    /** False when it is being confirmed, or was. */
    async here(read: PaymentIntent): Promise<boolean> {
      if (read.status !== 'REQUIRES_CONFIRMATION') return false;
      const cancelled = await intents.change(read, { status: 'CANCELLED', cancelDue: true }, clock.now());
      if (!cancelled) return false;
      void atProvider(cancelled).catch((error: unknown) => deps.logError(error, `cancelling payment ${read.id} at the provider`));
      return true;
    },
    atProvider,
  };
}
export type CancelPayment = ReturnType<typeof createCancelPayment>;
