import type { Clock } from '../../../kit/values/clock.ts';
import type { Event } from '../domain/event.ts';
import { bestSellersSince, purchaseWeight } from '../domain/taste.ts';
import type { EventRepository } from '../repositories/event-repository.ts';
import type { PurchaseRepository } from '../repositories/purchase-repository.ts';
import type { Similarity } from '../search/similarity.ts';

/** What was bought is never recommended; beyond this many, the oldest may come back. */
const PURCHASES_READ_MAX = 500;
/** Older ones hardly weigh anything. */
const PURCHASES_WEIGHED_MAX = 50;
const BEST_SELLERS_MAX = 200;
const BEST_SELLERS_LIFE_MS = 30_000;

/** Content-based: nothing leaves this process but the ids of what a user bought. */
export function createRecommendations(deps: {
  events: EventRepository;
  purchases: PurchaseRepository;
  similarity: Similarity;
  clock: Clock;
  bestSellersLifeMilliseconds?: number;
}) {
  let bestSellers: { ids: Promise<readonly string[]>; until: number } | null = null;

  // The same for everybody, and a sum over a month of sales: shared for a moment.
  function currentBestSellers(now: Date): Promise<readonly string[]> {
    if (bestSellers && bestSellers.until > now.getTime()) return bestSellers.ids;
    const ids = deps.purchases.bestSellers(bestSellersSince(now), BEST_SELLERS_MAX);
    const kept = { ids, until: now.getTime() + (deps.bestSellersLifeMilliseconds ?? BEST_SELLERS_LIFE_MS) };
    bestSellers = kept;
    ids.catch(() => {
      if (bestSellers === kept) bestSellers = null;
    });
    return ids;
  }

  /** The index may be seconds behind: the database has the last word on what is on sale. */
  async function load(ids: readonly string[], now: Date): Promise<readonly Event[]> {
    const found = new Map((await deps.events.findByIds(ids)).map((event) => [event.id, event]));
    return ids.flatMap((id) => found.get(id) ?? []).filter((event) => event.status === 'PUBLISHED' && event.startsAt > now);
  }

  return {
    /** Upcoming published events most like this one, best first. */
    async related(event: Event, first: number): Promise<readonly Event[]> {
      const now = deps.clock.now();
      return load(deps.similarity.closest(deps.similarity.vectorOf(event), { now, excluded: new Set([event.id]), limit: first }), now);
    },

    /** By what the user bought; where that gives too little, best sellers, then the soonest. */
    async forUser(userId: string, first: number): Promise<readonly Event[]> {
      const now = deps.clock.now();
      const bought = await deps.purchases.listOfUser(userId, PURCHASES_READ_MAX);
      const options = { now, excluded: new Set(bought.map(({ eventId }) => eventId)), limit: first };
      const weighed = bought
        .slice(0, PURCHASES_WEIGHED_MAX)
        .map(({ eventId, confirmedAt }) => ({ eventId, weight: purchaseWeight(confirmedAt, now) }));
      const similar = deps.similarity.closest(deps.similarity.profileOf(weighed), options);
      if (similar.length >= first) return load(similar, now);
      const others = [...(await currentBestSellers(now)), ...deps.similarity.soonest({ ...options, limit: first * 2 })];
      return load(deps.similarity.choose([...similar, ...others], options), now);
    },
  };
}
export type Recommendations = ReturnType<typeof createRecommendations>;
