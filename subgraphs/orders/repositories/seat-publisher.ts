import { z } from 'zod';
import type { RedisClient } from '../../../kit/runtime/redis.ts';
import type { SeatingPlan } from '../domain/seating-plan.ts';
import type { SeatingPlanRepository } from './seating-plan-repository.ts';
import type { ClaimRepository } from './claim-repository.ts';
import { seatKeys } from './seat-keys.ts';

/** A seat as the scripts take it: id, revision as read, claim as read afterwards, and what it is in the plan. */
type SeatFacts = readonly [seatId: string, revision: number, claim: string, inPlan: '' | 'BLOCKED' | 'GONE'];

function inPlan(plan: SeatingPlan, seatId: string): SeatFacts[3] {
  const seat = plan.seats.get(seatId);
  if (!seat) return 'GONE';
  return seat.blocked ? 'BLOCKED' : '';
}

const replySchema = z.tuple([z.string()]).rest(z.union([z.string(), z.null()]));

const TRIES_MAX = 100;
/** Events whose last version is remembered; an older one costs nothing but a version taken from the clock. */
const KNOWN_MAX = 10_000;

/**
 * The one way in which a seat's status reaches the map: read the revisions, then the claims and the plan, then run a script that refuses if a revision
 * has moved since. Whoever publishes last has therefore read claims and a plan that are at least as new as everyone's before.
 */
export function createSeatPublisher(deps: { redis: RedisClient; claims: ClaimRepository; plans: SeatingPlanRepository }) {
  const known = new Map<string, number>();

  function remember(eventId: string, version: number): void {
    if (version <= (known.get(eventId) ?? 0)) return;
    known.delete(eventId);
    if (known.size >= KNOWN_MAX) {
      const oldest = known.keys().next().value;
      if (oldest !== undefined) known.delete(oldest);
    }
    known.set(eventId, version);
  }

  async function readRevisions(eventId: string, seatIds: readonly string[]): Promise<{ begun: string; revisions: readonly number[] }> {
    const [begun, ...shown] = await deps.redis.hmget(seatKeys.seatShown(eventId), '#begun', ...seatIds);
    return { begun: begun ?? '', revisions: shown.map((value) => Number(value?.split(':')[1] ?? 0)) };
  }

  return {
    known: (eventId: string): number => known.get(eventId) ?? 0,
    remember,
    /** Runs `attempt` with fresh facts until it was not overtaken. Its reply's second element is the map's version. */
    async publishing<Refusal>(
      eventId: string,
      seatIds: readonly string[],
      attempt: (facts: { seatsJson: string; known: number; claims: ReadonlyMap<string, 'PENDING' | 'SOLD'> }) => Promise<unknown>,
      refuse?: (claims: ReadonlyMap<string, 'PENDING' | 'SOLD'>) => Refusal | null,
    ): Promise<{ refused: Refusal } | { reply: readonly (string | null)[] }> {
      for (let tries = 0; tries < TRIES_MAX; tries += 1) {
        const { begun, revisions } = await readRevisions(eventId, seatIds);
        const [claims, plan] = await Promise.all([deps.claims.ofSeats(eventId, seatIds), deps.plans.of(eventId)]);
        const refused = refuse?.(claims) ?? null;
        if (refused !== null) return { refused };
        const seats = seatIds.map((seatId, index): SeatFacts => [
          seatId,
          revisions[index] ?? 0,
          claims.get(seatId) ?? '',
          inPlan(plan, seatId),
        ]);
        const reply = replySchema.parse(
          await attempt({ seatsJson: JSON.stringify({ begun, seats }), known: known.get(eventId) ?? 0, claims }),
        );
        if (reply[0] !== 'MOVED') {
          if (reply[0] === 'DONE' && reply[1] !== null) remember(eventId, Number(reply[1]));
          return { reply };
        }
        // Someone else was faster. A random pause keeps two from overtaking each other for ever.
        if (tries > 3) await new Promise((resolve) => setTimeout(resolve, Math.random() * Math.min(tries, 20)));
      }
      throw new Error(`The seats of ${eventId} change faster than they can be published.`);
    },
  };
}
export type SeatPublisher = ReturnType<typeof createSeatPublisher>;
