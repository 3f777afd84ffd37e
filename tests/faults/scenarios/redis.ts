import type { Load } from '../clients/load.ts';
import { startLoad } from '../clients/load.ts';
import type { Buyer } from '../clients/buyer.ts';
import type { Stage } from '../stage.ts';
import type { Scenario } from './scenario.ts';

const ANSWERS_WITHIN_MS = 1_000;
const OUTAGE_MS = 3_000;

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Without Redis nobody can hold, which is said within a second by its code; what is sold can still be read. */
async function outageIsAnswered(stage: Stage): Promise<string> {
  const buyer = stage.buyers[0] as Buyer;
  let longest = 0;
  for (const side of [0, 1] as const)
    for (let times = 0; times < 3; times += 1) {
      const begun = performance.now();
      const hold = await buyer.hold(side, stage.eventId, ['E-10']);
      const held = performance.now();
      const seats = await buyer.ask<{ event: { seatMap: { seats: unknown[] } | null } }>(
        side,
        'query ($id: ID!) { event(id: $id) { seatMap { seats { seatId status } } } }',
        { id: stage.eventId },
      );
      const read = performance.now();
      longest = Math.max(longest, held - begun, read - held);
      const { answer } = hold;
      if (typeof answer === 'string' || answer.kind !== 'failed' || answer.code !== 'SERVICE_UNAVAILABLE')
        stage.note([`Redis away: a hold was answered with ${JSON.stringify(answer)}`]);
      if ('kind' in seats || seats.data.event.seatMap?.seats.length !== 50)
        stage.note([`Redis away: the seats were answered with ${JSON.stringify(seats).slice(0, 200)}`]);
    }
  if (longest > ANSWERS_WITHIN_MS) stage.note([`Redis away: an answer took ${Math.round(longest)} ms`]);
  return `answers in at most ${Math.round(longest)} ms`;
}

async function faultOf(stage: Stage, fault: (stage: Stage) => Promise<string | void>, load: Load): Promise<string | void> {
  try {
    return await fault(stage);
  } finally {
    await load.stop();
  }
}

/** Business, the fault, and business again; the maps must agree five seconds after Redis is back. */
function redisFault(name: string, seed: number, fault: (stage: Stage) => Promise<string | void>): Scenario {
  return {
    name,
    events: 2,
    async run(stage) {
      const before = startLoad(stage, seed);
      await pause(1_500);
      const more = await faultOf(stage, fault, before);
      await stage.cluster.heal();
      const agreed = await stage.untilMapsAgree();
      const after = startLoad(stage, seed + 500);
      await pause(2_000);
      await after.stop();
      return [...(more ? [more] : []), `maps agreed ${(agreed / 1_000).toFixed(1)} s after Redis was back`].join('; ');
    },
  };
}

export const redisFaults = (seed: number): readonly Scenario[] => [
  redisFault('Redis killed -9 and restarted', seed, async (stage) => {
    const { redis } = stage.cluster;
    await redis.kill();
    const more = await outageIsAnswered(stage);
    await pause(OUTAGE_MS);
    await redis.start();
    return more;
  }),
  redisFault('Redis frozen', seed + 1, async (stage) => {
    stage.cluster.redis.freeze();
    // Whoever is connected to it waits for its deadline first.
    const more = await outageIsAnswered(stage);
    await pause(OUTAGE_MS);
    stage.cluster.redis.thaw();
    return more;
  }),
  redisFault('Redis flushed, the bus with it', seed + 2, (stage) => stage.losing(() => stage.cluster.redis.flush())),
  redisFault('Redis restored from an older copy', seed + 3, async (stage) => {
    const since = Date.now();
    await stage.cluster.redis.keepCopy();
    await pause(1_500);
    await stage.losing(() => stage.cluster.redis.restoreCopy(), since);
  }),
];
