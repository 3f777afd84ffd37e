import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

type Update = {
  readonly kind: 'SNAPSHOT' | 'DELTA';
  readonly version: number;
  readonly previousVersion: number | null;
  readonly seats: readonly { readonly seatId: string; readonly status: string }[];
};

/** A seat's change as this client saw it; by a DELTA, or found in a SNAPSHOT. */
export type SeenChange = {
  readonly seatId: string;
  readonly from: string;
  readonly to: string;
  readonly at: number;
  readonly by: Update['kind'];
};

const QUERY = `subscription ($eventId: ID!, $sinceVersion: SeatMapVersion) {
  seatMapChanged(eventId: $eventId, sinceVersion: $sinceVersion) { kind version previousVersion seats { seatId status } }
}`;

const RECONNECT_MS = 100;

export type WatchedMap = ReturnType<typeof watchMap>;

/** An open seat map, kept by the rule in the schema. It connects again whenever it is cut off, and says what it found wrong. */
export function watchMap(endpoint: string, eventId: string) {
  const statuses = new Map<string, string>();
  const changes: SeenChange[] = [];
  const violations: string[] = [];
  let version: number | null = null;
  let closed = false;
  let dispose: () => void | Promise<void> = () => undefined;

  function apply(update: Update): void {
    if (update.kind === 'DELTA') {
      if (version !== null && update.version <= version) return;
      if (version === null || update.previousVersion === null || update.previousVersion > version)
        return void violations.push(`10: a map at ${String(version)} got a DELTA after ${String(update.previousVersion)}`);
    }
    for (const { seatId, status } of update.seats) {
      const before = statuses.get(seatId);
      if (before !== undefined && before !== status) changes.push({ seatId, from: before, to: status, at: Date.now(), by: update.kind });
      statuses.set(seatId, status);
    }
    version = update.version;
  }

  async function follow(): Promise<void> {
    const { origin } = new URL(endpoint);
    class OriginSocket extends WebSocket {
      constructor(address: string | URL, protocols?: string | string[]) {
        super(address, protocols, { origin });
      }
    }
    const client = createClient({ url: endpoint.replace(/^http/, 'ws'), webSocketImpl: OriginSocket, retryAttempts: 0 });
    dispose = () => client.dispose();
    const updates = client.iterate<{ seatMapChanged: Update }>({ query: QUERY, variables: { eventId, sinceVersion: version } });
    for await (const { data } of updates) if (data) apply(data.seatMapChanged);
  }

  async function run(): Promise<void> {
    while (!closed) {
      await follow().catch(() => undefined);
      await dispose();
      await new Promise((resolve) => setTimeout(resolve, RECONNECT_MS));
    }
  }
  const running = run();

  return {
    eventId,
    statuses: (): ReadonlyMap<string, string> => statuses,
    changes,
    violations,
    close: async (): Promise<void> => {
      closed = true;
      await dispose();
      await running;
    },
  };
}
