import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '../../../kit/values/ids.ts';
import { PROVIDER_DEADLINE_MS } from '../domain/payment-provider.ts';
import type { StripeRig } from '../testing/stripe-rig.ts';
import { startStripeRig } from '../testing/stripe-rig.ts';
import type { StripeFault, StripeOperation } from '../testing/stripe-stand-in.ts';
import { createStripeClient } from './stripe-client.ts';
import { createStripePayments } from './stripe-payments.ts';

let rig: StripeRig;
beforeEach(async () => {
  rig = await startStripeRig('manual');
});
afterEach(() => rig.close());

const EUR = (amount: number) => ({ amount, currency: 'EUR' });
const LATE: StripeFault = { kind: 'delay', milliseconds: 6_000 };

async function newPayment(amount = EUR(5_000)): Promise<string> {
  const intentId = newId('pi');
  const created = await rig.provider.createIntent({ key: `ci_${intentId}`, intentId, amount });
  if (created.kind !== 'done') throw new Error(JSON.stringify(created));
  return created.value.providerIntentId;
}
const confirm = (providerIntentId: string, key = newId('cf'), paymentMethod: string | null = 'pm_card_visa') =>
  rig.provider.confirm({ key, providerIntentId, paymentMethod });
async function captured(): Promise<string> {
  const providerIntentId = await newPayment();
  await confirm(providerIntentId);
  await rig.provider.capture({ key: newId('cap'), providerIntentId });
  return providerIntentId;
}
const acted = (operation: StripeOperation) => rig.standIn.received.filter((one) => one.operation === operation && one.acted).length;

describe('the Stripe adapter', () => {
  it('answers every call within the deadline, however late Stripe answers', async () => {
    const [open, paid, returned] = [await newPayment(), await newPayment(), await captured()];
    await confirm(paid);
    const { provider, standIn } = rig;
    const intentId = newId('pi');
    const calls: readonly [StripeOperation, () => Promise<{ kind: string }>][] = [
      ['create', () => provider.createIntent({ key: newId('ci'), intentId, amount: EUR(100) })],
      ['confirm', () => confirm(open)],
      ['capture', () => provider.capture({ key: newId('cap'), providerIntentId: paid })],
      ['cancel', () => provider.cancel({ key: newId('cn'), providerIntentId: open })],
      ['refund', () => provider.refund({ key: newId('rf'), providerIntentId: returned, amount: EUR(5_000) })],
      ['list refunds', () => provider.refund({ key: newId('rf'), providerIntentId: returned, amount: EUR(5_000) })],
      ['retrieve', () => provider.retrieve(open)],
    ];
    await Promise.all(
      calls.map(async ([operation, call]) => {
        standIn.fail(operation, LATE);
        const began = performance.now();
        expect([operation, (await call()).kind]).toEqual([operation, 'unknown']);
        expect(performance.now() - began).toBeLessThan(PROVIDER_DEADLINE_MS);
      }),
    );
  });

  it.each(['cut', 'drop', 'limit', 'fail'] as const)('does not know what became of a confirmation after a "%s"', async (kind) => {
    const providerIntentId = await newPayment();
    const key = newId('cf');
    // Stripe's client asks once more by itself when a connection is cut; with the same key, so that nothing moves twice.
    rig.standIn.fail('confirm', { kind }, 2);
    expect(await confirm(providerIntentId, key)).toMatchObject({ kind: 'unknown' });
    expect(acted('confirm')).toBe(kind === 'drop' ? 1 : 0);
    const then = await rig.provider.retrieve(providerIntentId);
    expect(then).toMatchObject({ value: { status: kind === 'drop' ? 'REQUIRES_CAPTURE' : 'REQUIRES_CONFIRMATION' } });
  });

  it('waits for the request before it with the same key, and for a payment that is being changed', async () => {
    const providerIntentId = await newPayment();
    const key = newId('cf');
    rig.standIn.fail('confirm', { kind: 'delay', milliseconds: 400 });
    const both = await Promise.all([confirm(providerIntentId, key), confirm(providerIntentId, key)]);
    for (const one of both) expect(one).toMatchObject({ kind: 'done', value: { status: 'REQUIRES_CAPTURE' } });
    rig.standIn.fail('capture', { kind: 'lock' }, 3);
    expect(await rig.provider.capture({ key: newId('cap'), providerIntentId })).toMatchObject({
      kind: 'done',
      value: { status: 'SUCCEEDED' },
    });
    expect([acted('confirm'), acted('capture')]).toEqual([1, 1]);
  });

  it('moves nothing for a key that was used for something else, and calls that unknown', async () => {
    const providerIntentId = await newPayment();
    const key = newId('cf');
    await confirm(providerIntentId, key, 'pm_card_visa_chargeDeclined');
    expect(await confirm(providerIntentId, key, 'pm_card_visa')).toMatchObject({ kind: 'unknown' });
    expect(acted('confirm')).toBe(0);
  });

  it('does not call a card declined because our own key is wrong', async () => {
    const providerIntentId = await newPayment();
    const client = createStripeClient({ apiUrl: rig.standIn.apiUrl, secretKey: 'sk_test_of_somebody_else' });
    const provider = createStripePayments({ stripe: client.stripe, capture: 'manual', returnUrl: 'https://shop.example' });
    expect(await provider.confirm({ key: newId('cf'), providerIntentId, paymentMethod: 'pm_card_visa' })).toMatchObject({
      kind: 'unknown',
    });
    client.close();
  });

  it('captures although Stripe keeps repeating, for a day, that it failed the first time', async () => {
    const providerIntentId = await newPayment();
    await confirm(providerIntentId);
    const key = newId('cap');
    rig.standIn.fail('capture', { kind: 'fail' });
    expect(await rig.provider.capture({ key, providerIntentId })).toMatchObject({ kind: 'unknown' });
    const again = await Promise.all([rig.provider.capture({ key, providerIntentId }), rig.provider.capture({ key, providerIntentId })]);
    for (const one of again) expect(one).toMatchObject({ kind: 'done', value: { status: 'SUCCEEDED' } });
    expect(acted('capture')).toBe(1);
  });

  it('captures and cancels after any number of failures, each of which Stripe would repeat for a day', async () => {
    const [taken, dropped] = [await newPayment(), await newPayment()];
    await confirm(taken);
    // From the second call on, one for the answer that is repeated, and one for the new attempt.
    rig.standIn.fail('capture', { kind: 'fail' }, 7);
    rig.standIn.fail('cancel', { kind: 'fail' }, 7);
    const capture = () => rig.provider.capture({ key: 'cap_1', providerIntentId: taken });
    const cancel = () => rig.provider.cancel({ key: 'cn_1', providerIntentId: dropped });
    for (let tries = 0; tries < 4; tries += 1) {
      expect(await capture()).toMatchObject({ kind: 'unknown' });
      expect(await cancel()).toMatchObject({ kind: 'unknown' });
    }
    expect(await capture()).toMatchObject({ kind: 'done', value: { status: 'SUCCEEDED' } });
    expect(await cancel()).toMatchObject({ kind: 'done', value: { status: 'CANCELLED' } });
    expect([acted('capture'), acted('cancel')]).toEqual([1, 1]);
  });

  it('creates a payment although Stripe keeps repeating that it failed the first time', async () => {
    const request = { key: 'ci_1', intentId: newId('pi'), amount: EUR(5_000) };
    rig.standIn.fail('create', { kind: 'fail' }, 3);
    expect(await rig.provider.createIntent(request)).toMatchObject({ kind: 'unknown' });
    expect(await rig.provider.createIntent(request)).toMatchObject({ kind: 'unknown' });
    expect(await rig.provider.createIntent(request)).toMatchObject({ kind: 'done', value: { status: 'REQUIRES_CONFIRMATION' } });
  });

  it('cancels although Stripe keeps repeating that the payment was being processed', async () => {
    const providerIntentId = await newPayment();
    await confirm(providerIntentId, newId('cf'), 'pm_standin_processing');
    const key = newId('cn');
    expect(await rig.provider.cancel({ key, providerIntentId })).toEqual({ kind: 'declined', reason: 'processing' });
    rig.standIn.account.settle(providerIntentId, 'failed');
    expect(await rig.provider.cancel({ key, providerIntentId })).toMatchObject({ kind: 'done', value: { status: 'CANCELLED' } });
  });

  it('says that a payment on its way has failed, where Stripe repeats that it is on its way', async () => {
    const providerIntentId = await newPayment();
    const key = newId('cf');
    await confirm(providerIntentId, key, 'pm_standin_processing');
    rig.standIn.account.settle(providerIntentId, 'failed');
    expect(await confirm(providerIntentId, key, 'pm_standin_processing')).toEqual({ kind: 'declined', reason: 'try_again_later' });
  });

  it('refunds once, also when Stripe has forgotten the key', async () => {
    const providerIntentId = await captured();
    const request = { key: newId('rf'), providerIntentId, amount: EUR(1_000) };
    rig.standIn.fail('refund', LATE);
    expect(await rig.provider.refund(request)).toMatchObject({ kind: 'unknown' });
    rig.standIn.forgetKeys();
    expect(await rig.provider.refund(request)).toMatchObject({ kind: 'done', value: { status: 'SUCCEEDED' } });
    expect(rig.standIn.account.refunds).toHaveLength(1);
  });

  it('counts a refund only once it has arrived, and one that came back as refused', async () => {
    const providerIntentId = await captured();
    const request = { key: newId('rf'), providerIntentId, amount: EUR(5_000) };
    rig.standIn.leaveRefundsPending(true);
    expect(await rig.provider.refund(request)).toMatchObject({ kind: 'unknown' });
    expect(await rig.provider.refund(request)).toMatchObject({ kind: 'unknown' });
    expect(await rig.provider.retrieve(providerIntentId)).toMatchObject({ value: { status: 'SUCCEEDED' } });
    const [refund] = rig.standIn.account.refunds;
    if (!refund) throw new Error('no refund');
    refund.status = 'failed';
    expect(await rig.provider.refund(request)).toEqual({ kind: 'declined', reason: 'expired_or_canceled_card' });
    refund.status = 'succeeded';
    expect(await rig.provider.refund(request)).toMatchObject({ kind: 'done', value: { status: 'REFUNDED' } });
    expect(rig.standIn.account.refunds).toHaveLength(1);
  });

  it('does not create a payment that Stripe would have to round, or finds too small', async () => {
    const create = (amount: number, currency: string) =>
      rig.provider.createIntent({ key: newId('ci'), intentId: newId('pi'), amount: { amount, currency } });
    expect(await create(5_124, 'KWD')).toEqual({ kind: 'declined', reason: 'amount_not_payable' });
    expect(await create(10, 'EUR')).toEqual({ kind: 'declined', reason: 'amount_not_payable' });
    expect(await create(0, 'EUR')).toEqual({ kind: 'declined', reason: 'amount_not_payable' });
    expect(rig.standIn.account.payments.size).toBe(0);
  });

  it("writes our intent's id into Stripe's records, and asks for cards alone", async () => {
    const intentId = newId('pi');
    await rig.provider.createIntent({ key: `ci_${intentId}`, intentId, amount: { amount: 900, currency: 'ISK' } });
    const [payment] = rig.standIn.account.payments.values();
    expect(payment).toMatchObject({ metadata: { intent_id: intentId }, amount: 90_000, currency: 'isk', capture: 'manual' });
  });
});
