import { z } from 'zod';
import { isConnectionFailure } from '../../../kit/runtime/connection-failure.ts';
import type { RedisClient } from '../../../kit/runtime/redis.ts';
import { SEEN_GENERATION_SECONDS, SESSION_REVOKED_CHANNEL, sessionKeys } from '../../../kit/runtime/session-keys.ts';
import { Unavailable } from '../../../kit/values/unavailable.ts';
import type { Session } from '../domain/session.ts';
import { END_SCRIPT, OPEN_SCRIPT, RAISE_SCRIPT, ROTATE_SCRIPT } from './session-scripts.ts';

export type Rotation =
  | { readonly result: 'NONE' | 'REVOKED' | 'REUSE' }
  | {
      readonly result: 'ROTATED' | 'GRACE';
      readonly userId: string;
      readonly tokenVersion: number;
      readonly generation: number;
      /** How often the presented secret must be succeeded to reach the current one. */
      readonly steps: number;
      readonly currentHash: string;
      readonly expiresAt: Date;
    };

/** A successor that arrived while its answer was under way, or 200 tabs that refresh at once, are no theft. */
const GRACE_MS = 10_000;
/** Clocks of router and auth may differ; a refusal must outlive the last token it refuses. */
const ACCESS_TOKEN_LEEWAY_MS = 60_000;
/** The router's note can be older than the last use that is on record here, by the grace time. */
const SEEN_LEEWAY_MS = 3_600_000;

const familySchema = z.object({
  userId: z.string(),
  tokenVersion: z.coerce.number(),
  userAgent: z.string(),
  createdAt: z.coerce.number(),
  usedAt: z.coerce.number(),
  current: z.string(),
  previous: z.string().optional(),
  recent: z.string().default('[]'),
  revoked: z.string().optional(),
});
const recentSchema = z.array(z.object({ hash: z.string() })).or(z.object({}).transform(() => []));

const refusedSchema = z.tuple([z.enum(['NONE', 'REVOKED', 'REUSE'])], z.unknown());
const renewedSchema = z.tuple([z.enum(['ROTATED', 'GRACE']), z.number(), z.number(), z.string(), z.number(), z.string(), z.number()]);

async function reaching<Value>(work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    if (!isConnectionFailure(error)) throw error;
    throw new Unavailable('The session store cannot be reached.', { cause: error });
  }
}

export function createSessionStore(deps: {
  redis: RedisClient;
  refreshTokenLifeSeconds: number;
  accessTokenLifeSeconds: number;
  graceMilliseconds?: number;
}) {
  const { redis } = deps;
  const life = deps.refreshTokenLifeSeconds * 1000;
  const revokedLife = deps.accessTokenLifeSeconds * 1000 + ACCESS_TOKEN_LEEWAY_MS;
  const sessionsPrefix = sessionKeys.userSessions('');

  async function read(sid: string): Promise<{ session: Session; hashes: readonly string[] } | null> {
    const fields = await redis.hgetall(sessionKeys.session(sid));
    if (Object.keys(fields).length === 0) return null;
    const family = familySchema.parse(fields);
    if (family.revoked !== undefined) return null;
    const session: Session = {
      sid,
      userId: family.userId,
      tokenVersion: family.tokenVersion,
      userAgent: family.userAgent === '' ? null : family.userAgent,
      createdAt: new Date(family.createdAt),
      lastUsedAt: new Date(family.usedAt),
    };
    const recent = recentSchema.parse(JSON.parse(family.recent));
    return {
      session,
      hashes: [family.current, ...(family.previous === undefined ? [] : [family.previous]), ...recent.map((entry) => entry.hash)],
    };
  }

  async function endOne(sid: string): Promise<boolean> {
    const ended = await redis.eval(
      END_SCRIPT,
      2,
      sessionKeys.session(sid),
      sessionKeys.revoked(sid),
      sid,
      revokedLife,
      SESSION_REVOKED_CHANNEL,
      sessionsPrefix,
    );
    return ended === 1;
  }

  async function listAll(userId: string): Promise<readonly Session[]> {
    const key = sessionKeys.userSessions(userId);
    const sids = await redis.smembers(key);
    const found = await Promise.all(sids.map(async (sid) => ({ sid, session: (await read(sid))?.session ?? null })));
    // The set outlives its members: families expire by themselves.
    const gone = found.filter(({ session }) => session === null).map(({ sid }) => sid);
    if (gone.length > 0) await redis.srem(key, ...gone);
    return found
      .flatMap(({ session }) => (session === null ? [] : [session]))
      .toSorted((a, b) => b.lastUsedAt.getTime() - a.lastUsedAt.getTime() || (a.sid < b.sid ? -1 : 1));
  }

  return {
    /** Throws `Unavailable` before anything is written elsewhere that would need this store afterwards. */
    assertReachable: (): Promise<void> =>
      reaching(async () => {
        await redis.ping();
      }),

    open: (family: {
      sid: string;
      userId: string;
      tokenVersion: number;
      userAgent: string | null;
      secretHash: string;
    }): Promise<{ generation: number; expiresAt: Date }> =>
      reaching(async () => {
        const { sid, userId, tokenVersion, userAgent, secretHash } = family;
        const now = await redis.eval(
          OPEN_SCRIPT,
          2,
          sessionKeys.session(sid),
          sessionKeys.userSessions(userId),
          sid,
          life,
          userId,
          tokenVersion,
          userAgent ?? '',
          secretHash,
        );
        return { generation: 1, expiresAt: new Date(z.number().parse(now) + life) };
      }),

    rotate: (sid: string, presentedHash: string, successorHash: string): Promise<Rotation> =>
      reaching(async () => {
        const keys = [sessionKeys.session(sid), sessionKeys.seenGeneration(sid), sessionKeys.revoked(sid)];
        const grace = deps.graceMilliseconds ?? GRACE_MS;
        const reply = await redis.eval(
          ROTATE_SCRIPT,
          keys.length,
          ...keys,
          sid,
          presentedHash,
          successorHash,
          life,
          grace,
          revokedLife,
          SESSION_REVOKED_CHANNEL,
          sessionsPrefix,
          SEEN_GENERATION_SECONDS * 1_000 - SEEN_LEEWAY_MS,
        );
        const refused = refusedSchema.safeParse(reply);
        if (refused.success) return { result: refused.data[0] };
        const [result, generation, steps, currentHash, left, userId, tokenVersion] = renewedSchema.parse(reply);
        return { result, userId, tokenVersion, generation, steps, currentHash, expiresAt: new Date(Date.now() + left) };
      }),

    /** The live session that this secret belongs to, also one replaced a moment ago; changes nothing. */
    findBySecret: (sid: string, secretHash: string): Promise<Session | null> =>
      reaching(async () => {
        const family = await read(sid);
        return family?.hashes.includes(secretHash) ? family.session : null;
      }),

    /** Most recently used first. */
    listByUser: (userId: string): Promise<readonly Session[]> => reaching(() => listAll(userId)),

    /** Ends it for refreshes and for access tokens already given out. True if it was alive. Safe to repeat. */
    end: (sid: string): Promise<boolean> => reaching(() => endOne(sid)),

    /** Ends the user's sessions that were opened under a lower token version; returns how many were alive. */
    endOlder: (userId: string, tokenVersion: number, keptSid: string | null): Promise<number> =>
      reaching(async () => {
        const older = (await listAll(userId)).filter((session) => session.tokenVersion < tokenVersion && session.sid !== keptSid);
        const ended = await Promise.all(older.map((session) => endOne(session.sid)));
        return ended.filter(Boolean).length;
      }),

    /** Bounds what one account may keep: beyond `keep`, those unused for longest end. */
    endSurplus: (userId: string, keep: number): Promise<void> =>
      reaching(async () => {
        const surplus = (await listAll(userId)).slice(keep);
        await Promise.all(surplus.map((session) => endOne(session.sid)));
      }),

    /** Refuses the user's older access tokens from now on. */
    raiseUserVersion: (userId: string, version: number): Promise<void> =>
      reaching(async () => {
        await redis.eval(RAISE_SCRIPT, 1, sessionKeys.userVersion(userId), userId, version, revokedLife, SESSION_REVOKED_CHANNEL);
      }),

    userVersions: (userIds: readonly string[]): Promise<readonly number[]> =>
      reaching(async () => (userIds.length === 0 ? [] : (await redis.mget(...userIds.map(sessionKeys.userVersion))).map(Number))),
  };
}
export type SessionStore = ReturnType<typeof createSessionStore>;
