import { z } from 'zod';
import type { RedisClient } from '../../../kit/runtime/redis.ts';
import type { HeldSeat, Hold } from '../domain/hold.ts';
import { eventIdOfHold, HELD_SEATS_PER_USER_MAX, HOLD_LIFE_MAX_SECONDS, holdStatus, PAYING_EXTRA_SECONDS } from '../domain/hold.ts';
import type { ClaimState } from '../domain/seat-map.ts';
import { holdFrom } from './hold-details.ts';
import { deadlineMember, parseDeadlineMember, seatKeys } from './seat-keys.ts';
import type { SeatPublisher } from './seat-publisher.ts';
import {
  dueScript,
  extendScript,
  forgetEventsScript,
  holdScript,
  listEventScript,
  noteUserHoldScript,
  releaseScript,
  sweepScript,
  unmarkScript,
} from './hold-scripts.ts';

export type PlaceHoldResult =
  | { readonly kind: 'placed'; readonly hold: Hold; readonly replaced: boolean }
  | { readonly kind: 'conflict'; readonly seatIds: readonly string[]; readonly reason: 'HELD' }
  | { readonly kind: 'claimed'; readonly claims: ReadonlyMap<string, ClaimState> }
  | { readonly kind: 'limit' }
  | { readonly kind: 'paying' };

export type HoldMark = { readonly kind: 'PAYING' | 'PURCHASING'; readonly token: string; readonly lifeSeconds: number };

const SWEEP_BATCH = 200;
/** An event without deadlines stays on the sweepers' list this long after the last one it could have had. */
const EVENT_LINGER_MS = 60_000;
const HOLD_IDS_PER_USER_MAX = 200;

/** Holds: courtesy in Redis, for a stated time. Never the last word. */
export function createHoldStore(deps: { redis: RedisClient; publisher: SeatPublisher }) {
  const { redis, publisher } = deps;

  const longestLifeMs = (HOLD_LIFE_MAX_SECONDS + PAYING_EXTRA_SECONDS) * 1_000;

  const holdKeysOf = (eventId: string, seatIds: readonly string[]): string[] => seatIds.map((seatId) => seatKeys.hold(eventId, seatId));

  async function find(holdId: string): Promise<Hold | null> {
    const eventId = eventIdOfHold(holdId);
    if (eventId === null) return null;
    return holdFrom(holdId, await redis.hgetall(seatKeys.holdDetails(eventId, holdId)));
  }

  async function extend(hold: Hold, settings: { lifeSeconds: number; beyondLatestSeconds: number; mark?: HoldMark }): Promise<Date | null> {
    const seatIds = hold.seats.map((seat) => seat.seatId);
    // Before the script: should this process die in between, the sweepers look at an event for nothing, instead of never.
    await listEventScript(redis, [seatKeys.holdEvents()], [hold.eventId, longestLifeMs]);
    const reply = z
      .array(z.string())
      .parse(
        await extendScript(
          redis,
          [
            seatKeys.holdDetails(hold.eventId, hold.id),
            seatKeys.holdDeadlines(hold.eventId),
            seatKeys.userHolds(hold.eventId, hold.userId),
            ...holdKeysOf(hold.eventId, seatIds),
          ],
          [
            hold.id,
            hold.userId,
            JSON.stringify(seatIds),
            Math.round(settings.lifeSeconds * 1e3),
            settings.beyondLatestSeconds * 1e3,
            settings.mark?.kind ?? '',
            settings.mark?.token ?? '',
            (settings.mark?.lifeSeconds ?? 0) * 1e3,
          ],
        ),
      );
    return reply[0] === 'DONE' ? new Date(Number(reply[1])) : null;
  }

  return {
    /** Null when there was none, or its details are gone (15 minutes after its end). */
    find,

    /** `conflict`: held by others; `claimed`: sold, or being sold. Nothing is held unless all is. */
    async place(request: {
      holdId: string;
      eventId: string;
      userId: string;
      seats: readonly HeldSeat[];
      lifeSeconds: number;
      replacesHoldId: string | null;
    }): Promise<PlaceHoldResult> {
      const { holdId, eventId, userId, seats } = request;
      const seatIds = seats.map((seat) => seat.seatId);
      await listEventScript(redis, [seatKeys.holdEvents()], [eventId, longestLifeMs]);
      // Before the script: a hold whose answer is lost on the way must still be among its owner's.
      await noteUserHoldScript(redis, [seatKeys.userHoldIds(userId)], [holdId, longestLifeMs]);
      const result = await publisher.publishing(
        eventId,
        seatIds,
        ({ seatsJson, known }) =>
          holdScript(
            redis,
            [
              seatKeys.seatShown(eventId),
              seatKeys.seatChanges(eventId),
              seatKeys.holdDeadlines(eventId),
              seatKeys.holdDetails(eventId, holdId),
              seatKeys.userHolds(eventId, userId),
              seatKeys.holdDetails(eventId, request.replacesHoldId ?? 'none'),
              ...holdKeysOf(eventId, seatIds),
            ],
            [
              seatsJson,
              known,
              holdId,
              request.replacesHoldId ?? '',
              userId,
              Math.round(request.lifeSeconds * 1e3),
              HOLD_LIFE_MAX_SECONDS * 1e3,
              HELD_SEATS_PER_USER_MAX,
              JSON.stringify(seats),
              eventId,
            ],
          ),
        (claims) => (claims.size > 0 ? claims : null),
      );
      const placed = 'reply' in result && result.reply[0] === 'DONE';
      // A note of nothing does no harm beyond its place in the list.
      if (!placed) await redis.zrem(seatKeys.userHoldIds(userId), holdId).catch(() => undefined);
      if ('refused' in result) return { kind: 'claimed', claims: result.refused };
      const [answer, detail, createdAt, expiresAt, expiresAtLatest, replaced] = result.reply;
      if (answer === 'CONFLICT')
        return { kind: 'conflict', seatIds: z.array(z.string()).parse(JSON.parse(detail ?? '[]')), reason: 'HELD' };
      if (answer === 'LIMIT') return { kind: 'limit' };
      if (answer === 'PAYING') return { kind: 'paying' };
      const hold: Hold = {
        id: holdId,
        eventId,
        userId,
        seats,
        ended: null,
        endedAt: null,
        createdAt: new Date(Number(createdAt)),
        expiresAt: new Date(Number(expiresAt)),
        expiresAtLatest: new Date(Number(expiresAtLatest)),
      };
      return { kind: 'placed', hold, replaced: replaced === '1' };
    },

    /** Frees the hold's seats; with `giveBackTo`, those that were that hold's go back to it. */
    async release(hold: Hold, options: { forced?: boolean; giveBackTo?: string | null } = {}): Promise<'released' | 'ended' | 'marked'> {
      const seatIds = hold.seats.map((seat) => seat.seatId);
      const result = await publisher.publishing(hold.eventId, seatIds, ({ seatsJson, known }) =>
        releaseScript(
          redis,
          [
            seatKeys.seatShown(hold.eventId),
            seatKeys.seatChanges(hold.eventId),
            seatKeys.holdDeadlines(hold.eventId),
            seatKeys.holdDetails(hold.eventId, hold.id),
            seatKeys.userHolds(hold.eventId, hold.userId),
            seatKeys.holdDetails(hold.eventId, options.giveBackTo ?? 'none'),
            ...holdKeysOf(hold.eventId, seatIds),
          ],
          [seatsJson, known, hold.id, hold.userId, options.forced ? '1' : '0', options.giveBackTo ?? ''],
        ),
      );
      const reply = 'reply' in result ? result.reply : [];
      if (reply[0] === 'MARKED') return 'marked';
      return reply[0] === 'DONE' && reply[2] === '1' ? 'released' : 'ended';
    },

    /** The new end, or null when the hold is not whole any more. Never moves the end closer. */
    extend,

    /** Takes off the mark with this token, or whatever mark of the kind there is. */
    async unmark(hold: Hold, mark: { kind: HoldMark['kind']; token: string | null }): Promise<void> {
      await unmarkScript(redis, [seatKeys.holdDetails(hold.eventId, hold.id)], [mark.kind, mark.token ?? '']);
    },

    async liveOfUser(userId: string, now: Date): Promise<readonly Hold[]> {
      const ids = await redis.zrevrange(seatKeys.userHoldIds(userId), 0, HOLD_IDS_PER_USER_MAX - 1);
      const holds = await Promise.all(ids.map(find));
      return holds.filter((hold): hold is Hold => hold !== null && hold.userId === userId && holdStatus(hold, now) === 'ACTIVE');
    },

    /** Every hold with a deadline on this event, live or due. */
    async ofEvent(eventId: string): Promise<readonly Hold[]> {
      const members = await redis.zrange(seatKeys.holdDeadlines(eventId), 0, '-1');
      const ids = new Set(members.map((member) => parseDeadlineMember(member).holdId));
      const holds = await Promise.all([...ids].map(find));
      return holds.filter((hold) => hold !== null);
    },

    eventsWithHolds: (): Promise<string[]> => redis.zrange(seatKeys.holdEvents(), '0', '-1'),

    /** Ends what is due on this event; how many seats came free or went on to their claim. */
    async sweep(eventId: string): Promise<number> {
      const members = z.array(z.string()).parse(await dueScript(redis, [seatKeys.holdDeadlines(eventId)], [SWEEP_BATCH]));
      // A seat can be due twice (an old hold's rest beside a newer one): one script call takes each seat once, the next sweep the other.
      const due = new Map(members.map(parseDeadlineMember).map(({ seatId, holdId }) => [seatId, holdId]));
      const seatIds = [...due.keys()];
      if (seatIds.length === 0) return 0;
      await publisher.publishing(eventId, seatIds, ({ seatsJson, known }) =>
        sweepScript(
          redis,
          [seatKeys.seatShown(eventId), seatKeys.seatChanges(eventId), seatKeys.holdDeadlines(eventId), ...holdKeysOf(eventId, seatIds)],
          [seatsJson, known, JSON.stringify([...due.values()])],
        ),
      );
      return seatIds.length;
    },

    /** Takes events off the sweepers' list that cannot have a live hold any more. */
    async forgetIdleEvents(): Promise<void> {
      await forgetEventsScript(redis, [seatKeys.holdEvents()], [EVENT_LINGER_MS]);
    },

    /** By how many milliseconds this process's clock is ahead of Redis', by which holds end. */
    async clockLead(): Promise<number> {
      const [seconds, microseconds] = await redis.time();
      return Date.now() - (Number(seconds) * 1_000 + Math.floor(Number(microseconds) / 1_000));
    },

    /** Whether the deadline of this seat's hold is still on the list. */
    async hasDeadline(eventId: string, seatId: string, holdId: string): Promise<boolean> {
      return (await redis.zscore(seatKeys.holdDeadlines(eventId), deadlineMember(seatId, holdId))) !== null;
    },
  };
}
export type HoldStore = ReturnType<typeof createHoldStore>;
