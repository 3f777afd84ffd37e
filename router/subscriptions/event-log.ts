import type { SharedPayload } from './shared-payload.ts';

/** One event of a resumable topic, as its clients get it. */
export type LoggedEvent = {
  readonly version: number;
  /** The version that a delta applies to; null for a snapshot. */
  readonly previous: number | null;
  readonly payload: SharedPayload;
};

export type EventLog = {
  readonly append: (event: LoggedEvent) => void;
  /** A snapshot taken beside the stream, for those who join: deltas that it contains already are dropped. False if the log does not reach back to it. */
  readonly adoptSnapshot: (snapshot: LoggedEvent) => boolean;
  /** What brings a client that has `version` up to date, in order; null if only a snapshot can. */
  readonly after: (version: number) => readonly LoggedEvent[] | null;
  /** The last snapshot, if every event since is still here. */
  readonly snapshot: () => LoggedEvent | null;
  /** Forgets everything: the next event begins anew. */
  readonly clear: () => void;
};

const LOG_LIMITS = { events: 256, bytes: 1024 * 1024 };

/**
 * The last snapshot and a bounded number of deltas after it. Deltas carry absolute states, so one applies to every version from its `previous` up to,
 * but not including, its own.
 */
export function createEventLog(limits: { readonly events: number; readonly bytes: number } = LOG_LIMITS): EventLog {
  let snapshot: LoggedEvent | null = null;
  let deltas: LoggedEvent[] = [];
  let bytes = 0;
  let latest: number | null = null;

  function restart(events: LoggedEvent[]): void {
    deltas = events;
    bytes = events.reduce((sum, event) => sum + event.payload.length, 0);
  }

  function appendDelta(event: LoggedEvent, previous: number): void {
    if (latest !== null && event.version <= latest) return;
    // Something between was never seen: what is here leads nowhere any more.
    if (latest === null || previous > latest) {
      snapshot = null;
      restart([]);
    }
    deltas.push(event);
    bytes += event.payload.length;
    latest = event.version;
    while (deltas.length > limits.events || (bytes > limits.bytes && deltas.length > 1)) {
      bytes -= deltas.shift()?.payload.length ?? 0;
      snapshot = null;
    }
  }

  return {
    append(event) {
      if (event.previous !== null) {
        appendDelta(event, event.previous);
        return;
      }
      snapshot = event;
      latest = event.version;
      restart([]);
    },
    adoptSnapshot(taken) {
      const later = deltas.filter((event) => event.version > taken.version);
      const [next] = later;
      if (next && (next.previous ?? 0) > taken.version) return false;
      // Older than anything here, with nothing after it: joining on it would leave a gap.
      if (!next && latest !== null && latest > taken.version) return false;
      snapshot = taken;
      latest = Math.max(latest ?? taken.version, taken.version);
      restart(later);
      return true;
    },
    after(version) {
      if (latest === null || version > latest) return null;
      if (version === latest) return [];
      const start = deltas.findIndex((event) => event.version > version);
      const first = deltas[start];
      return first && (first.previous ?? 0) <= version ? deltas.slice(start) : null;
    },
    snapshot: () => snapshot,
    clear() {
      snapshot = null;
      latest = null;
      restart([]);
    },
  };
}
