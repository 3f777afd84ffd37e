import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Hold } from '../domain/hold.ts';
import type { PaymentIntent } from '../domain/payment-intent.ts';
import type { ProviderResult } from '../domain/payment-provider.ts';
import type { Viewer } from '../domain/viewer.ts';
import type { OrdersFixture } from '../testing/orders-fixture.ts';
import { startOrders } from '../testing/orders-fixture.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

let orders: OrdersFixture;
let losesAnswers = false;
// Anew for each: they move the clock.
beforeEach(async () => {
  losesAnswers = false;
  orders = await startOrders({
    provider: (real) => ({
      ...real,
      confirm: async (request) => {
        const result = await real.confirm(request);
        const lost: ProviderResult<never> = { kind: 'unknown', cause: new Error('lost') };
        return losesAnswers ? lost : result;
      },
    }),
  });
});
afterEach(() => orders.close());

async function basket(): Promise<{ buyer: Viewer; held: Hold; intent: PaymentIntent }> {
  const buyer = orders.viewer();
  const held = await orders.hold(buyer, await orders.publishedEvent(), ['A-1']);
  return { buyer, held, intent: await orders.intend(buyer, held) };
}
const confirm = (buyer: Viewer, intent: PaymentIntent, paymentMethod: string | null = null) =>
  orders.core.confirmPayment(buyer, { paymentIntentId: intent.id, clientSecret: intent.clientSecret ?? '', paymentMethod });
const stored = async (intent: PaymentIntent) => orders.core.repositories.intents.find(intent.id);
async function atProvider(intent: PaymentIntent): Promise<string | undefined> {
  const found = await orders.simulator.retrieve(intent.providerIntentId ?? '');
  return found.kind === 'done' ? found.value.status : undefined;
}

/** Up to the page where the payer decides. */
async function asked() {
  const { buyer, held, intent } = await basket();
  const outcome = await confirm(buyer, intent, 'pm_card_requires_action');
  if (outcome.kind !== 'ConfirmPaymentPayload') throw new Error(outcome.kind);
  const url = outcome.paymentIntent.nextAction?.url;
  if (url === undefined) throw new Error('no page to go to');
  const decide = (decision: 'approve' | 'decline') =>
    orders.simulator.decideAction(intent.providerIntentId ?? '', new URL(url).searchParams.get('token') ?? '', decision);
  return { buyer, held, intent, outcome, url, decide };
}

describe('a payment that asks its payer', () => {
  it('names a page, is not confirmed until they have been there, and can be bought with afterwards', async () => {
    const { buyer, held, intent, outcome, decide } = await asked();
    expect(outcome.paymentIntent.status).toBe('REQUIRES_ACTION');
    expect(await orders.purchase(buyer, held, intent, 'k')).toMatchObject({ kind: 'PaymentNotConfirmed', status: 'REQUIRES_ACTION' });
    expect(await confirm(buyer, intent)).toEqual(outcome);
    await decide('approve');
    expect(await confirm(buyer, intent)).toMatchObject({
      kind: 'ConfirmPaymentPayload',
      paymentIntent: { status: 'SUCCEEDED', nextAction: null },
    });
    expect(await orders.purchase(buyer, held, intent, 'k')).toMatchObject({ kind: 'PurchasePayload', order: { status: 'CONFIRMED' } });
  });

  it('gives its payer the time to purchase once they are back', async () => {
    const { buyer, held, intent, decide } = await asked();
    await orders.redis.pexpire(`hold:{${held.eventId}}:A-1`, 5_000);
    await decide('approve');
    await confirm(buyer, intent);
    expect(await orders.redis.pttl(`hold:{${held.eventId}}:A-1`)).toBeGreaterThan(100_000);
  });

  it('is declined by a no, and takes another card with a new attempt', async () => {
    const { buyer, held, intent, decide } = await asked();
    await decide('decline');
    expect(await confirm(buyer, intent)).toMatchObject({ kind: 'PaymentDeclined', reason: 'authentication_failed' });
    expect(await stored(intent)).toMatchObject({ status: 'REQUIRES_CONFIRMATION', attempt: 2, nextAction: null });
    await confirm(buyer, intent, 'pm_card_visa');
    expect(await orders.purchase(buyer, held, intent)).toMatchObject({ kind: 'PurchasePayload' });
  });

  it('leaves the hold to its owner, and ends at the provider and here once that is over', async () => {
    const { buyer, held, intent, decide } = await asked();
    expect(await orders.core.releaseHold(buyer, held.id)).toBe(true);
    expect(await confirm(buyer, intent)).toMatchObject({ kind: 'HoldExpired' });
    orders.clock.advance(MINUTE);
    await orders.core.reconcile.run();
    expect([await atProvider(intent), (await stored(intent))?.status]).toEqual(['CANCELLED', 'CANCELLED']);
    await decide('approve');
    expect(await atProvider(intent)).toBe('CANCELLED');
    expect(await orders.mongo.db.collection('refunds').countDocuments()).toBe(0);
  });

  it('stays open to its payer while the hold lives, whatever the reconciler does', async () => {
    const { buyer, intent, decide } = await asked();
    orders.clock.advance(MINUTE);
    await orders.core.reconcile.run();
    expect((await stored(intent))?.status).toBe('REQUIRES_ACTION');
    await decide('approve');
    expect(await confirm(buyer, intent)).toMatchObject({ kind: 'ConfirmPaymentPayload', paymentIntent: { status: 'SUCCEEDED' } });
  });

  it('gives the money back to a payer who came too late', async () => {
    const { buyer, intent, decide } = await asked();
    orders.clock.advance(7 * MINUTE);
    await decide('approve');
    expect(await orders.simulator.retrieve(intent.providerIntentId ?? '')).toMatchObject({ value: { status: 'SUCCEEDED' } });
    await orders.redis.flushdb();
    expect(await confirm(buyer, intent)).toMatchObject({ kind: 'HoldExpired' });
    orders.clock.advance(20 * MINUTE);
    await orders.core.reconcile.run();
    expect([await atProvider(intent), (await stored(intent))?.status]).toEqual(['REFUNDED', 'REFUNDED']);
  });

  it('is too late for a hold that was let go meanwhile, and is given back', async () => {
    const { buyer, held, intent, decide } = await asked();
    await orders.core.releaseHold(buyer, held.id);
    await decide('approve');
    expect(await confirm(buyer, intent)).toMatchObject({ kind: 'HoldExpired' });
    expect((await stored(intent))?.status).toBe('SUCCEEDED');
    orders.clock.advance(MINUTE);
    await orders.core.reconcile.run();
    expect([await atProvider(intent), (await stored(intent))?.status]).toEqual(['REFUNDED', 'REFUNDED']);
  });

  it('shows its page to nobody without the token, and takes the first decision alone', async () => {
    const { intent, url, decide } = await asked();
    const id = intent.providerIntentId ?? '';
    const token = new URL(url).searchParams.get('token') ?? '';
    expect(token.length).toBe(32);
    expect(await orders.simulator.findAction(id, `${token}0`)).toBeNull();
    expect(await orders.simulator.findAction(id, token)).toEqual({ amount: { amount: 2_500, currency: 'EUR' }, decided: false });
    await orders.simulator.decideAction(id, 'a guess', 'approve');
    expect(await atProvider(intent)).toBe('REQUIRES_ACTION');
    await Promise.all([decide('approve'), decide('approve')]);
    await decide('decline');
    expect(await atProvider(intent)).toBe('SUCCEEDED');
    expect(await orders.simulator.findAction(id, token)).toMatchObject({ decided: true });
  });
});

describe('a payment that takes long', () => {
  it('is on its way, then paid, and can be bought with', async () => {
    const { buyer, held, intent } = await basket();
    expect(await confirm(buyer, intent, 'pm_card_late')).toMatchObject({ paymentIntent: { status: 'PROCESSING' } });
    expect(await orders.purchase(buyer, held, intent)).toMatchObject({ kind: 'PaymentNotConfirmed', status: 'PROCESSING' });
    orders.clock.advance(6 * SECOND);
    expect(await confirm(buyer, intent)).toMatchObject({ paymentIntent: { status: 'SUCCEEDED' } });
    expect(await orders.purchase(buyer, held, intent)).toMatchObject({ kind: 'PurchasePayload' });
  });

  it('goes back whole if nobody comes for the seats', async () => {
    const { buyer, intent } = await basket();
    await confirm(buyer, intent, 'pm_card_late');
    orders.clock.advance(7 * MINUTE);
    await orders.core.reconcile.run();
    expect([await atProvider(intent), (await stored(intent))?.status]).toEqual(['REFUNDED', 'REFUNDED']);
  });
});

describe('a confirmation whose answer was lost', () => {
  it('is asked again with the card it was made with, whatever card comes next: the same key means the same thing', async () => {
    const { buyer, held, intent } = await basket();
    losesAnswers = true;
    expect(await confirm(buyer, intent, 'pm_card_insufficient_funds')).toMatchObject({ paymentIntent: { status: 'PROCESSING' } });
    losesAnswers = false;
    orders.clock.advance(6 * SECOND);
    expect(await confirm(buyer, intent, 'pm_card_visa')).toMatchObject({ kind: 'PaymentDeclined', reason: 'insufficient_funds' });
    expect(await confirm(buyer, intent, 'pm_card_visa')).toMatchObject({ paymentIntent: { status: 'SUCCEEDED' } });
    expect(await orders.purchase(buyer, held, intent)).toMatchObject({ kind: 'PurchasePayload' });
  });
});
