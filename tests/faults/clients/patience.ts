import type { Buyer, Paid, SideNumber } from './buyer.ts';
import { otherSide } from './buyer.ts';
import type { Bought, Failure, HoldRecord, PurchaseRecord, Refusal } from './record.ts';

/** What a good client does when nobody knows how it ended: it asks again, the other router too, with the same key, for a minute. */
const PATIENCE_MS = 60_000;
const PAUSE_MS = 250;

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
const isOpen = (answer: { kind: string; type?: string }): boolean => answer.kind === 'failed' || answer.type === 'OrderProcessing';

export async function buyPatiently(buyer: Buyer, side: SideNumber, purchase: PurchaseRecord): Promise<Bought | Refusal | Failure> {
  const deadline = Date.now() + PATIENCE_MS;
  for (let at = side; ; at = otherSide(at)) {
    const answer = await buyer.purchase(at, purchase);
    if (!isOpen(answer) || Date.now() > deadline) return answer;
    await pause();
  }
}

/** Until the provider's answer is known: a payment under way is asked for again. */
export async function payPatiently(
  buyer: Buyer,
  side: SideNumber,
  hold: HoldRecord,
  paymentMethod?: string,
): Promise<Paid | Refusal | Failure> {
  const deadline = Date.now() + PATIENCE_MS;
  for (let at = side; ; at = otherSide(at)) {
    const answer = await buyer.pay(at, hold, paymentMethod);
    const known = answer.kind === 'refused' || (answer.kind === 'paid' && answer.status !== 'PROCESSING');
    if (known || Date.now() > deadline) return answer;
    await pause();
  }
}

/** A try without an answer may have held the seats: then they are refused to the next one until that hold has ended. */
export async function holdPatiently(buyer: Buyer, side: SideNumber, eventId: string, seatIds: readonly string[]): Promise<HoldRecord> {
  const deadline = Date.now() + PATIENCE_MS;
  let unanswered = false;
  for (let at = side; ; at = otherSide(at)) {
    const hold = await buyer.hold(at, eventId, seatIds);
    if (typeof hold.answer === 'object' && hold.answer.kind === 'failed') unanswered = true;
    else if (hold.answer === 'held' || !unanswered) return hold;
    if (Date.now() > deadline) return hold;
    await pause();
  }
}
