import { performance } from 'node:perf_hooks';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

type Expectation = { readonly answered: (at: number) => void; readonly done: Promise<void> };

/** Opens the watchers, runs the story, and answers the delay of every DELTA at every watcher; before the answer counts as zero. */
export async function watch(
  endpoint: string,
  eventId: string,
  watchers: number,
  story: (expect: (seatId: string, status: string) => Expectation) => Promise<void>,
): Promise<number[]> {
  const { origin } = new URL(endpoint);
  class OriginSocket extends WebSocket {
    constructor(address: string | URL, protocols?: string | string[]) {
      super(address, protocols, { origin });
    }
  }
  const arrivals = new Map<string, number[]>();
  const waiting = new Map<string, () => void>();
  const clients = Array.from({ length: watchers }, () =>
    createClient({ url: endpoint.replace(/^http/, 'ws'), webSocketImpl: OriginSocket, retryAttempts: 0 }),
  );
  await Promise.all(
    clients.map(
      (client) =>
        new Promise<void>((resolve, reject) => {
          client.subscribe<{ seatMapChanged: { kind: string; seats: { seatId: string; status: string }[] } }>(
            {
              query:
                'subscription ($eventId: ID!) { seatMapChanged(eventId: $eventId) { kind version previousVersion seats { seatId status } } }',
              variables: { eventId },
            },
            {
              next: ({ data, errors }) => {
                if (errors || !data) return reject(new Error(JSON.stringify(errors)));
                if (data.seatMapChanged.kind === 'SNAPSHOT') return resolve();
                const at = performance.now();
                for (const { seatId, status } of data.seatMapChanged.seats) {
                  const change = `${seatId} ${status}`;
                  const times = arrivals.get(change) ?? [];
                  times.push(at);
                  arrivals.set(change, times);
                  if (times.length === watchers) waiting.get(change)?.();
                }
              },
              error: reject,
              complete: () => undefined,
            },
          );
        }),
    ),
  );
  const delays: number[] = [];
  await story((seatId, status) => {
    const change = `${seatId} ${status}`;
    const arrived = new Promise<void>((resolve) => waiting.set(change, resolve));
    let answered: (at: number) => void = () => undefined;
    const answer = new Promise<number>((resolve) => {
      answered = resolve;
    });
    return {
      answered: (at) => answered(at),
      done: (async () => {
        const [answeredAt] = await Promise.all([answer, arrived]);
        for (const at of arrivals.get(change) ?? []) delays.push(Math.max(0, at - answeredAt));
      })(),
    };
  });
  for (const client of clients) await client.dispose();
  return delays;
}
