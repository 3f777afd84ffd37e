import type { Collection } from 'mongodb';
import { isDuplicateKey } from './mongo.ts';
import { newId } from '../values/ids.ts';
import type { Clock } from '../values/clock.ts';

export type LeaseDocument = { _id: string; owner: string; until: Date };

/**
 * One runner among many processes, most of the time. A lease only saves work: a frozen owner may wake up after it lost it,
 * so whatever runs under a lease must be correct when two run at once.
 */
export function createLease(deps: { leases: Collection<LeaseDocument>; name: string; lifeMilliseconds: number; clock: Clock }) {
  const owner = newId('owner');
  return {
    /** True when this process holds the lease now, for `lifeMilliseconds` from now. */
    async acquire(): Promise<boolean> {
      const now = deps.clock.now();
      const until = new Date(now.getTime() + deps.lifeMilliseconds);
      try {
        const result = await deps.leases.updateOne(
          { _id: deps.name, $or: [{ owner }, { until: { $lte: now } }] },
          { $set: { owner, until } },
          { upsert: true },
        );
        return result.matchedCount === 1 || result.upsertedCount === 1;
      } catch (error) {
        // The upsert met another owner's document: taken.
        if (isDuplicateKey(error)) return false;
        throw error;
      }
    },
    /** So that a successor need not wait for the end of the lease. */
    async release(): Promise<void> {
      await deps.leases.deleteOne({ _id: deps.name, owner });
    },
  };
}
export type Lease = ReturnType<typeof createLease>;
