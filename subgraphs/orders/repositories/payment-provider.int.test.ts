import { freshMongo } from '../../../tests/harness/fresh.ts';
import { movableClock } from '../testing/orders-fixture.ts';
import type { ProviderUnderTest } from '../testing/payment-provider-contract.ts';
import { describePaymentProvider } from '../testing/payment-provider-contract.ts';
import { startStripeRig } from '../testing/stripe-rig.ts';
import { createSimulatorPayments } from './simulator-payments.ts';

describePaymentProvider('simulator', async (capture): Promise<ProviderUnderTest> => {
  const mongo = await freshMongo('simulator');
  const clock = movableClock();
  const actionUrl = (id: string, token: string) => `http://127.0.0.1/payments/actions/${id}?token=${token}`;
  const simulator = createSimulatorPayments({ db: mongo.db, clock, capture, actionUrl });
  await simulator.ensureIndexes();
  return {
    provider: simulator,
    approves: 'pm_card_visa',
    declines: 'pm_card_declined',
    lacksFunds: 'pm_card_insufficient_funds',
    asksThePayer: 'pm_card_requires_action',
    takesLong: 'pm_card_late',
    losesNextConfirmation: () => 'pm_card_timeout',
    decide: (id, url, decision) => simulator.decideAction(id, new URL(url).searchParams.get('token') ?? '', decision),
    settleLate: () => clock.advance(3_000),
    moved: async (id) => {
      type Kept = { _id: string; amount: { amount: number }; captured: number; refunded: number };
      const found = await mongo.db.collection<Kept>('simulator_intents').findOne({ _id: id });
      if (!found) throw new Error(`no payment ${id}`);
      return { captured: found.captured / found.amount.amount, refunded: found.refunded / found.amount.amount };
    },
    close: mongo.close,
  };
});

describePaymentProvider('Stripe', async (capture): Promise<ProviderUnderTest> => {
  const { standIn, provider, close } = await startStripeRig(capture);
  const { account } = standIn;
  return {
    provider,
    approves: 'pm_card_visa',
    declines: 'pm_card_visa_chargeDeclined',
    lacksFunds: 'pm_card_visa_chargeDeclinedInsufficientFunds',
    asksThePayer: 'pm_card_authenticationRequired',
    takesLong: 'pm_standin_processing',
    losesNextConfirmation: () => {
      standIn.fail('confirm', { kind: 'delay', milliseconds: 6_000 });
      return 'pm_card_visa';
    },
    decide: async (id, _url, decision) => account.authenticate(id, decision),
    settleLate: (id) => account.settle(id, 'succeeded'),
    moved: async (id) => {
      const { amount, received } = account.find(id);
      const refunded = account.refunds.filter((refund) => refund.payment === id).reduce((sum, refund) => sum + refund.amount, 0);
      return { captured: received / amount, refunded: refunded / amount };
    },
    close,
  };
});
