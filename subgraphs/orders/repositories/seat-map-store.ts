import { z } from 'zod';
import type { RedisClient } from '../../../kit/runtime/redis.ts';
import type { ClaimState, SeatState } from '../domain/seat-map.ts';
import type { ClaimRepository } from './claim-repository.ts';
import { parseDeadlineMember, seatKeys } from './seat-keys.ts';
import type { SeatPublisher } from './seat-publisher.ts';
import { endScript, liveHoldsScript, publishScript, resetScript, versionScript } from './seat-map-scripts.ts';

/** One entry of an event's change log. `previous` is the version it follows; -1 where it follows nothing. */
export type SeatChange = {
  readonly version: number;
  readonly previous: number;
  readonly seats: readonly SeatState[];
  readonly end: boolean;
};

const seatsSchema = z.array(z.tuple([z.string(), z.enum(['AVAILABLE', 'HELD', 'RESERVED', 'BLOCKED'])]));

function parseEntry([id, fields]: [string, string[]]): SeatChange {
  const entry = new Map<string, string>();
  for (let index = 0; index + 1 < fields.length; index += 2) entry.set(fields[index] ?? '', fields[index + 1] ?? '');
  return {
    version: Number(id.split('-')[0]),
    previous: Number(entry.get('previous') ?? '-1'),
    seats: seatsSchema.parse(JSON.parse(entry.get('seats') ?? '[]')).map(([seatId, status]) => ({ seatId, status })),
    end: entry.has('end'),
  };
}

/** `complete` is false when Redis was away: then no hold is known, and the version may be old. */
export type SeatReading = {
  readonly version: number;
  readonly claims: ReadonlyMap<string, ClaimState>;
  readonly held: ReadonlySet<string>;
  readonly complete: boolean;
};

/** A hold that a publication ends: its keys go, and its seats count for its owner's limit no longer. */
export type EndedHold = { readonly holdId: string; readonly userId: string; readonly as: 'CONSUMED' | 'RELEASED' };

/** The change log of every event in Redis, and readings of its seats. */
export function createSeatMapStore(deps: { redis: RedisClient; claims: ClaimRepository; publisher: SeatPublisher }) {
  const { redis, claims, publisher } = deps;

  async function currentVersion(eventId: string): Promise<number> {
    const version = Number(await versionScript(redis, [seatKeys.seatChanges(eventId)], [publisher.known(eventId)]));
    publisher.remember(eventId, version);
    return version;
  }

  /** Seats in live holds, by Redis' clock. */
  async function liveHolds(eventId: string): Promise<ReadonlySet<string>> {
    const members = z.array(z.string()).parse(await liveHoldsScript(redis, [seatKeys.holdDeadlines(eventId)], []));
    return new Set(members.map((member) => parseDeadlineMember(member).seatId));
  }

  async function beginAnew(eventId: string, known: number, forced: boolean): Promise<void> {
    const keys = [seatKeys.seatChanges(eventId), seatKeys.seatShown(eventId)];
    publisher.remember(eventId, Number(await resetScript(redis, keys, [known, forced ? '1' : '0'])));
  }

  return {
    liveHolds,
    /**
     * Publishes what these seats are now. `endHold` goes first: its keys are deleted where they are still its own.
     * Safe at any time, any number of times, from any process.
     */
    async publish(eventId: string, seatIds: readonly string[], endHold?: EndedHold): Promise<void> {
      if (seatIds.length === 0) return;
      await publisher.publishing(eventId, seatIds, ({ seatsJson, known }) =>
        publishScript(
          redis,
          [
            seatKeys.seatShown(eventId),
            seatKeys.seatChanges(eventId),
            seatKeys.holdDeadlines(eventId),
            seatKeys.holdDetails(eventId, endHold?.holdId ?? 'none'),
            seatKeys.userHolds(eventId, endHold?.userId ?? 'none'),
            ...seatIds.map((seatId) => seatKeys.hold(eventId, seatId)),
          ],
          [seatsJson, known, endHold?.holdId ?? '', endHold?.as ?? ''],
        ),
      );
    },

    /**
     * The version first, then claims, then holds: what changes in between is newer than the version and comes again as a DELTA of absolute states,
     * so nothing is missed. With Redis away: what MongoDB knows, at the last known version.
     */
    async readEvents(eventIds: readonly string[]): Promise<ReadonlyMap<string, SeatReading>> {
      const unlessAway = <Value>(read: (eventId: string) => Promise<Value>): Promise<(Value | null)[]> =>
        Promise.all(eventIds.map((eventId) => read(eventId).catch(() => null)));
      const versions = await unlessAway(currentVersion);
      const claimsByEvent = await claims.ofEvents(eventIds);
      const held = await unlessAway(liveHolds);
      return new Map(
        eventIds.map((eventId, index) => {
          const version = versions[index] ?? null;
          const holds = held[index] ?? null;
          return [
            eventId,
            {
              version: version ?? publisher.known(eventId),
              claims: claimsByEvent.get(eventId) ?? new Map(),
              held: holds ?? new Set(),
              complete: version !== null && holds !== null,
            },
          ];
        }),
      );
    },

    /** Entries after `version`, oldest first. */
    async changesAfter(eventId: string, version: number): Promise<readonly SeatChange[]> {
      return (await redis.xrange(seatKeys.seatChanges(eventId), `(${version}-0`, '+')).map(parseEntry);
    },
    async hasVersion(eventId: string, version: number): Promise<boolean> {
      return (await redis.xrange(seatKeys.seatChanges(eventId), `${version}-0`, `${version}-0`)).length > 0;
    },
    /** 0 where there is no log. */
    async lastVersion(eventId: string): Promise<number> {
      const [entry] = await redis.xrevrange(seatKeys.seatChanges(eventId), '+', '-', 'COUNT', 1);
      return entry ? parseEntry(entry).version : 0;
    },
    /** Whether the last change of a cancelled event is on the log. */
    async isEnded(eventId: string): Promise<boolean> {
      const [entry] = await redis.xrevrange(seatKeys.seatChanges(eventId), '+', '-', 'COUNT', 1);
      return entry !== undefined && parseEntry(entry).end;
    },
    /** Tells every feed to start anew: the log is behind `known` (an older copy was restored, or it is gone). */
    reset: (eventId: string, known: number): Promise<void> => beginAnew(eventId, known, false),
    /** Tells every feed to start anew: the event has another plan, with other seats. */
    resetForPlan: (eventId: string): Promise<void> => beginAnew(eventId, publisher.known(eventId), true),
    /** After the last change of a cancelled event. */
    async end(eventId: string): Promise<void> {
      publisher.remember(eventId, Number(await endScript(redis, [seatKeys.seatChanges(eventId)], [publisher.known(eventId)])));
    },
  };
}
export type SeatMapStore = ReturnType<typeof createSeatMapStore>;
