import { GraphQLError } from 'graphql';

type Update = { readonly kind: string; readonly event: { readonly id: string }; readonly version: number; readonly previousVersion: number | null; readonly seats: readonly { readonly id: string; readonly status: string }[] };

/** A seat map that tests change by hand: a SNAPSHOT first, then each change as a DELTA. */
export function createSeatFeed() {
  let version = 100;
  const seats = new Map<string, string>([['A-1', 'AVAILABLE'], ['A-2', 'AVAILABLE']]);
  const listeners = new Set<(update: Update | null) => void>();
  const opened: { eventId: string; sinceVersion: number | null | undefined }[] = [];

  const list = (entries: Iterable<[string, string]>) => [...entries].map(([id, status]) => ({ id, status }));

  return {
    opened,
    listenerCount: () => listeners.size,
    version: () => version,
    /** `wide` seats beside the changed one make the event larger. */
    change(id: string, status: string, wide = 0): void {
      const previousVersion = version;
      version += 1;
      seats.set(id, status);
      const extra = Array.from({ length: wide }, (_, index): [string, string] => [`W-${index}`, status]);
      for (const listener of listeners) listener({ kind: 'DELTA', event: { id: 'e1' }, version, previousVersion, seats: list([[id, status], ...extra]) });
    },
    end(): void {
      for (const listener of listeners) listener(null);
    },
    subscribe(eventId: string, sinceVersion: number | null | undefined): AsyncIterableIterator<{ seatMapChanged: Update }> {
      if (eventId === 'unknown') throw new GraphQLError('No such event.', { extensions: { code: 'NOT_FOUND' } });
      opened.push({ eventId, sinceVersion });
      const queue: (Update | null)[] = [{ kind: 'SNAPSHOT', event: { id: 'e1' }, version, previousVersion: null, seats: list(seats) }];
      let wake: (() => void) | null = null;
      let done = false;
      const listener = (update: Update | null): void => {
        queue.push(update);
        wake?.();
      };
      listeners.add(listener);
      const finish = (): void => {
        done = true;
        listeners.delete(listener);
        wake?.();
      };
      return {
        async next() {
          while (queue.length === 0 && !done) {
            await new Promise<void>((resolve) => {
              wake = resolve;
            });
          }
          const update = done ? null : queue.shift();
          if (!update) {
            finish();
            return { done: true, value: undefined };
          }
          return { done: false, value: { seatMapChanged: update } };
        },
        async return() {
          finish();
          return { done: true, value: undefined };
        },
        async throw(error: unknown) {
          finish();
          throw error;
        },
        [Symbol.asyncIterator]() {
          return this;
        },
      };
    },
  };
}
export type SeatFeed = ReturnType<typeof createSeatFeed>;
