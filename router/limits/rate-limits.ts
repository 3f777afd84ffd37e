import { createHash } from 'node:crypto';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { AppError } from '../../kit/graphql/errors.ts';
import type { RedisClient } from '../../kit/runtime/redis.ts';

type Allowance = { readonly points: number; readonly seconds: number };

/** Per what each is counted is the caller's choice of key: see operation-limits.ts. */
const ALLOWANCES = {
  address: { points: 600, seconds: 60 },
  // A payment provider sends for all buyers from a handful of addresses.
  'webhook-address': { points: 12_000, seconds: 60 },
  'log-in-account-address': { points: 5, seconds: 900 },
  'log-in-account': { points: 20, seconds: 900 },
  'log-in-address': { points: 50, seconds: 3_600 },
  // Whoever has a session, be it a stolen one, could guess the password there.
  'change-password-user': { points: 10, seconds: 900 },
  'sign-up-address': { points: 50, seconds: 3_600 },
  'refresh-session': { points: 30, seconds: 60 },
  'hold-user': { points: 30, seconds: 60 },
  'purchase-user': { points: 10, seconds: 60 },
  // Up to 20,000 seats each.
  'seating-user': { points: 20, seconds: 60 },
} as const satisfies Record<string, Allowance>;
export type LimitName = keyof typeof ALLOWANCES;

export type RateLimits = {
  /** Takes one from each; throws RATE_LIMITED if any is used up. */
  readonly consume: (uses: readonly { readonly limit: LimitName; readonly key: string }[]) => Promise<void>;
};

function isLimitName(name: string): name is LimitName {
  return name in ALLOWANCES;
}

/** Counted in Redis, so that all router processes count together; while Redis is away each counts for itself. */
export function createRateLimits(deps: { redis: RedisClient; scale: number }): RateLimits {
  const limiters = new Map<LimitName, RateLimiterRedis>();
  for (const name of Object.keys(ALLOWANCES)) {
    if (!isLimitName(name)) continue;
    const { points, seconds } = ALLOWANCES[name];
    const scaled = { keyPrefix: `rate:${name}`, points: Math.max(1, Math.round(points * deps.scale)), duration: seconds };
    limiters.set(
      name,
      new RateLimiterRedis({
        ...scaled,
        storeClient: deps.redis,
        rejectIfRedisNotReady: true,
        insuranceLimiter: new RateLimiterMemory(scaled),
      }),
    );
  }

  async function take(limit: LimitName, key: string): Promise<void> {
    try {
      // Hashed: an e-mail address is not to be read from a key, and a client must not choose a key's length.
      await limiters.get(limit)?.consume(createHash('sha256').update(key).digest('base64url'));
    } catch (error) {
      if (error instanceof RateLimiterRes) throw rateLimited(Math.max(1, Math.ceil(error.msBeforeNext / 1_000)));
      throw error;
    }
  }

  return {
    async consume(uses) {
      const outcomes = await Promise.allSettled(uses.map(({ limit, key }) => take(limit, key)));
      const refusals = outcomes.flatMap((outcome): unknown[] => (outcome.status === 'rejected' ? [outcome.reason] : []));
      const longest = refusals.toSorted((one, other) => retryAfterOf(other) - retryAfterOf(one));
      if (longest.length > 0) throw longest[0];
    },
  };
}

export function rateLimited(retryAfterSeconds: number): AppError {
  return new AppError('RATE_LIMITED', `Too many requests. Try again in ${retryAfterSeconds} s.`, { extensions: { retryAfterSeconds } });
}

export function retryAfterOf(error: unknown): number {
  const seconds = error instanceof AppError && error.code === 'RATE_LIMITED' ? error.extensions['retryAfterSeconds'] : undefined;
  return typeof seconds === 'number' ? seconds : 0;
}
