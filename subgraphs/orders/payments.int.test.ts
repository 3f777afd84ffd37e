import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshMongo } from '../../tests/harness/fresh.ts';
import type { PaymentNotice } from './domain/payment-notice.ts';
import type { Payments } from './payments.ts';
import { createPayments } from './payments.ts';
import { movableClock } from './testing/orders-fixture.ts';
import { startStripeStandIn } from './testing/stripe-stand-in.ts';

const PUBLIC = { capture: 'automatic', publicOrigin: 'https://tickets.example', returnUrl: 'https://shop.example/?a=1&b=2' } as const;

async function serve(payments: Payments, followPayment: (notice: PaymentNotice) => Promise<void>) {
  const app = fastify({ bodyLimit: 4 * 1024 * 1024 });
  const errors: unknown[] = [];
  payments.serve(app, { followPayment, logError: (error) => void errors.push(error) });
  await app.ready();
  return { app, errors };
}

describe("Stripe's webhook", () => {
  let app: FastifyInstance;
  let errors: unknown[];
  let standIn: Awaited<ReturnType<typeof startStripeStandIn>>;
  let payments: Payments;
  let followed: PaymentNotice[] = [];
  let failsWith: Error | null = null;
  let closeMongo: () => Promise<void>;
  beforeAll(async () => {
    const mongo = await freshMongo('webhook');
    closeMongo = mongo.close;
    standIn = await startStripeStandIn();
    payments = createPayments({ db: mongo.db, clock: movableClock(), settings: { ...PUBLIC, provider: 'stripe', ...standIn } });
    ({ app, errors } = await serve(payments, async (notice) => {
      if (failsWith) throw failsWith;
      followed.push(notice);
    }));
  });
  afterAll(async () => {
    await app.close();
    payments.close();
    await standIn.close();
    await closeMongo();
  });
  const deliver = (body: string, signature: string | undefined, contentType = 'application/json; charset=utf-8') =>
    app.inject({
      method: 'POST',
      url: '/payments/webhooks/stripe',
      headers: { 'content-type': contentType, ...(signature === undefined ? {} : { 'stripe-signature': signature }) },
      payload: body,
    });
  const ofIntent = { object: 'payment_intent', id: 'pi_1', metadata: { intent_id: 'pi_ours' } };

  it('takes what Stripe has signed, byte by byte as it came', async () => {
    followed = [];
    const { body, signature } = standIn.webhook('payment_intent.succeeded', ofIntent, { id: 'evt_1' });
    expect((await deliver(body, signature)).statusCode).toBe(200);
    expect(followed).toEqual([{ id: 'evt_1', intentId: 'pi_ours', refundId: null }]);
    expect((await deliver(body.replace('{', '{ '), signature)).statusCode).toBe(400);
    expect(followed).toHaveLength(1);
  });

  it('refuses what is unsigned, signed with another secret, five minutes old, or changed', async () => {
    followed = [];
    const { body, signature } = standIn.webhook('payment_intent.succeeded', ofIntent);
    const forged = standIn.webhook('payment_intent.succeeded', ofIntent, { secret: 'whsec_another' });
    const old = standIn.webhook('payment_intent.succeeded', ofIntent, { secondsAgo: 301 });
    const refused = await Promise.all([
      deliver(body, undefined),
      deliver(body, ''),
      deliver(body, 't=now,v1=nonsense'),
      deliver(forged.body, forged.signature),
      deliver(old.body, old.signature),
      deliver(body.replace('pi_ours', 'pi_mine'), signature),
      deliver('', signature),
    ]);
    expect(refused.map(({ statusCode }) => statusCode)).toEqual([400, 400, 400, 400, 400, 400, 400]);
    expect(followed).toEqual([]);
    const recent = standIn.webhook('payment_intent.succeeded', ofIntent, { secondsAgo: 290 });
    expect((await deliver(recent.body, recent.signature)).statusCode).toBe(200);
  });

  it('lets pass what is about nothing of ours', async () => {
    followed = [];
    const news = [
      standIn.webhook('customer.created', { object: 'customer', id: 'cus_1', metadata: { intent_id: 'pi_ours' } }),
      standIn.webhook('something.nobody.knows', { object: 'thing' }),
      standIn.webhook('payment_intent.succeeded', { object: 'payment_intent', id: 'pi_2', metadata: {} }),
      standIn.webhook('refund.updated', { object: 'refund', id: 're_1', metadata: null }),
    ];
    for (const { body, signature } of news) expect((await deliver(body, signature)).statusCode).toBe(200);
    expect(followed.map(({ intentId, refundId }) => [intentId, refundId])).toEqual(Array.from({ length: 4 }, () => [null, null]));
  });

  it('asks for another delivery when it could not be followed, and says why to the operator alone', async () => {
    const { body, signature } = standIn.webhook('payment_intent.succeeded', ofIntent);
    failsWith = new Error('the database at mongodb://secret is away');
    const answer = await deliver(body, signature);
    failsWith = null;
    expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '10']);
    expect(answer.body).not.toContain('mongodb');
    expect(errors).toHaveLength(1);
    expect((await deliver(body, signature)).statusCode).toBe(200);
  });

  it('reads no more than 256 KiB', async () => {
    const { body, signature } = standIn.webhook('payment_intent.succeeded', { ...ofIntent, filler: 'x'.repeat(256 * 1024) });
    expect((await deliver(body, signature)).statusCode).toBe(413);
  });
});

describe("the simulator's page for the payer", () => {
  let app: FastifyInstance;
  let payments: Payments;
  let closeMongo: () => Promise<void>;
  beforeAll(async () => {
    const mongo = await freshMongo('pages');
    closeMongo = mongo.close;
    payments = createPayments({ db: mongo.db, clock: movableClock(), settings: { ...PUBLIC, provider: 'simulator' } });
    await payments.ensureIndexes();
    ({ app } = await serve(payments, () => Promise.resolve()));
  });
  afterAll(async () => {
    await app.close();
    await closeMongo();
  });

  async function asked(intentId: string) {
    const created = await payments.provider.createIntent({ key: intentId, intentId, amount: { amount: 5_120, currency: 'KWD' } });
    if (created.kind !== 'done') throw new Error('not created');
    const { providerIntentId } = created.value;
    const result = await payments.provider.confirm({ key: `cf_${intentId}`, providerIntentId, paymentMethod: 'pm_card_requires_action' });
    const url = result.kind === 'done' ? result.value.nextAction?.url : undefined;
    if (url === undefined) throw new Error('no page');
    expect(url.startsWith('https://tickets.example/payments/actions/')).toBe(true);
    return { providerIntentId, path: url.slice('https://tickets.example'.length) };
  }
  const post = (url: string, decision: string) =>
    app.inject({ method: 'POST', url, headers: { 'content-type': 'application/x-www-form-urlencoded' }, payload: `decision=${decision}` });
  const statusOf = async (providerIntentId: string) => {
    const found = await payments.provider.retrieve(providerIntentId);
    return found.kind === 'done' ? found.value.status : found.kind;
  };

  it('shows the amount and two buttons, changes nothing by being looked at, and is nobody else’s to frame or keep', async () => {
    const { path, providerIntentId } = await asked('pi_look');
    const page = await app.inject({ url: path });
    expect(page.statusCode).toBe(200);
    expect(page.body).toContain('5.120 KWD');
    expect(page.body).toMatch(/<button name="decision" value="approve">[\s\S]*<button name="decision" value="decline">/);
    expect(page.headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect([page.headers['cache-control'], page.headers['referrer-policy']]).toEqual(['no-store', 'no-referrer']);
    expect(await statusOf(providerIntentId)).toBe('REQUIRES_ACTION');
  });

  it('takes a yes or a no by its form, once, and leads back to the shop', async () => {
    const [yes, no] = [await asked('pi_yes'), await asked('pi_no')];
    const answer = await post(yes.path, 'approve');
    expect(answer.statusCode).toBe(200);
    expect(answer.body).toContain('href="https://shop.example/?a=1&amp;b=2"');
    await post(no.path, 'decline');
    await post(yes.path, 'decline');
    expect([await statusOf(yes.providerIntentId), await statusOf(no.providerIntentId)]).toEqual(['SUCCEEDED', 'REQUIRES_CONFIRMATION']);
    expect((await app.inject({ url: yes.path })).body).not.toContain('<button');
  });

  it('is not found without the token, and understands nothing but its two words', async () => {
    const { path, providerIntentId } = await asked('pi_guess');
    const bare = path.slice(0, path.indexOf('?'));
    for (const wrong of [bare, `${bare}?token=`, `${bare}?token=guess`, `${bare}?token=a&token=b`, '/payments/actions/sim_nobody?token=x'])
      expect([(await app.inject({ url: wrong })).statusCode, (await post(wrong, 'approve')).statusCode]).toEqual([404, 404]);
    expect((await post(path, 'maybe')).statusCode).toBe(400);
    expect((await post(path, 'x'.repeat(5_000))).statusCode).toBe(413);
    expect(await statusOf(providerIntentId)).toBe('REQUIRES_ACTION');
  });

  it('is there to come back to, whatever the provider', async () => {
    const page = await app.inject({ url: '/payments/return?payment_intent=pi_1' });
    expect([page.statusCode, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
  });
});
