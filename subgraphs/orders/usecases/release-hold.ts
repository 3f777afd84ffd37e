import type { Clock } from '../../../kit/values/clock.ts';
import type { Viewer } from '../domain/viewer.ts';
import type { HoldStore } from '../repositories/hold-store.ts';
import type { PaymentIntentRepository } from '../repositories/payment-intent-repository.ts';

/** True when this call freed the seats. Not while the hold is being paid or bought; then, and for any hold not one's own, nothing happens. */
export function createReleaseHold(deps: { holds: HoldStore; intents: PaymentIntentRepository; clock: Clock }) {
  return async function releaseHold(viewer: Viewer, holdId: string): Promise<boolean> {
    const hold = await deps.holds.find(holdId);
    if (!hold || hold.userId !== viewer.userId) return false;
    if ((await deps.holds.release(hold)) !== 'released') return false;
    // An intent nobody confirmed is of no use any more. One that was confirmed is refunded by the reconciler.
    const intent = (await deps.intents.openOfHolds([holdId])).get(holdId);
    if (intent?.status === 'REQUIRES_CONFIRMATION') await deps.intents.change(intent, { status: 'CANCELLED' }, deps.clock.now());
    return true;
  };
}
