import type { State } from '../checks/state.ts';
import type { Buyer, SideNumber } from '../clients/buyer.ts';
import { buyPatiently, holdPatiently, payPatiently } from '../clients/patience.ts';
import type { HoldRecord, PurchaseRecord } from '../clients/record.ts';
import type { Stage } from '../stage.ts';
import type { Scenario } from './scenario.ts';

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

export type Basket = { readonly buyer: Buyer; readonly hold: HoldRecord; readonly purchase: PurchaseRecord };

/** Held and paid for, and not bought yet. */
export async function paidBasket(
  stage: Stage,
  settings: { buyer: number; side: SideNumber; seatIds: readonly string[]; key?: string; paymentMethod?: string },
): Promise<Basket> {
  const buyer = stage.buyers[settings.buyer] as Buyer;
  const hold = await holdPatiently(buyer, settings.side, stage.eventId, settings.seatIds);
  if (hold.answer !== 'held') throw new Error(`Not held: ${JSON.stringify(hold.answer)}`);
  const paid = await payPatiently(buyer, settings.side, hold, settings.paymentMethod);
  if (paid.kind !== 'paid') throw new Error(`Not paid: ${JSON.stringify(paid)}`);
  return { buyer, hold, purchase: buyer.intend(hold, paid.intentId, settings.key ?? `key of ${hold.holdId}`) };
}

/** The process on this side starts anew and will stop itself at that point of its next purchase. */
export async function rearm(stage: Stage, side: SideNumber, environment: Record<string, string>): Promise<void> {
  const { orders } = stage.cluster.sides[side];
  await orders.kill();
  await orders.start(environment);
}

/** What a buyer who came too late may be told. */
function expectRefusal(stage: Stage, answer: { kind: string; type?: string }, types: readonly string[]): void {
  if (answer.kind !== 'refused' || !types.includes(answer.type ?? ''))
    stage.note([`2: who came too late was told ${JSON.stringify(answer)}`]);
}

/** Long enough for the frozen one's hold to end by itself: confirming a payment gives it two minutes. */
const PAYING_LIFE_MS = 122_000;

/**
 * The first buyer's purchase is frozen after its hold was secured. Somebody else gets the seats, because the hold has ended (or Redis has lost it), and
 * buys them. Then the first one's process goes on: its late write must lose.
 */
export function frozenPastTheHold(how: 'by itself' | 'with Redis'): Scenario {
  return {
    name: `orders frozen in mid-purchase while its hold ends ${how}`,
    async run(stage) {
      await rearm(stage, 0, { FREEZE_AT: 'C1' });
      const first = await paidBasket(stage, { buyer: 0, side: 0, seatIds: ['C-4', 'C-5'] });
      const frozen = first.buyer.purchase(0, first.purchase);
      await stage.cluster.sides[0].orders.frozen();
      const frozenAt = Date.now();
      if (how === 'with Redis') await stage.losing(() => stage.cluster.redis.flush());
      else await pause(PAYING_LIFE_MS);
      const second = await paidBasket(stage, { buyer: 1, side: 1, seatIds: ['C-5', 'C-6'] });
      const bought = await buyPatiently(second.buyer, 1, second.purchase);
      if (bought.kind !== 'bought') stage.note([`13: seats of a hold that has ended cannot be bought: ${JSON.stringify(bought)}`]);
      stage.cluster.sides[0].orders.thaw();
      await frozen;
      // PaymentNotConfirmed: the reconciler was faster, and the money is on its way back already.
      const refusals = ['SeatsUnavailable', 'HoldExpired', 'PaymentNotConfirmed'];
      expectRefusal(stage, await buyPatiently(first.buyer, 0, first.purchase), refusals);
      return `frozen for ${Math.round((Date.now() - frozenAt) / 1_000)} s`;
    },
  };
}

/** Every order of the event, once all of its money is back; a violation if it is not within a minute. */
async function refunded(stage: Stage): Promise<State> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const state = await stage.look();
    const kept = state.intents.reduce((sum, { provider }) => sum + (provider?.captured ?? 0) - (provider?.refunded ?? 0), 0);
    const unfinished = state.orders.filter(({ status }) => status !== 'REFUNDED');
    if (kept === 0 && unfinished.length === 0) return state;
    if (Date.now() > deadline) {
      stage.note([`5: ${kept} of a cancelled event is kept, ${unfinished.length} of its orders are not refunded`]);
      return state;
    }
    await pause(250);
  }
}

/** The organizer cancels while a purchase stands still at this point. */
function cancelledAt(point: string): Scenario {
  return {
    name: `event cancelled while a purchase stands at ${point}`,
    async run(stage) {
      const before = await paidBasket(stage, { buyer: 0, side: 1, seatIds: ['A-1', 'A-2'] });
      await buyPatiently(before.buyer, 1, before.purchase);
      // Paid for and held, and never bought.
      await paidBasket(stage, { buyer: 1, side: 1, seatIds: ['B-1'] });
      await rearm(stage, 0, { FREEZE_AT: point });
      const basket = await paidBasket(stage, { buyer: 2, side: 0, seatIds: ['D-1', 'D-2'] });
      const frozen = basket.buyer.purchase(0, basket.purchase);
      await stage.cluster.sides[0].orders.frozen();
      stage.record.closedEvents.set(stage.eventId, Date.now());
      await stage.people.cancelEvent(stage.eventId);
      const closed = async (): Promise<boolean> => {
        const probe = await (stage.buyers[3] as Buyer).hold(1, stage.eventId, ['E-1']);
        return typeof probe.answer === 'object' && probe.answer.kind === 'refused' && probe.answer.type === 'SalesClosed';
      };
      while (!(await closed())) await pause(100);
      stage.cluster.sides[0].orders.thaw();
      await frozen;
      const state = await refunded(stage);
      return `${state.orders.length} orders refunded`;
    },
  };
}

/** The provider takes its time, or takes the money and never answers; one buyer asks again, one is gone for good. */
const slowProvider: Scenario = {
  name: 'the provider answers late, or takes the money and never answers',
  async run(stage) {
    const [slow, lost] = await Promise.all([
      paidBasket(stage, { buyer: 0, side: 0, seatIds: ['A-1'], paymentMethod: 'pm_card_slow' }),
      paidBasket(stage, { buyer: 1, side: 1, seatIds: ['A-2'], paymentMethod: 'pm_card_timeout' }),
      abandonedPayment(stage),
    ]);
    const answers = await Promise.all([buyPatiently(slow.buyer, 0, slow.purchase), buyPatiently(lost.buyer, 1, lost.purchase)]);
    for (const answer of answers) if (answer.kind !== 'bought') stage.note([`5: paid for, and answered with ${JSON.stringify(answer)}`]);
    // The third one's hold ends with Redis, and nobody ever asks for it again: the money must be back.
    await stage.losing(() => stage.cluster.redis.flush());
  },
};

async function abandonedPayment(stage: Stage): Promise<void> {
  const buyer = stage.buyers[2] as Buyer;
  const hold = await holdPatiently(buyer, 0, stage.eventId, ['B-1', 'B-2']);
  const answer = await buyer.pay(0, hold, 'pm_card_timeout');
  if (answer.kind !== 'paid' || answer.status !== 'PROCESSING')
    stage.note([`5: a payment without an answer was told as ${JSON.stringify(answer)}`]);
}

/** The process dies the moment after it has answered: what it said must stand, without anyone asking again. */
export const killedAfterTheAnswer: Scenario = {
  name: 'orders killed -9 right after its answer',
  async run(stage) {
    const basket = await paidBasket(stage, { buyer: 0, side: 0, seatIds: ['B-4', 'B-5'] });
    const answer = await basket.buyer.purchase(0, basket.purchase);
    await stage.cluster.sides[0].orders.kill();
    if (answer.kind !== 'bought') return stage.note([`13: the purchase was answered with ${JSON.stringify(answer)}`]);
    const status = await basket.buyer.orderStatus(1, answer.orderId);
    if (status !== 'CONFIRMED')
      stage.note([`6: order ${answer.orderId} was acknowledged, and is ${String(status)} when its process has died`]);
  },
};

export const midPurchase: readonly Scenario[] = [
  frozenPastTheHold('with Redis'),
  killedAfterTheAnswer,
  slowProvider,
  cancelledAt('C1'),
  cancelledAt('C2'),
  cancelledAt('C4'),
];
