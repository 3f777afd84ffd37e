import { AppError } from '../../kit/graphql/errors.ts';

type Update = {
  readonly kind: string;
  readonly event: { readonly id: string };
  readonly version: number;
  readonly previousVersion: number | null;
  readonly seats: readonly { readonly id: string; readonly status: string }[];
};

const list = (entries: Iterable<[string, string]>) => [...entries].map(([id, status]) => ({ id, status }));

/** A seat map that tests change by hand: a SNAPSHOT first, then each change as a DELTA. */
export function createSeatFeed(size = 2) {
  let version = 100;
  const seats = new Map<string, string>(Array.from({ length: size }, (_, index) => [`A-${index + 1}`, 'AVAILABLE']));
  const listeners = new Set<(update: Update | null) => void>();
  let held: (() => void)[] | null = null;
  const opened: { eventId: string; sinceVersion: number | null | undefined }[] = [];

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
      for (const listener of listeners)
        listener({ kind: 'DELTA', event: { id: 'e1' }, version, previousVersion, seats: list([[id, status], ...extra]) });
    },
    end(): void {
      for (const listener of listeners) listener(null);
    },
    /** Streams that begin from here on say nothing before `letBegin`. */
    holdBack(): void {
      held = [];
    },
    letBegin(): void {
      const begin = held ?? [];
      held = null;
      for (const say of begin) say();
    },
    subscribe(eventId: string, sinceVersion: number | null | undefined): AsyncIterableIterator<{ seatMapChanged: Update }> {
      if (eventId === 'unknown') throw new AppError('NOT_FOUND', 'No such event.');
      opened.push({ eventId, sinceVersion });
      const stream = createStream<{ seatMapChanged: Update }>(() => listeners.delete(listener));
      const listener = (update: Update | null): void => (update ? stream.push({ seatMapChanged: update }) : stream.end());
      listeners.add(listener);
      const begin = (): void => listener({ kind: 'SNAPSHOT', event: { id: 'e1' }, version, previousVersion: null, seats: list(seats) });
      if (held) held.push(begin);
      else begin();
      return stream.iterator;
    },
  };
}
export type SeatFeed = ReturnType<typeof createSeatFeed>;

/** By hand: an async generator's `return()` would wait behind its pending `next()`. */
function createStream<Value>(onEnd: () => void) {
  const queue: Value[] = [];
  const waiting: ((result: IteratorResult<Value>) => void)[] = [];
  const state = { done: false };
  const finished: IteratorResult<Value> = { done: true, value: undefined };
  function close(): void {
    state.done = true;
    onEnd();
    for (const resolve of waiting.splice(0)) resolve(finished);
  }
  const iterator: AsyncIterableIterator<Value> = {
    next: () => {
      const value = queue.shift();
      if (value !== undefined) return Promise.resolve({ done: false, value });
      if (state.done) return Promise.resolve(finished);
      return new Promise((resolve) => waiting.push(resolve));
    },
    return: () => {
      close();
      return Promise.resolve(finished);
    },
    throw: (error: unknown) => {
      close();
      return Promise.reject(error instanceof Error ? error : new Error(String(error)));
    },
    [Symbol.asyncIterator]: () => iterator,
  };
  return {
    iterator,
    push(value: Value): void {
      const resolve = waiting.shift();
      if (resolve) resolve({ done: false, value });
      else queue.push(value);
    },
    end: close,
  };
}
