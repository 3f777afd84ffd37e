import type { Stage } from '../stage.ts';
import type { Buyer, SideNumber } from './buyer.ts';
import { otherSide } from './buyer.ts';
import { buyPatiently, payPatiently } from './patience.ts';
import type { Random } from './random.ts';
import { createRandom } from './random.ts';
import type { HoldRecord } from './record.ts';

const ROWS = ['A', 'B', 'C', 'D', 'E'];
const SEATS_PER_ROW = 10;
const SEATS_AT_ONCE_MAX = 3;
/** Long enough for a few answers, short enough that there is always somebody in the middle of a purchase. */
const PAUSE_MAX_MS = 60;

export type Load = { readonly stop: () => Promise<void> };

/** Neighbours in a row. */
function someSeats(random: Random): string[] {
  const count = random.between(1, SEATS_AT_ONCE_MAX);
  const row = random.pick(ROWS);
  const first = random.between(1, SEATS_PER_ROW - count + 1);
  return Array.from({ length: count }, (_, index) => `${row}-${first + index}`);
}

/** Somebody else tries what only the owner may do. */
async function intrude(stage: Stage, stranger: Buyer, side: SideNumber, hold: HoldRecord, random: Random): Promise<void> {
  const holdId = hold.holdId ?? '';
  if (random.chance(50)) stage.record.strangers.push({ holdId, what: 'refresh', got: await stranger.refresh(side, hold, 30) });
  else stage.record.strangers.push({ holdId, what: 'release', got: await stranger.release(side, hold) });
}

/** One visit: seats are held, and then given back, kept a little longer, left alone, replaced or bought, as people do. */
async function visit(stage: Stage, buyer: Buyer, stranger: Buyer, random: Random): Promise<void> {
  const side: SideNumber = random.chance(50) ? 0 : 1;
  const eventId = random.pick(stage.eventIds);
  let hold = await buyer.hold(side, eventId, someSeats(random));
  if (hold.answer !== 'held') return;
  if (random.chance(15)) await intrude(stage, stranger, otherSide(side), hold, random);
  if (random.chance(15)) await buyer.refresh(otherSide(side), hold, 8);
  if (random.chance(10)) return void (await buyer.release(otherSide(side), hold));
  if (random.chance(8)) return;
  if (random.chance(10)) {
    const next = await buyer.hold(side, eventId, someSeats(random), hold);
    if (next.answer !== 'held') return;
    hold = next;
  }

  if (random.chance(6)) await buyer.pay(side, hold, 'pm_card_declined');
  const paid = await payPatiently(buyer, side, hold, random.chance(4) ? 'pm_card_slow' : 'pm_card_visa');
  // Paid for and never bought: the money must come back.
  if (paid.kind !== 'paid' || random.chance(3)) return;
  const purchase = buyer.intend(hold, paid.intentId, random.chance(75) ? `key of ${hold.holdId}` : null);
  if (random.chance(10)) {
    const got = await stranger.purchase(side, purchase);
    stage.record.strangers.push({ holdId: purchase.holdId, what: 'buy', got: got.kind });
  }
  // An impatient finger, or a client that sends everything twice.
  if (random.chance(15)) await Promise.all([buyer.purchase(side, purchase), buyer.purchase(otherSide(side), purchase)]);
  const answer = await buyPatiently(buyer, side, purchase);
  if (answer.kind !== 'bought') return;
  if (random.chance(15)) await buyer.purchase(otherSide(side), purchase);
  if (!random.chance(20)) return;
  const refund = { all: random.chance(50), key: `refund of ${answer.orderId}` };
  // Once more, as somebody does who heard nothing.
  for (const at of [side, otherSide(side)] as const) await buyer.refund(at, answer.orderId, refund);
}

/** Everyone visits again and again, until it is stopped; then they finish what they are at. */
export function startLoad(stage: Stage, seed: number): Load {
  let stopped = false;
  const visitors = stage.buyers.map(async (buyer, index) => {
    const random = createRandom(seed * 1_000 + index);
    while (!stopped) {
      await visit(stage, buyer, stage.buyers[(index + 1) % stage.buyers.length] as Buyer, random);
      await new Promise((resolve) => setTimeout(resolve, random.below(PAUSE_MAX_MS)));
    }
  });
  return {
    stop: async () => {
      stopped = true;
      await Promise.all(visitors);
    },
  };
}
