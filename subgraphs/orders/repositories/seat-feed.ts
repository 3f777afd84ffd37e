import type { Logger } from '../../../kit/runtime/logger.ts';
import type { SeatMapUpdate, SeatStatus } from '../domain/seat-map.ts';
import { seatStatuses, snapshotOf } from '../domain/seat-map.ts';
import type { SeatStream } from '../domain/seat-stream.ts';
import { createSeatStream } from '../domain/seat-stream.ts';
import type { SeatingPlan } from '../domain/seating-plan.ts';
import type { SeatHints } from './seat-hints.ts';
import type { SeatMapStore } from './seat-map-store.ts';
import { replay } from './seat-replay.ts';

const COALESCE_MS = 20;
const POLL_MS = 1_000;
const COMPARE_EVERY_POLLS = 10;
const LINGER_MS = 30_000;

/** One event's map as this process last read it. Everything that reads or changes it runs in turn (`exclusively`). */
type EventFeed = {
  readonly eventId: string;
  readonly streams: Set<SeatStream>;
  version: number;
  statuses: Map<string, SeatStatus>;
  /** False before the first reading, and after one that Redis had no part in. */
  complete: boolean;
  /** Seats that differed from the database at the last comparison. */
  suspects: ReadonlySet<string>;
  turn: Promise<unknown>;
  timer: NodeJS.Timeout | null;
  lastRead: number;
  linger: NodeJS.Timeout | null;
};

/**
 * The live seat map of one process: follows the change log of each event that somebody watches, and tells everyone the same.
 * Notifications are hints, the log is the truth, and the database is the judge of both.
 */
export function createSeatFeed(deps: {
  store: SeatMapStore;
  hints: SeatHints;
  planOf: (eventId: string) => Promise<SeatingPlan>;
  logger: Logger;
}) {
  const { store, logger } = deps;
  const feeds = new Map<string, EventFeed>();
  let polls = 0;
  let closed = false;

  function exclusively<Value>(feed: EventFeed, work: () => Promise<Value>): Promise<Value> {
    const run = feed.turn.then(work);
    feed.turn = run.catch(() => undefined);
    return run;
  }

  function tell(feed: EventFeed, update: SeatMapUpdate): void {
    for (const stream of feed.streams) stream.push(update);
  }

  async function load(feed: EventFeed): Promise<void> {
    const reading = (await store.readEvents([feed.eventId])).get(feed.eventId);
    if (!reading) return;
    // After the version: a plan that is newer than it comes again as a reset, one that is older would never be noticed.
    const plan = await deps.planOf(feed.eventId);
    // A version never goes back for those who watch, not even when Redis has lost it.
    feed.version = Math.max(feed.version, reading.version);
    feed.statuses = seatStatuses(plan, reading.claims, reading.held);
    feed.complete = reading.complete;
  }

  async function startAnew(feed: EventFeed): Promise<void> {
    await load(feed);
    tell(feed, snapshotOf(feed.eventId, feed));
  }

  /** With Redis away: what MongoDB knows, and only when that has changed. */
  async function lookAgain(feed: EventFeed): Promise<void> {
    const before = feed.statuses;
    await load(feed);
    const same = feed.statuses.size === before.size && [...feed.statuses].every(([seatId, status]) => before.get(seatId) === status);
    if (feed.complete || !same) tell(feed, snapshotOf(feed.eventId, feed));
  }

  /** Reads what was logged since; a gap in it, or a log that is behind, ends in a SNAPSHOT. */
  async function catchUp(feed: EventFeed, checkForLoss: boolean): Promise<void> {
    feed.lastRead = Date.now();
    if (!feed.complete) return lookAgain(feed);
    const changes = await store.changesAfter(feed.eventId, feed.version);
    if (changes.length === 0) {
      if (!checkForLoss || (await store.lastVersion(feed.eventId)) >= feed.version) return;
      logger.warn({ eventId: feed.eventId, version: feed.version }, 'the change log is behind what was read of it; starting anew');
      await store.reset(feed.eventId, feed.version);
      return startAnew(feed);
    }
    const previousVersion = feed.version;
    const over = changes.some((change) => change.end);
    const changed = new Map<string, SeatStatus>();
    for (const change of changes) {
      if (change.previous !== feed.version) {
        await startAnew(feed);
        if (over) endStreams(feed);
        return;
      }
      feed.version = change.version;
      for (const { seatId, status } of change.seats) {
        feed.statuses.set(seatId, status);
        changed.set(seatId, status);
      }
    }
    if (changed.size > 0) {
      tell(feed, {
        kind: 'DELTA',
        eventId: feed.eventId,
        version: feed.version,
        previousVersion,
        seats: Array.from(changed, ([seatId, status]) => ({ seatId, status })),
      });
    }
    if (over) endStreams(feed);
  }

  const catchUpLogged = (feed: EventFeed, checkForLoss: boolean): Promise<void> =>
    exclusively(feed, () => catchUp(feed, checkForLoss)).catch((error: unknown) => {
      if (!closed) logger.debug({ err: error, eventId: feed.eventId }, 'the change log cannot be read; trying again');
    });

  /** At once when nothing was read for a while, else when the coalescing time is over: a burst becomes one DELTA. */
  function readSoon(feed: EventFeed): void {
    if (feed.timer !== null) return;
    const wait = Math.max(0, COALESCE_MS - (Date.now() - feed.lastRead));
    feed.timer = setTimeout(() => {
      feed.timer = null;
      void catchUpLogged(feed, false);
    }, wait);
  }

  /** Holds what is shown against the database. What differs is published; what still differs the next time was folded wrongly here. */
  async function compare(feed: EventFeed): Promise<void> {
    const reading = (await store.readEvents([feed.eventId])).get(feed.eventId);
    if (!reading?.complete) return;
    const plan = await deps.planOf(feed.eventId);
    await catchUp(feed, false);
    const differing = new Set<string>();
    for (const [seatId, status] of seatStatuses(plan, reading.claims, reading.held))
      if (feed.statuses.get(seatId) !== status) differing.add(seatId);
    const again = [...differing].some((seatId) => feed.suspects.has(seatId));
    feed.suspects = differing;
    if (differing.size === 0) return;
    await store.publish(feed.eventId, [...differing]);
    await catchUp(feed, false);
    if (again) await startAnew(feed);
  }

  function feedOf(eventId: string): EventFeed {
    const known = feeds.get(eventId);
    if (known) return known;
    const feed: EventFeed = {
      eventId,
      streams: new Set<SeatStream>(),
      version: 0,
      statuses: new Map<string, SeatStatus>(),
      complete: false,
      suspects: new Set<string>(),
      turn: Promise.resolve(),
      timer: null,
      lastRead: 0,
      linger: null,
    };
    feeds.set(eventId, feed);
    return feed;
  }

  function leave(feed: EventFeed, stream: SeatStream): void {
    feed.streams.delete(stream);
    if (feed.streams.size > 0 || feed.linger !== null) return;
    // A reload or a reconnect comes back within seconds and finds the map still here.
    feed.linger = setTimeout(() => {
      feed.linger = null;
      if (feed.streams.size > 0) return;
      if (feed.timer) clearTimeout(feed.timer);
      feeds.delete(feed.eventId);
    }, LINGER_MS);
    feed.linger.unref();
  }

  function endStreams(feed: EventFeed): void {
    for (const stream of feed.streams) {
      stream.end();
      leave(feed, stream);
    }
  }

  deps.hints.onChange((eventId) => {
    const feed = feeds.get(eventId);
    if (feed) readSoon(feed);
  });
  deps.hints.onReady(() => {
    for (const feed of feeds.values()) void catchUpLogged(feed, true);
  });
  const poll = setInterval(() => {
    polls += 1;
    for (const feed of feeds.values()) {
      if (polls % COMPARE_EVERY_POLLS !== 0) void catchUpLogged(feed, true);
      else
        exclusively(feed, () => compare(feed)).catch((error: unknown) =>
          logger.debug({ err: error, eventId: feed.eventId }, 'the map could not be compared with the database'),
        );
    }
  }, POLL_MS);

  return {
    /** A SNAPSHOT, or the DELTA since the version given; then every change. `over`: the event changes no more, so the stream ends with that. */
    async subscribe(eventId: string, sinceVersion: number | null, over: boolean): Promise<AsyncIterableIterator<SeatMapUpdate>> {
      const feed = feedOf(eventId);
      if (feed.linger) clearTimeout(feed.linger);
      feed.linger = null;
      const stream = createSeatStream(() => leave(feed, stream));
      let ended = over;
      await exclusively(feed, async () => {
        if (!feed.complete) await load(feed);
        else await catchUp(feed, true).catch(() => undefined);
        const delta = sinceVersion === null ? null : await replay(store, feed, sinceVersion);
        if (delta === null) stream.push(snapshotOf(eventId, feed));
        else if (delta.version !== sinceVersion) stream.push(delta);
        // Its last entry may be read already, and the mark that says so not be written yet.
        ended = over || (await store.isEnded(eventId).catch(() => false));
        if (!ended) feed.streams.add(stream);
      }).catch((error: unknown) => {
        leave(feed, stream);
        throw error;
      });
      if (ended) {
        stream.end();
        leave(feed, stream);
      }
      return stream.iterator;
    },
    /** For metrics: events and clients followed by this process. */
    counts: (): { events: number; streams: number } => ({
      events: feeds.size,
      streams: [...feeds.values()].reduce((sum, feed) => sum + feed.streams.size, 0),
    }),
    close(): void {
      closed = true;
      clearInterval(poll);
      for (const feed of feeds.values()) {
        if (feed.timer) clearTimeout(feed.timer);
        if (feed.linger) clearTimeout(feed.linger);
        for (const stream of feed.streams) stream.end();
      }
      feeds.clear();
    },
  };
}
export type SeatFeed = ReturnType<typeof createSeatFeed>;
