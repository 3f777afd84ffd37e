import type { PurchasePoint } from '../../../subgraphs/orders/domain/purchase-points.ts';
import { PURCHASE_POINTS } from '../../../subgraphs/orders/domain/purchase-points.ts';
import type { Buyer, SideNumber } from '../clients/buyer.ts';
import { buyPatiently } from '../clients/patience.ts';
import type { PurchaseRecord } from '../clients/record.ts';
import type { Stage } from '../stage.ts';
import type { Scenario } from './scenario.ts';

const SEATS = [
  ['A-1', 'A-2'],
  ['B-1', 'B-2'],
] as const;

async function ready(stage: Stage, side: SideNumber, point: PurchasePoint): Promise<{ buyer: Buyer; purchase: PurchaseRecord }> {
  const buyer = stage.buyers[side] as Buyer;
  const hold = await buyer.hold(side, stage.eventId, SEATS[side]);
  if (hold.answer !== 'held') throw new Error(`Not held: ${JSON.stringify(hold.answer)}`);
  const paid = await buyer.pay(side, hold);
  if (paid.kind !== 'paid') throw new Error(`Not paid: ${JSON.stringify(paid)}`);
  return { buyer, purchase: buyer.intend(hold, paid.intentId, `crash at ${point}`) };
}

async function orderIsDecided(stage: Stage, purchase: PurchaseRecord): Promise<void> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const state = await stage.look();
    const order = state.orders.find(({ holdId }) => holdId === purchase.holdId);
    if (order && order.status !== 'PENDING_PAYMENT') return;
    if (Date.now() > deadline) return stage.note([`5: nobody finished the order of ${purchase.holdId}, killed in mid-purchase`]);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/**
 * Both orders processes are armed, one with automatic and one with manual capture, and die at the same point. One buyer asks again with the same key
 * at once; the other waits until somebody else has finished the order, where there is one, and asks then.
 */
function killedAt(point: PurchasePoint): Scenario {
  return {
    name: `orders killed -9 at ${point}, automatic and manual capture`,
    async run(stage) {
      const { sides } = stage.cluster;
      await Promise.all(sides.map(({ orders }) => orders.kill()));
      await Promise.all([
        sides[0].orders.start({ CRASH_AT: point }),
        sides[1].orders.start({ CRASH_AT: point, PAYMENT_CAPTURE: 'manual' }),
      ]);
      const [first, second] = await Promise.all([ready(stage, 0, point), ready(stage, 1, point)]);
      const answers = await Promise.all([first.buyer.purchase(0, first.purchase), second.buyer.purchase(1, second.purchase)]);
      for (const [index, answer] of answers.entries())
        if (answer.kind !== 'failed') stage.note([`orders-${index + 1} answered ${JSON.stringify(answer)} and was to die at ${point}`]);
      const ends = await Promise.all(sides.map(({ orders }) => orders.ended()));
      if (ends.some((end) => end !== 'SIGKILL')) stage.note([`${point} was not reached: ${ends.join(', ')}`]);
      await Promise.all(sides.map(({ orders }) => orders.start()));

      const again = buyPatiently(first.buyer, 0, first.purchase);
      if (point >= 'C2') await orderIsDecided(stage, second.purchase);
      const results = await Promise.all([again, buyPatiently(second.buyer, 1, second.purchase)]);
      for (const result of results) if (result.kind !== 'bought') stage.note([`6: the retry with the key got ${JSON.stringify(result)}`]);
    },
  };
}

export const crashPoints: readonly Scenario[] = PURCHASE_POINTS.map(killedAt);
