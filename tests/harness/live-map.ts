import { createClient } from 'graphql-ws';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';

type Update = {
  kind: 'SNAPSHOT' | 'DELTA';
  version: number;
  previousVersion: number | null;
  seats: { seatId: string; status: string }[];
  event?: { title: string } | null;
};

/** A WebSocket as a browser of this origin would open it. */
export function socketClient(endpoint: string, cookies = '') {
  const { origin } = new URL(endpoint);
  class OriginSocket extends WebSocket {
    constructor(address: string | URL, protocols?: string | string[]) {
      super(address, protocols, { origin, headers: cookies === '' ? {} : { cookie: cookies } });
    }
  }
  return createClient({ url: endpoint.replace(/^http/, 'ws'), webSocketImpl: OriginSocket, retryAttempts: 0, lazy: true });
}

/** A seat map as a client keeps it, by the rule in the schema; fails on a gap. Closed with the test that opened it. */
export function openLiveMap(endpoint: string, eventId: string) {
  const client = socketClient(endpoint);
  const updates = client.iterate<{ seatMapChanged: Update }>({
    query:
      'subscription ($eventId: ID!) { seatMapChanged(eventId: $eventId) { kind version previousVersion seats { seatId status } event { title } } }',
    variables: { eventId },
  });
  onTestFinished(async () => {
    await client.dispose();
  });
  const statuses = new Map<string, string>();
  /** Every status a seat went through, oldest first. */
  const history = new Map<string, string[]>();
  let version = -1;
  let title: string | null = null;

  async function next(milliseconds = 5_000): Promise<Update> {
    let timer: NodeJS.Timeout | undefined;
    const deadline = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error(`no update within ${milliseconds} ms`)), milliseconds);
    });
    // graphql-ws rejects with the bare array of errors.
    const read = updates
      .next()
      .catch((error: unknown) => Promise.reject(error instanceof Error ? error : new Error(JSON.stringify(error))));
    const { value, done } = await Promise.race([read, deadline]).finally(() => clearTimeout(timer));
    if (done) throw new Error('the stream has ended');
    if (value.errors || !value.data) throw new Error(JSON.stringify(value.errors));
    const update = value.data.seatMapChanged;
    if (update.kind === 'DELTA' && !((update.previousVersion ?? 0) <= version && version < update.version))
      throw new Error(`gap: at ${version}, DELTA after ${String(update.previousVersion)}`);
    if (update.kind === 'SNAPSHOT') {
      const named = new Set(update.seats.map((seat) => seat.seatId));
      for (const seatId of statuses.keys()) if (!named.has(seatId)) statuses.delete(seatId);
    }
    for (const seat of update.seats) {
      if (statuses.get(seat.seatId) !== seat.status) history.set(seat.seatId, [...(history.get(seat.seatId) ?? []), seat.status]);
      statuses.set(seat.seatId, seat.status);
    }
    version = update.version;
    title = update.event?.title ?? null;
    return update;
  }

  return {
    next,
    async until(seatId: string, status: string, milliseconds = 5_000): Promise<void> {
      const deadline = Date.now() + milliseconds;
      while (statuses.get(seatId) !== status) await next(Math.max(1, deadline - Date.now()));
    },
    statusOf: (seatId: string) => statuses.get(seatId),
    historyOf: (seatId: string) => history.get(seatId) ?? [],
    seatIds: () => [...statuses.keys()],
    title: () => title,
  };
}
