import type { Viewer } from '../domain/viewer.ts';
import type { HoldStore } from '../repositories/hold-store.ts';
import type { PaymentIntentRepository } from '../repositories/payment-intent-repository.ts';
import type { CancelPayment } from './cancel-payment.ts';

/** True when this call freed the seats. Not while the hold is being paid or bought; then, and for any hold not one's own, nothing happens. */
export function createReleaseHold(deps: { holds: HoldStore; intents: PaymentIntentRepository; cancelPayment: CancelPayment }) {
  return async function releaseHold(viewer: Viewer, holdId: string): Promise<boolean> {
    const hold = await deps.holds.find(holdId);
    if (!hold || hold.userId !== viewer.userId) return false;
    if ((await deps.holds.release(hold)) !== 'released') return false;
    // An intent nobody confirmed is of no use any more. One that was confirmed is refunded by the reconciler.
    const intent = (await deps.intents.openOfHolds([holdId])).get(holdId);
    if (intent) await deps.cancelPayment.here(intent);
    return true;
  };
}
