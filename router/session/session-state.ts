import { SEEN_GENERATION_SECONDS, sessionKeys } from '../../kit/runtime/session-keys.ts';
import type { RedisClient } from '../../kit/runtime/redis.ts';
import { createBoundedMap } from '../bounded-map.ts';
import type { AccessToken } from './access-token.ts';

/** What Redis knows against a token that is good by itself; `unknown` while Redis cannot be asked. */
export type Standing = 'good' | 'ended' | 'unknown';

export type SessionState = {
  readonly standingOf: (token: AccessToken) => Promise<Standing>;
};

const REMEMBERED = 50_000;

/** Only ever grows, also when two routers write at once. */
const RAISE = `local known = tonumber(redis.call('GET', KEYS[1]) or '-1')
if tonumber(ARGV[1]) > known then redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2]) end
return 1`;

export function createSessionState(deps: { redis: RedisClient }): SessionState {
  // The generations this process has already noted: a session costs one write per refresh, not one per request.
  const noted = createBoundedMap<string, number>(REMEMBERED);

  async function noteGeneration({ viewer, generation }: AccessToken): Promise<void> {
    if ((noted.get(viewer.sid) ?? -1) >= generation) return;
    await deps.redis.eval(RAISE, 1, sessionKeys.seenGeneration(viewer.sid), generation, SEEN_GENERATION_SECONDS);
    noted.set(viewer.sid, generation);
  }

  return {
    async standingOf(token) {
      try {
        const [[version, revoked]] = await Promise.all([
          deps.redis.mget(sessionKeys.userVersion(token.viewer.userId), sessionKeys.revoked(token.viewer.sid)),
          noteGeneration(token),
        ]);
        if (revoked !== null && revoked !== undefined) return 'ended';
        return version !== null && version !== undefined && Number(version) > token.version ? 'ended' : 'good';
      } catch {
        return 'unknown';
      }
    },
  };
}
