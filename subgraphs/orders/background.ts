import type { Db } from 'mongodb';
import type { Lease, LeaseDocument } from '../../kit/runtime/lease.ts';
import { createLease } from '../../kit/runtime/lease.ts';
import type { Logger } from '../../kit/runtime/logger.ts';
import { runPeriodically } from '../../kit/runtime/periodic.ts';
import type { Clock } from '../../kit/values/clock.ts';
import type { HoldStore } from './repositories/hold-store.ts';
import type { SeatHints } from './repositories/seat-hints.ts';
import type { Reconcile } from './usecases/reconcile.ts';
import type { RefundClosedEvents } from './usecases/refund-closed-events.ts';
import type { ShowChanges } from './usecases/show-changes.ts';

const SWEEP_EVERY_MS = 250;
const SHOW_EVERY_MS = 500;
const RECONCILE_EVERY_MS = 5_000;
const LEASE_MS = 10_000;
/** Events swept at the same time: their commands share one connection. */
const SWEEPS_AT_ONCE = 50;
/** Sweeps between two looks at which events need no more sweeping. */
const FORGET_EVERY_SWEEPS = 240;

/** What runs without being asked: holds end, changes are shown, what died is finished. Every process sweeps and shows; one at a time reconciles. */
export function startBackgroundWork(deps: {
  db: Db;
  clock: Clock;
  logger: Logger;
  holds: HoldStore;
  hints: SeatHints;
  show: ShowChanges;
  reconcile: Reconcile;
  refundClosedEvents: RefundClosedEvents;
}) {
  const { logger, holds } = deps;
  const leaseOf = (name: string): Lease =>
    createLease({ leases: deps.db.collection<LeaseDocument>('leases'), name, lifeMilliseconds: LEASE_MS, clock: deps.clock });
  // Apart from each other: refunding a sold-out event takes minutes, and whoever's purchase died meanwhile is promised an end within one.
  const leases = { reconciler: leaseOf('reconciler'), closer: leaseOf('closed-events') };
  let sweeps = 0;

  async function sweepAll(): Promise<void> {
    const eventIds = await holds.eventsWithHolds();
    const failures: unknown[] = [];
    for (let from = 0; from < eventIds.length; from += SWEEPS_AT_ONCE) {
      // An event that cannot be swept must not keep the holds of the others from ending.
      const swept = await Promise.allSettled(eventIds.slice(from, from + SWEEPS_AT_ONCE).map(holds.sweep));
      for (const result of swept) if (result.status === 'rejected') failures.push(result.reason);
    }
    sweeps += 1;
    if (sweeps % FORGET_EVERY_SWEEPS === 0) await holds.forgetIdleEvents();
    if (failures.length > 0) throw new Error(`${failures.length} of ${eventIds.length} events could not be swept.`, { cause: failures[0] });
  }

  const leased = (lease: Lease, work: (mayGoOn: () => Promise<boolean>) => Promise<void>) => async (): Promise<void> => {
    if (await lease.acquire()) await work(lease.acquire);
  };

  const sweeper = runPeriodically({ name: 'sweeper', everyMilliseconds: SWEEP_EVERY_MS, logger, task: sweepAll });
  const shower = runPeriodically({ name: 'show changes', everyMilliseconds: SHOW_EVERY_MS, logger, task: deps.show.overdue });
  const reconciler = runPeriodically({
    name: 'reconciler',
    everyMilliseconds: RECONCILE_EVERY_MS,
    logger,
    task: leased(leases.reconciler, deps.reconcile.run),
  });
  const closer = runPeriodically({
    name: 'refunds of closed events',
    everyMilliseconds: RECONCILE_EVERY_MS,
    logger,
    task: leased(leases.closer, deps.refundClosedEvents),
  });
  // The notification says that a hold's key is gone: no need to wait for the next round.
  deps.hints.onExpired(() => sweeper.trigger());

  return {
    closeEventsNow: closer.trigger,
    close: async (): Promise<void> => {
      await Promise.all([sweeper.close(), shower.close(), reconciler.close(), closer.close()]);
      await Promise.all(Object.values(leases).map((lease) => lease.release().catch(() => undefined)));
    },
  };
}
