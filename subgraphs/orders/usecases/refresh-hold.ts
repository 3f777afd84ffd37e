import type { RefreshHoldOutcome } from '../domain/outcomes.ts';
import { holdExpired } from '../domain/outcomes.ts';
import type { Viewer } from '../domain/viewer.ts';
import type { HoldStore } from '../repositories/hold-store.ts';

/** Moves the end of every seat at once; a hold that is not whole any more has ended. A stranger's hold looks like none. */
export function createRefreshHold(deps: { holds: HoldStore; holdLifeSeconds: number }) {
  return async function refreshHold(viewer: Viewer, input: { holdId: string; extendSeconds: number | null }): Promise<RefreshHoldOutcome> {
    const hold = await deps.holds.find(input.holdId);
    if (!hold || hold.userId !== viewer.userId || hold.ended !== null) return holdExpired();
    const expiresAt = await deps.holds.extend(hold, { lifeSeconds: input.extendSeconds ?? deps.holdLifeSeconds, beyondLatestSeconds: 0 });
    return expiresAt === null ? holdExpired() : { kind: 'RefreshHoldPayload', hold: { ...hold, expiresAt } };
  };
}
