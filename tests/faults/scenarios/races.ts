import { endedHoldsDisappear } from '../checks/seen.ts';
import type { SideNumber } from '../clients/buyer.ts';
import { buyPatiently, payPatiently } from '../clients/patience.ts';
import { paidBasket } from './in-mid-purchase.ts';
import type { Scenario } from './scenario.ts';

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Everyone wants the same seat, through both routers, and one orders process dies while they do. */
const oneSeat: Scenario = {
  name: 'all buyers want one seat while orders is killed -9',
  async run(stage) {
    const outcomes = stage.buyers.map(async (buyer, index) => {
      const side: SideNumber = index % 2 === 0 ? 0 : 1;
      const hold = await buyer.hold(side, stage.eventId, ['C-5']);
      if (hold.answer !== 'held') return typeof hold.answer === 'object' ? hold.answer.kind : hold.answer;
      const paid = await payPatiently(buyer, side, hold);
      if (paid.kind !== 'paid') return paid.kind;
      return (await buyPatiently(buyer, side, buyer.intend(hold, paid.intentId, 'one seat'))).kind;
    });
    await pause(15);
    await stage.cluster.sides[0].orders.kill();
    await stage.cluster.sides[0].orders.start();
    const told = await Promise.all(outcomes);
    const orders = (await stage.look()).orders.length;
    if (orders > 1) stage.note([`2: one seat made ${orders} orders`]);
    return told.toSorted((a, b) => a.localeCompare(b)).join(' ');
  },
};

/** Holds that nobody extends end on every open map, also those of a process that has died since. */
const holdsEnd: Scenario = {
  name: 'holds end on open maps while the process that placed them is dead',
  async run(stage) {
    const seats = ['A', 'B', 'C', 'D'].flatMap((row) => [`${row}-1`, `${row}-2`]);
    const holds = await Promise.all(stage.buyers.map((buyer, index) => buyer.hold(0, stage.eventId, [seats[index] ?? 'E-10'])));
    for (const hold of holds) if (hold.answer !== 'held') stage.note([`13: a free seat cannot be held: ${JSON.stringify(hold.answer)}`]);
    await stage.cluster.sides[0].orders.kill();
    const last = Math.max(...holds.map(({ expiresAt }) => expiresAt));
    await pause(Math.max(0, last - Date.now()) + 2_100);
    // The first router's maps are fed by the process that is dead; they are compared once it is back.
    for (const map of stage.maps.slice(1)) stage.note(endedHoldsDisappear(map, stage.record));
  },
};

const SCANS = 12;

/** Invariant 12: one ticket at many doors at once, while a process dies; every scanner that heard nothing asks again with its own nonce. */
const scans: Scenario = {
  name: `a ticket scanned ${SCANS} times at once while orders is killed -9`,
  async run(stage) {
    const basket = await paidBasket(stage, { buyer: 0, side: 1, seatIds: ['D-4', 'D-5'] });
    const bought = await buyPatiently(basket.buyer, 1, basket.purchase);
    if (bought.kind !== 'bought') return stage.note([`13: paid for, and answered with ${JSON.stringify(bought)}`]);
    const tickets = await basket.buyer.ask<{ order: { tickets: { code: string }[] } }>(
      1,
      'query ($id: ID!) { order(id: $id) { tickets { code } } }',
      { id: bought.orderId },
    );
    const code = 'kind' in tickets ? '' : (tickets.data.order.tickets[0]?.code ?? '');
    const scan = (side: SideNumber, nonce: number) => stage.people.scan(side, stage.eventId, code, `door ${nonce}`);
    const first = Array.from({ length: SCANS }, (_, nonce) => scan(nonce % 2 === 0 ? 0 : 1, nonce).catch(() => null));
    await stage.cluster.sides[0].orders.kill();
    await stage.cluster.sides[0].orders.start();
    const answers = await Promise.all(first);
    const letIn = answers.filter((answer) => answer?.outcome === 'CheckInPayload' && !answer.replayed);
    if (letIn.length > 1) stage.note([`12: one ticket let ${letIn.length} people in`]);
    const again = await Promise.all(answers.map((_, nonce) => scan(1, nonce)));
    const admitted = again.filter(({ outcome }) => outcome === 'CheckInPayload');
    const refused = again.filter(({ outcome }) => outcome === 'ALREADY_CHECKED_IN');
    if (admitted.length !== 1 || refused.length !== SCANS - 1)
      stage.note([`12: asked again, the doors heard ${again.map(({ outcome }) => outcome).join(' ')}`]);
    if (letIn.length === 1 && again.findIndex(({ outcome }) => outcome === 'CheckInPayload') !== answers.indexOf(letIn[0] ?? null))
      stage.note(['12: another door than the first one let somebody in']);
    const refund = await basket.buyer.refund(1, bought.orderId, { all: false, key: 'let in already' });
    if (refund !== 'OrderNotRefundable') stage.note([`12: a ticket that was let in was given back: ${refund}`]);
  },
};

export const races: readonly Scenario[] = [oneSeat, holdsEnd, scans];
