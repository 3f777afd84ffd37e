import type { Clock } from '../../../kit/values/clock.ts';
import type { SeatMapStore } from '../repositories/seat-map-store.ts';
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
        await deps.map.publish(change.eventId, change.seatIds, change.consumed ?? undefined);
        await deps.unshown.markShown([change.rowId]);
      } catch (error) {
        // One that cannot be shown must not keep the others from the map.
        deps.logError(error);
      }
    }
  }
  return {
    /** P5. The sale stands whether or not it can be shown right now; what fails here is made good by `showOverdue`. */
    async ofOrder(orderId: string): Promise<void> {
      try {
        const changes = await deps.unshown.ofOrder(orderId);
        // All rows of one order are about the same seats: one publication shows the last state of them.
        const consumed = changes.find((change) => change.consumed)?.consumed;
        const [first] = changes;
        if (!first) return;
        await deps.map.publish(first.eventId, first.seatIds, consumed ?? undefined);
        await deps.unshown.markShown(changes.map((change) => change.rowId));
      } catch (error) {
        deps.logError(error);
      } finally {
        // The same rows wait for the bus.
        deps.onShown();
      }
    },
    /** Every process does this, now and then: the one that committed the change may be dead. */
    async overdue(): Promise<void> {
      await show(await deps.unshown.since(new Date(deps.clock.now().getTime() - OVERDUE_MS), BATCH));
    },
  };
}
export type ShowChanges = ReturnType<typeof createShowChanges>;
