import type { Clock } from '../../../kit/values/clock.ts';
import type { TokenVersionChange } from '../domain/token-version.ts';
import type { SessionStore } from '../repositories/session-store.ts';
import type { TokenVersionChanges } from '../repositories/token-version-changes.ts';

const BATCH = 1_000;
/** On top of an access token's life, for clocks that differ. */
const LEEWAY_MS = 60_000;
/** Younger ones are being applied by the request that made them, which counts the sessions it ends. */
const ABANDONED_AFTER_MS = 2_000;

/** Carries token versions from MongoDB, which decides, to Redis, where the router looks. Every step may be repeated. */
export function createApplyTokenVersion(deps: {
  changes: TokenVersionChanges;
  sessions: SessionStore;
  accessTokenLifeSeconds: number;
  clock: Clock;
}) {
  /** Returns how many sessions it ended. */
  async function apply(change: TokenVersionChange): Promise<number> {
    await deps.sessions.raiseUserVersion(change.userId, change.version);
    const ended = change.endsSessions ? await deps.sessions.endOlder(change.userId, change.version, change.keptSid) : 0;
    await deps.changes.markApplied(change.id);
    return ended;
  }

  /** What a process left undone when it died, and what Redis forgot while an older access token could still be alive. */
  async function applyPending(): Promise<void> {
    const now = deps.clock.now().getTime();
    await deps.changes.removeApplied(new Date(now - deps.accessTokenLifeSeconds * 1000 - LEEWAY_MS));
    for await (const changes of deps.changes.batches({ createdBefore: new Date(now - ABANDONED_AFTER_MS), size: BATCH })) {
      const versions = await deps.sessions.userVersions(changes.map((change) => change.userId));
      for (const [index, change] of changes.entries()) {
        const isForgotten = (versions[index] ?? 0) < change.version;
        if (!change.applied || isForgotten) await apply(change);
      }
    }
  }

  return { apply, applyPending };
}
export type ApplyTokenVersion = ReturnType<typeof createApplyTokenVersion>;
