import type { Clock } from '../../../kit/values/clock.ts';
import type { SeatMapStore } from '../repositories/seat-map-store.ts';
import { planAggregateOf } from '../domain/seating-plan.ts';
import type { UnshownChange, UnshownRepository } from '../repositories/unshown-repository.ts';

/** A change this old was not shown by whoever made it. */
const OVERDUE_MS = 1_000;
const BATCH = 100;

/**
 * Brings committed changes to the live map: publish, then mark as shown. Dying in between, or doing it twice, publishes what is true once more.
 */
export function createShowChanges(deps: {
  map: SeatMapStore;
  unshown: UnshownRepository;
  clock: Clock;
  logError: (error: unknown) => void;
  onShown: () => void;
}) {
  async function show(changes: readonly UnshownChange[]): Promise<void> {
    for (const change of changes) {
      try {
        if (change.kind === 'plan') await deps.map.resetForPlan(change.eventId);
        else await deps.map.publish(change.eventId, change.seatIds, change.consumed ?? undefined);
        await deps.unshown.markShown([change.rowId]);
      } catch (error) {
        // One that cannot be shown must not keep the others from the map.
        deps.logError(error);
      }
    }
  }

  /** What fails here is made good by `overdue`. */
  async function attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      deps.logError(error);
    } finally {
      // The same rows wait for the bus.
      deps.onShown();
    }
  }
  return {
    /** P5. The sale stands whether or not it can be shown right now. */
    ofOrder: (orderId: string): Promise<void> =>
      attempt(async () => {
        const changes = (await deps.unshown.ofAggregate(orderId)).filter((change) => change.kind === 'seats');
        const [first] = changes;
        if (!first) return;
        // All rows of one order are about its seats: one publication shows the last state of them.
        const seatIds = new Set(changes.flatMap((change) => change.seatIds));
        const consumed = changes.find((change) => change.consumed)?.consumed;
        await deps.map.publish(first.eventId, [...seatIds], consumed ?? undefined);
        await deps.unshown.markShown(changes.map((change) => change.rowId));
      }),
    ofPlan: (eventId: string): Promise<void> => attempt(async () => show(await deps.unshown.ofAggregate(planAggregateOf(eventId)))),
    /** Every process does this, now and then: the one that committed the change may be dead. */
    async overdue(): Promise<void> {
      await show(await deps.unshown.since(new Date(deps.clock.now().getTime() - OVERDUE_MS), BATCH));
    },
  };
}
export type ShowChanges = ReturnType<typeof createShowChanges>;
