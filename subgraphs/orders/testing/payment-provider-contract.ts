import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../../kit/values/ids.ts';
import type { Money } from '../../../kit/values/money.ts';
import type { PaymentProvider } from '../domain/payment-provider.ts';
import { PROVIDER_DEADLINE_MS } from '../domain/payment-provider.ts';

/** An adapter, and a hand on what is behind it. */
export type ProviderUnderTest = {
  readonly provider: PaymentProvider;
  /** Payment methods that behave so. */
  readonly approves: string;
  readonly declines: string;
  readonly lacksFunds: string;
  readonly asksThePayer: string;
  readonly takesLong: string;
  /** The next confirmation with the method it answers is done, and its answer is lost. */
  readonly losesNextConfirmation: () => string;
  /** The payer's decision on the page that the provider has named. */
  readonly decide: (providerIntentId: string, url: string, decision: 'approve' | 'decline') => Promise<void>;
  /** A method that takes long has come to its end. */
  readonly settleLate: (providerIntentId: string) => void;
  /** As a share of the payment's amount, whatever unit the provider counts in. */
  readonly moved: (providerIntentId: string) => Promise<{ captured: number; refunded: number }>;
  readonly close: () => Promise<void>;
};

const EUR = (amount: number): Money => ({ amount, currency: 'EUR' });

/** What `PaymentProvider` promises, for every adapter. */
export function describePaymentProvider(name: string, start: (capture: 'automatic' | 'manual') => Promise<ProviderUnderTest>): void {
  describe.each(['automatic', 'manual'] as const)(`payments by ${name}, %s capture`, (capture) => {
    let rig: ProviderUnderTest;
    beforeAll(async () => {
      rig = await start(capture);
    });
    afterAll(() => rig.close());

    const confirmed = capture === 'manual' ? 'REQUIRES_CAPTURE' : 'SUCCEEDED';
    const taken = capture === 'manual' ? 0 : 1;

    async function newPayment(amount: Money = EUR(5_000)) {
      const intentId = newId('pi');
      const created = await rig.provider.createIntent({ key: `ci_${intentId}`, intentId, amount });
      if (created.kind !== 'done') throw new Error(`not created: ${JSON.stringify(created)}`);
      return created.value;
    }
    const confirm = (providerIntentId: string, paymentMethod: string, key = newId('cf')) =>
      rig.provider.confirm({ key, providerIntentId, paymentMethod });
    async function captured(amount: Money = EUR(5_000)) {
      const payment = await newPayment(amount);
      const { providerIntentId } = payment;
      expect(await confirm(providerIntentId, rig.approves)).toMatchObject({ kind: 'done', value: { status: confirmed } });
      if (capture === 'manual') await rig.provider.capture({ key: newId('cap'), providerIntentId });
      return payment;
    }

    it('creates one payment per key, however often and at once it is asked, and knows whose it is', async () => {
      const intentId = newId('pi');
      const request = { key: `ci_${intentId}`, intentId, amount: EUR(2_500) };
      const all = await Promise.all(Array.from({ length: 5 }, () => rig.provider.createIntent(request)));
      const [first] = all;
      if (first?.kind !== 'done') throw new Error(JSON.stringify(first));
      for (const one of all) expect(one).toEqual(first);
      expect(first.value.clientSecret.length).toBeGreaterThan(16);
      expect(await rig.provider.retrieve(first.value.providerIntentId)).toMatchObject({
        kind: 'done',
        value: { status: 'REQUIRES_CONFIRMATION', intentId, nextAction: null, declineReason: null },
      });
    });

    it.each([
      ['no decimals', { amount: 700, currency: 'JPY' }],
      ['two decimals', { amount: 1_999, currency: 'EUR' }],
      ['three decimals', { amount: 5_120, currency: 'KWD' }],
      ['no decimals any more', { amount: 900, currency: 'ISK' }],
    ])('takes and returns exactly an amount in a currency with %s', async (_what, amount) => {
      const { providerIntentId } = await captured(amount);
      expect(await rig.moved(providerIntentId)).toEqual({ captured: 1, refunded: 0 });
      expect(await rig.provider.refund({ key: newId('rf'), providerIntentId, amount })).toMatchObject({
        kind: 'done',
        value: { status: 'REFUNDED' },
      });
      expect(await rig.provider.retrieve(providerIntentId)).toMatchObject({ value: { refunded: amount.amount } });
      expect(await rig.moved(providerIntentId)).toEqual({ captured: 1, refunded: 1 });
    });

    it('confirms once per key, also when asked many times at once', async () => {
      const { providerIntentId } = await newPayment();
      const key = newId('cf');
      const all = await Promise.all(Array.from({ length: 5 }, () => confirm(providerIntentId, rig.approves, key)));
      for (const one of all) expect(one).toMatchObject({ kind: 'done', value: { status: confirmed, providerIntentId } });
      expect(await confirm(providerIntentId, rig.approves)).toMatchObject({ kind: 'done', value: { status: confirmed } });
      expect(await rig.moved(providerIntentId)).toEqual({ captured: taken, refunded: 0 });
    });

    it('captures once, whoever asks and with whatever key', async () => {
      const { providerIntentId } = await newPayment();
      const early = await rig.provider.capture({ key: newId('cap'), providerIntentId });
      expect(early).toMatchObject({ kind: 'declined' });
      await confirm(providerIntentId, rig.approves);
      const key = newId('cap');
      const all = await Promise.all([key, key, key, newId('cap')].map((one) => rig.provider.capture({ key: one, providerIntentId })));
      for (const one of all) expect(one).toMatchObject({ kind: 'done', value: { status: 'SUCCEEDED' } });
      expect(await rig.moved(providerIntentId)).toEqual({ captured: 1, refunded: 0 });
    });

    it('says why a card was declined, says it again for the same key, and takes another card with another key', async () => {
      const { providerIntentId } = await newPayment();
      const key = newId('cf');
      expect(await confirm(providerIntentId, rig.lacksFunds, key)).toEqual({ kind: 'declined', reason: 'insufficient_funds' });
      expect(await confirm(providerIntentId, rig.lacksFunds, key)).toEqual({ kind: 'declined', reason: 'insufficient_funds' });
      expect(await rig.provider.retrieve(providerIntentId)).toMatchObject({
        value: { status: 'REQUIRES_CONFIRMATION', declineReason: 'insufficient_funds' },
      });
      expect(await confirm(providerIntentId, rig.declines)).toMatchObject({ kind: 'declined' });
      expect(await confirm(providerIntentId, 'pm_nobody_knows')).toMatchObject({ kind: 'declined' });
      expect(await rig.moved(providerIntentId)).toEqual({ captured: 0, refunded: 0 });
      expect(await confirm(providerIntentId, rig.approves)).toMatchObject({ kind: 'done', value: { status: confirmed } });
    });

    it('does not know when an answer was lost, says so in time, and tells when asked again with the same key', async () => {
      const { providerIntentId } = await newPayment();
      const key = newId('cf');
      const method = rig.losesNextConfirmation();
      const began = performance.now();
      expect(await confirm(providerIntentId, method, key)).toMatchObject({ kind: 'unknown' });
      expect(performance.now() - began).toBeLessThan(PROVIDER_DEADLINE_MS);
      expect(await rig.provider.retrieve(providerIntentId)).toMatchObject({ value: { status: confirmed } });
      expect(await rig.moved(providerIntentId)).toEqual({ captured: taken, refunded: 0 });
    });

    it('refuses what it has never heard of', async () => {
      const providerIntentId = 'pi_nobody';
      const refused = { kind: 'declined', reason: 'no_such_intent' };
      expect(await rig.provider.retrieve(providerIntentId)).toEqual(refused);
      expect(await confirm(providerIntentId, rig.approves)).toEqual(refused);
      expect(await rig.provider.capture({ key: newId('cap'), providerIntentId })).toEqual(refused);
      expect(await rig.provider.cancel({ key: newId('cn'), providerIntentId })).toEqual(refused);
      expect(await rig.provider.refund({ key: newId('rf'), providerIntentId, amount: EUR(1) })).toEqual(refused);
    });

    it('cancels what was not taken, as often as it is asked, and then confirms it no more', async () => {
      const { providerIntentId } = await newPayment();
      if (capture === 'manual') await confirm(providerIntentId, rig.approves);
      const key = newId('cn');
      const all = await Promise.all([key, key, newId('cn')].map((one) => rig.provider.cancel({ key: one, providerIntentId })));
      for (const one of all) expect(one).toMatchObject({ kind: 'done', value: { status: 'CANCELLED' } });
      expect(await confirm(providerIntentId, rig.approves)).toMatchObject({ kind: 'done', value: { status: 'CANCELLED' } });
      expect(await rig.provider.capture({ key: newId('cap'), providerIntentId })).toMatchObject({ kind: 'declined' });
      expect(await rig.moved(providerIntentId)).toEqual({ captured: 0, refunded: 0 });
    });

    it('does not cancel what has succeeded, nor what is being processed', async () => {
      const done = await captured();
      const refused = await rig.provider.cancel({ key: newId('cn'), providerIntentId: done.providerIntentId });
      expect(refused).toEqual({ kind: 'declined', reason: 'already_succeeded' });
      const late = await newPayment();
      await confirm(late.providerIntentId, rig.takesLong);
      const processing = await rig.provider.cancel({ key: newId('cn'), providerIntentId: late.providerIntentId });
      expect(processing).toEqual({ kind: 'declined', reason: 'processing' });
      expect(await rig.moved(done.providerIntentId)).toEqual({ captured: 1, refunded: 0 });
    });

    it('returns parts and then the rest, each once per key, and never more than was captured', async () => {
      const { providerIntentId } = await captured(EUR(4_000));
      const refund = (amount: number, key = newId('rf')) => rig.provider.refund({ key, providerIntentId, amount: EUR(amount) });
      const key = newId('rf');
      const parts = await Promise.all(Array.from({ length: 4 }, () => refund(1_000, key)));
      for (const part of parts) expect(part).toMatchObject({ kind: 'done', value: { status: 'SUCCEEDED' } });
      expect(await rig.provider.findRefund({ key, providerIntentId })).toEqual({ kind: 'done', value: 'SUCCEEDED' });
      expect(await rig.provider.findRefund({ key: newId('rf'), providerIntentId })).toEqual({ kind: 'done', value: null });
      expect(await rig.moved(providerIntentId)).toEqual({ captured: 1, refunded: 0.25 });
      expect(await rig.provider.retrieve(providerIntentId)).toMatchObject({ value: { status: 'SUCCEEDED', refunded: 1_000 } });
      expect(await refund(3_001)).toMatchObject({ kind: 'declined' });
      expect(await rig.moved(providerIntentId)).toEqual({ captured: 1, refunded: 0.25 });
      expect(await refund(3_000)).toMatchObject({ kind: 'done', value: { status: 'REFUNDED' } });
      expect(await refund(1)).toMatchObject({ kind: 'declined' });
      expect(await rig.provider.retrieve(providerIntentId)).toMatchObject({ value: { status: 'REFUNDED', refunded: 4_000 } });
      expect(await rig.moved(providerIntentId)).toEqual({ captured: 1, refunded: 1 });
    });

    it('returns nothing that was not captured', async () => {
      const { providerIntentId } = await newPayment();
      expect(await rig.provider.refund({ key: newId('rf'), providerIntentId, amount: EUR(1) })).toMatchObject({ kind: 'declined' });
      expect(await rig.moved(providerIntentId)).toEqual({ captured: 0, refunded: 0 });
    });

    it('names a page where the payer has to say yes, and goes on once they have', async () => {
      const { providerIntentId } = await newPayment();
      const key = newId('cf');
      const asked = await confirm(providerIntentId, rig.asksThePayer, key);
      if (asked.kind !== 'done' || asked.value.nextAction === null) throw new Error(JSON.stringify(asked));
      expect(asked.value.status).toBe('REQUIRES_ACTION');
      expect(new URL(asked.value.nextAction.url).protocol).toMatch(/^https?:$/);
      expect(await rig.provider.retrieve(providerIntentId)).toMatchObject(asked);
      expect(await confirm(providerIntentId, rig.asksThePayer, key)).toMatchObject(asked);
      await rig.decide(providerIntentId, asked.value.nextAction.url, 'approve');
      const since = { kind: 'done', value: { status: confirmed, nextAction: null } };
      expect(await rig.provider.retrieve(providerIntentId)).toMatchObject(since);
      expect(await confirm(providerIntentId, rig.asksThePayer, key)).toMatchObject(since);
      expect(await rig.moved(providerIntentId)).toEqual({ captured: taken, refunded: 0 });
    });

    it('counts a no on that page as a declined card, and takes another', async () => {
      const { providerIntentId } = await newPayment();
      const key = newId('cf');
      const asked = await confirm(providerIntentId, rig.asksThePayer, key);
      if (asked.kind !== 'done' || asked.value.nextAction === null) throw new Error(JSON.stringify(asked));
      await rig.decide(providerIntentId, asked.value.nextAction.url, 'decline');
      const now = await rig.provider.retrieve(providerIntentId);
      expect(now).toMatchObject({ kind: 'done', value: { status: 'REQUIRES_CONFIRMATION', nextAction: null } });
      expect(now.kind === 'done' && now.value.declineReason).toMatch(/authentication/);
      expect(await confirm(providerIntentId, rig.asksThePayer, key)).toMatchObject({ kind: 'declined' });
      expect(await confirm(providerIntentId, rig.approves)).toMatchObject({ kind: 'done', value: { status: confirmed } });
    });

    it('cancels a payment that waits for its payer', async () => {
      const { providerIntentId } = await newPayment();
      await confirm(providerIntentId, rig.asksThePayer);
      const cancelled = await rig.provider.cancel({ key: newId('cn'), providerIntentId });
      expect(cancelled).toMatchObject({ kind: 'done', value: { status: 'CANCELLED', nextAction: null } });
    });

    it('says that a payment is on its way, and later what became of it, under the same key too', async () => {
      const { providerIntentId } = await newPayment();
      const key = newId('cf');
      expect(await confirm(providerIntentId, rig.takesLong, key)).toMatchObject({ kind: 'done', value: { status: 'PROCESSING' } });
      expect(await rig.moved(providerIntentId)).toEqual({ captured: 0, refunded: 0 });
      rig.settleLate(providerIntentId);
      expect(await rig.provider.retrieve(providerIntentId)).toMatchObject({ kind: 'done', value: { status: confirmed } });
      expect(await confirm(providerIntentId, rig.takesLong, key)).toMatchObject({ kind: 'done', value: { status: confirmed } });
      expect(await rig.moved(providerIntentId)).toEqual({ captured: taken, refunded: 0 });
    });
  });
}
