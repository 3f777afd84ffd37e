import type { SeatMapUpdate, SeatStatus } from './seat-map.ts';

/** What a subscriber has not taken yet, as one update: at most one entry per seat, however long it does not read. */
type Pending = {
  kind: 'SNAPSHOT' | 'DELTA';
  eventId: string;
  version: number;
  previousVersion: number | null;
  statuses: Map<string, SeatStatus>;
};

const toPending = (update: SeatMapUpdate): Pending => ({
  ...update,
  statuses: new Map(update.seats.map(({ seatId, status }) => [seatId, status])),
});

function toUpdate({ statuses, ...rest }: Pending): SeatMapUpdate {
  const seats = Array.from(statuses, ([seatId, status]) => ({ seatId, status }));
  return rest.kind === 'DELTA'
    ? { ...rest, kind: 'DELTA', previousVersion: rest.previousVersion ?? 0, seats }
    : { ...rest, kind: 'SNAPSHOT', previousVersion: null, seats };
}

export type SeatStream = {
  readonly push: (update: SeatMapUpdate) => void;
  /** What is pending is still read; then the stream is over. */
  readonly end: () => void;
  readonly iterator: AsyncIterableIterator<SeatMapUpdate>;
};

/**
 * Written by hand: an `async function*` around a source that waits would keep `return()` waiting behind the pending `next()`,
 * and a client that leaves would stay subscribed until the next sale.
 */
export function createSeatStream(onReturn: () => void): SeatStream {
  let waiting: ((result: IteratorResult<SeatMapUpdate>) => void) | null = null;
  // Not read yet: the update itself while it is just one, so that nothing is copied for readers that keep up.
  let single: SeatMapUpdate | null = null;
  let merged: Pending | null = null;
  let ended = false;
  const done = { value: undefined, done: true } as const;

  function take(): SeatMapUpdate | null {
    const update = merged === null ? single : toUpdate(merged);
    single = null;
    merged = null;
    return update;
  }

  function push(update: SeatMapUpdate): void {
    if (ended) return;
    if (waiting !== null) {
      const resolve = waiting;
      waiting = null;
      resolve({ value: update, done: false });
      return;
    }
    if (update.kind === 'SNAPSHOT' || (single === null && merged === null)) {
      single = update;
      merged = null;
      return;
    }
    if (merged === null && single !== null) merged = toPending(single);
    single = null;
    if (merged === null) return;
    merged.version = update.version;
    for (const { seatId, status } of update.seats) merged.statuses.set(seatId, status);
  }

  function end(): void {
    if (ended) return;
    ended = true;
    waiting?.(done);
    waiting = null;
  }

  function leave(): void {
    if (!ended) end();
    take();
    onReturn();
  }

  const iterator: AsyncIterableIterator<SeatMapUpdate> = {
    [Symbol.asyncIterator]: () => iterator,
    next: () => {
      const update = take();
      if (update !== null) return Promise.resolve({ value: update, done: false });
      if (ended) return Promise.resolve(done);
      return new Promise((resolve) => {
        waiting = resolve;
      });
    },
    return: () => {
      leave();
      return Promise.resolve(done);
    },
    throw: (error: unknown) => {
      leave();
      return Promise.reject(error);
    },
  };
  return { push, end, iterator };
}
