import { Redis } from 'ioredis';
import type { Buyer } from '../clients/buyer.ts';
import { buyPatiently } from '../clients/patience.ts';
import type { WatchedMap } from '../clients/watched-map.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { frozenPastTheHold, killedAfterTheAnswer, paidBasket, rearm } from '../scenarios/in-mid-purchase.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import type { Stage } from '../stage.ts';
import type { BugName } from './bugs.ts';

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

const heldTwice: Scenario = {
  name: 'a held seat is asked for again',
  async run(stage) {
    const first = await (stage.buyers[0] as Buyer).hold(0, stage.eventId, ['A-1', 'A-2']);
    await (stage.buyers[1] as Buyer).hold(1, stage.eventId, ['A-2', 'A-3']);
    if (first.answer !== 'held') stage.note([`13: a free seat cannot be held: ${JSON.stringify(first.answer)}`]);
  },
};

const askedAgainAfterLosses: Scenario = {
  name: 'a purchase is asked for again after Redis was flushed and orders restarted',
  async run(stage) {
    const basket = await paidBasket(stage, { buyer: 0, side: 0, seatIds: ['A-1', 'A-2'] });
    await buyPatiently(basket.buyer, 0, basket.purchase);
    await basket.buyer.purchase(1, basket.purchase);
    await stage.losing(() => stage.cluster.redis.flush());
    await Promise.all(([0, 1] as const).map((side) => rearm(stage, side, {})));
    for (const side of [0, 1] as const) await basket.buyer.purchase(side, basket.purchase);
  },
};

/** Redis may lose any key at any time. */
async function loseHold(stage: Stage, seatId: string): Promise<void> {
  const redis = new Redis(`${stage.cluster.redis.url}/1`);
  try {
    await stage.losing(async () => void (await redis.del(`hold:{${stage.eventId}}:${seatId}`)));
  } finally {
    redis.disconnect();
  }
}

async function untilShown(map: WatchedMap | undefined, seatId: string, status: string): Promise<void> {
  const deadline = Date.now() + 15_000;
  while (map?.statuses().get(seatId) !== status) {
    if (Date.now() > deadline) throw new Error(`${seatId} is not shown as ${status}.`);
    await pause(50);
  }
}

/**
 * A hold is on its way with claims that it has read as free. The seat is being bought meanwhile: its claim commits, and its buyer's process stands still
 * before the map hears of it, while Redis has lost the buyer's hold. Only a look at the claims after the script can tell.
 */
const holdMeetsClaim: Scenario = {
  name: 'a hold is placed while the seat is being claimed',
  async run(stage) {
    const [buying, holding] = stage.cluster.sides;
    await rearm(stage, 0, { FREEZE_AT: 'C2' });
    await rearm(stage, 1, { GATE: 'hold' });
    const basket = await paidBasket(stage, { buyer: 0, side: 0, seatIds: ['C-5'] });
    // That map must be connected again, or it would miss what is published.
    await untilShown(stage.maps[1], 'C-5', 'HELD');
    const atTheGate = holding.orders.told('at the gate');
    const late = (stage.buyers[1] as Buyer).hold(1, stage.eventId, ['C-5']);
    await atTheGate;
    const bought = basket.buyer.purchase(0, basket.purchase);
    await buying.orders.frozen();
    await loseHold(stage, 'C-5');
    holding.orders.tell({ kind: 'go on' });
    await late;
    // Whatever was published is on the other router's map by now.
    await pause(500);
    const shownFree = stage.maps[1]?.changes.filter(({ seatId, to }) => seatId === 'C-5' && to === 'AVAILABLE') ?? [];
    if (shownFree.length > 0) stage.note(['10: C-5 was shown AVAILABLE while it was being bought']);
    buying.orders.thaw();
    await bought;
    await buyPatiently(basket.buyer, 0, basket.purchase);
  },
};

const leftAtC2: Scenario = {
  name: 'orders killed -9 at C2, and nobody but the reconciler sees to it',
  async run(stage) {
    await rearm(stage, 0, { CRASH_AT: 'C2' });
    const basket = await paidBasket(stage, { buyer: 0, side: 0, seatIds: ['B-2', 'B-3'] });
    await basket.buyer.purchase(0, basket.purchase);
    await stage.cluster.sides[0].orders.ended();
    await basket.buyer.purchase(1, basket.purchase);
  },
};

type Seeded = {
  readonly bug: BugName;
  readonly scenario: Scenario;
  /** What must be said about it: another complaint would be an accident. */
  readonly complaint: RegExp;
  readonly settlesWithin: number;
};

const SOON_MS = 4_000;
/** Until the dead process's lease of the reconciler is over, and some. */
const RECONCILED_MS = 25_000;

/** The last one leaves a database without its guard. */
export const SEEDED: readonly Seeded[] = [
  { bug: 'holds set without looking', scenario: heldTwice, complaint: /^2: .* was promised to .* at once/, settlesWithin: SOON_MS },
  { bug: 'idempotency only in Redis', scenario: askedAgainAfterLosses, complaint: /^6: .* was refused later/, settlesWithin: SOON_MS },
  { bug: 'no second look at the claims', scenario: holdMeetsClaim, complaint: /^2: .* is held by .*, and claimed/, settlesWithin: SOON_MS },
  { bug: 'constant states published', scenario: holdMeetsClaim, complaint: /^10: C-5 was shown AVAILABLE/, settlesWithin: SOON_MS },
  { bug: 'recovery point ignored', scenario: leftAtC2, complaint: /^5: order .* is still PENDING_PAYMENT/, settlesWithin: RECONCILED_MS },
  {
    bug: 'answer before commit',
    scenario: killedAfterTheAnswer,
    complaint: /^6: order .* was acknowledged, and is/,
    settlesWithin: SOON_MS,
  },
  {
    bug: 'no unique guard on seats',
    scenario: frozenPastTheHold('with Redis'),
    complaint: /^1: .* has 2 (claims|active tickets)/,
    settlesWithin: SOON_MS,
  },
];

/** Without a bug each of these scenarios must pass: else a complaint would prove nothing. */
export const CONTROLS: readonly Scenario[] = [...new Map(SEEDED.map(({ scenario }) => [scenario.name, scenario])).values()];

export async function seed(cluster: Cluster, bug: BugName): Promise<void> {
  await Promise.all(
    cluster.sides.map(async ({ orders }) => {
      await orders.kill();
      orders.become('tests/faults/bugs/orders-with-bug', { BUG: bug });
      await orders.start();
    }),
  );
}
