import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StripeStandIn } from '../../subgraphs/orders/testing/stripe-stand-in.ts';
import { startStripeStandIn } from '../../subgraphs/orders/testing/stripe-stand-in.ts';
import { eventually } from '../harness/fresh.ts';
import type { Person, Seed } from '../harness/seed.ts';
import { createSeed } from '../harness/seed.ts';
import type { Stack } from '../harness/stack.ts';
import { startStack } from '../harness/stack.ts';

type Confirmed = {
  confirmPayment: { __typename: string; paymentIntent?: { status: string; nextAction: { url: string } | null } };
};

const CREATE =
  'mutation ($input: CreatePaymentIntentInput!) { createPaymentIntent(input: $input) { ... on CreatePaymentIntentPayload { paymentIntent { id clientSecret } } } }';
const CONFIRM = `mutation ($input: ConfirmPaymentInput!) { confirmPayment(input: $input) {
  __typename ... on ConfirmPaymentPayload { paymentIntent { status nextAction { url } } } } }`;
const HOLD = 'query ($id: ID!) { hold(id: $id) { paymentIntent { status } } }';

async function basket(seed: Seed, buyer: Person, eventId: string, seatId: string) {
  const holdId = await seed.held(buyer, eventId, [seatId]);
  type Created = { createPaymentIntent: { paymentIntent: { id: string; clientSecret: string } } };
  const { id, clientSecret } = (await buyer.data<Created>(CREATE, { input: { holdId } })).createPaymentIntent.paymentIntent;
  return {
    holdId,
    paymentIntentId: id,
    confirm: async (paymentMethod?: string) =>
      (await buyer.data<Confirmed>(CONFIRM, { input: { paymentIntentId: id, clientSecret, paymentMethod } })).confirmPayment,
    status: async () => (await buyer.data<{ hold: { paymentIntent: { status: string } } }>(HOLD, { id: holdId })).hold.paymentIntent.status,
  };
}

describe('a payment that asks its payer, through the router', () => {
  let stack: Stack;
  let seed: Seed;
  beforeAll(async () => {
    stack = await startStack();
    seed = createSeed(stack);
  });
  afterAll(() => stack.close());

  it('leads to a page at the public address, and goes on to an order after a yes there', async () => {
    const eventId = await seed.event(await seed.organizer());
    const buyer = await seed.person();
    const { holdId, paymentIntentId, confirm } = await basket(seed, buyer, eventId, 'A-1');
    const asked = await confirm('pm_card_requires_action');
    const url = asked.paymentIntent?.nextAction?.url ?? '';
    expect(asked.paymentIntent?.status).toBe('REQUIRES_ACTION');
    expect(new URL(url).host).toBe(new URL(stack.endpoint).host.replace('127.0.0.1', 'localhost'));

    // A browser, without this shop's cookies.
    const page = await fetch(url);
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(page.headers.get('content-security-policy')).toContain("form-action 'self'");
    expect(await page.text()).toContain('25.00 EUR');
    const decided = await fetch(url, { method: 'POST', body: new URLSearchParams({ decision: 'approve' }) });
    expect([decided.status, await decided.text()]).toEqual([200, expect.stringContaining('/payments/return')]);

    expect((await confirm()).paymentIntent).toEqual({ status: 'SUCCEEDED', nextAction: null });
    expect(await seed.purchase(buyer, { eventId, holdId, paymentIntentId })).toMatchObject({ __typename: 'PurchasePayload' });
  });

  it('opens nothing else of orders to the public', async () => {
    const origin = new URL(stack.endpoint).origin;
    for (const path of [
      '/payments',
      '/payments/webhooks/stripe',
      '/payments/webhooks/other',
      '/payments/actions/x/y',
      '/payments/actions/..%2f..%2fgraphql',
    ])
      expect([path, (await fetch(origin + path)).status]).toEqual([path, 404]);
    const unknown = await fetch(`${origin}/payments/actions/sim_nobody?token=x`);
    expect([unknown.status, await unknown.text()]).toEqual([404, expect.stringContaining('No such payment')]);
    const large = await fetch(`${origin}/payments/webhooks/stripe`, { method: 'POST', body: 'x'.repeat(300 * 1024) });
    expect(large.status).toBe(413);
  });
});

describe('a payment by Stripe, through the router', () => {
  let stack: Stack;
  let seed: Seed;
  let stripe: StripeStandIn;
  beforeAll(async () => {
    stripe = await startStripeStandIn();
    stack = await startStack({
      PAYMENT_PROVIDER: 'stripe',
      STRIPE_SECRET_KEY: stripe.secretKey,
      STRIPE_WEBHOOK_SECRET: stripe.webhookSecret,
      STRIPE_API_URL: stripe.apiUrl,
    });
    seed = createSeed(stack);
  });
  afterAll(async () => {
    await stack.close();
    await stripe.close();
  });
  const deliver = ({ body, signature }: { body: string; signature: string }) =>
    fetch(`${new URL(stack.endpoint).origin}/payments/webhooks/stripe`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'stripe-signature': signature },
      body,
    });

  it('takes no payment for free seats, and says that a total below its minimum cannot be paid', async () => {
    const organizer = await seed.organizer();
    const eventId = await seed.event(organizer);
    const sections = [
      { name: 'Floor', price: 0, rows: [{ label: 'A', seatCount: 1 }] },
      { name: 'Stalls', price: 10, rows: [{ label: 'A', seatCount: 1 }] },
    ];
    await organizer.data('mutation ($input: ConfigureSeatingInput!) { configureSeating(input: $input) { __typename } }', {
      input: { eventId, currency: 'EUR', sections },
    });
    const buyer = await seed.person();
    const free = await basket(seed, buyer, eventId, 'Floor-A-1');
    expect(await free.confirm('pm_card_visa')).toMatchObject({ paymentIntent: { status: 'SUCCEEDED' } });
    const { holdId, paymentIntentId } = free;
    expect(await seed.purchase(buyer, { eventId, holdId, paymentIntentId })).toMatchObject({ __typename: 'PurchasePayload' });
    const { errors } = await buyer.request(CREATE, { input: { holdId: await seed.held(buyer, eventId, ['Stalls-A-1']) } });
    expect(errors?.[0]?.extensions).toMatchObject({
      code: 'BAD_USER_INPUT',
      issues: [{ path: ['input', 'holdId'], message: expect.stringContaining('0.10 EUR') }],
    });
    expect(stripe.account.payments.size).toBe(0);
  });

  it("hears by webhook that the payer came back from their bank's page, and sells the seat", async () => {
    const eventId = await seed.event(await seed.organizer());
    const buyer = await seed.person();
    const { holdId, paymentIntentId, confirm, status } = await basket(seed, buyer, eventId, 'A-1');
    const asked = await confirm('pm_card_authenticationRequired');
    expect(asked.paymentIntent?.nextAction?.url).toMatch(/\/authenticate\/pi_/);
    const [payment] = stripe.account.payments.values();
    if (!payment) throw new Error('nothing at Stripe');
    stripe.account.authenticate(payment.id, 'approve');
    const news = stripe.webhook('payment_intent.succeeded', stripe.account.show(payment));
    const forged = stripe.webhook('payment_intent.succeeded', stripe.account.show(payment), { secret: 'whsec_another' });
    expect((await deliver(forged)).status).toBe(400);
    expect(await status()).toBe('REQUIRES_ACTION');
    expect(await Promise.all([deliver(news), deliver(news)].map(async (answer) => (await answer).status))).toEqual([200, 200]);
    await eventually('the intent has followed', async () => (await status()) === 'SUCCEEDED');
    expect(await seed.purchase(buyer, { eventId, holdId, paymentIntentId })).toMatchObject({ __typename: 'PurchasePayload' });
    expect(payment.received).toBe(2_500);
  });
});
