import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from '../../../tests/harness/fresh.ts';
import type { PaymentIntent } from '../domain/payment-intent.ts';
import type { PaymentProvider } from '../domain/payment-provider.ts';
import type { OrdersFixture } from '../testing/orders-fixture.ts';
import { startOrders } from '../testing/orders-fixture.ts';

const MINUTE = 60_000;

let orders: OrdersFixture;
let broken: Partial<PaymentProvider> = {};
beforeEach(async () => {
  broken = {};
  orders = await startOrders({
    provider: (real) => ({
      ...real,
      createIntent: (request) => (broken.createIntent ?? real.createIntent)(request),
      cancel: (request) => (broken.cancel ?? real.cancel)(request),
    }),
  });
});
afterEach(() => orders.close());

const stored = (intent: PaymentIntent) => orders.core.repositories.intents.find(intent.id);
async function atProvider(intent: PaymentIntent): Promise<string | undefined> {
  const found = await orders.simulator.retrieve(`sim_${intent.id}`);
  return found.kind === 'done' ? found.value.status : undefined;
}
const unreachable = () => Promise.resolve({ kind: 'unknown', cause: new Error('away') } as const);
async function basket() {
  const buyer = orders.viewer();
  const held = await orders.hold(buyer, await orders.publishedEvent(), ['A-1']);
  return { buyer, held, intent: await orders.intend(buyer, held) };
}
async function run(): Promise<void> {
  orders.clock.advance(MINUTE);
  await orders.core.reconcile.run();
}

describe('a payment nobody wants any more', () => {
  it('ends at the provider too when its hold is replaced', async () => {
    const { buyer, held, intent } = await basket();
    await orders.hold(buyer, held.eventId, ['A-1', 'A-2'], held.id);
    await eventually('the provider has acknowledged it', async () => (await stored(intent))?.cancelDue === false);
    expect([await atProvider(intent), (await stored(intent))?.status]).toEqual(['CANCELLED', 'CANCELLED']);
  });

  it('ends at the provider too when its hold is released', async () => {
    const { buyer, held, intent } = await basket();
    await orders.core.releaseHold(buyer, held.id);
    await eventually('the provider has acknowledged it', async () => (await stored(intent))?.cancelDue === false);
    expect(await atProvider(intent)).toBe('CANCELLED');
  });

  it('never keeps the new hold waiting, however long the provider takes', async () => {
    const { buyer, held, intent } = await basket();
    let answer = (): void => undefined;
    broken.cancel = (request) =>
      new Promise((resolve) => {
        answer = () => void orders.simulator.cancel(request).then(resolve);
      });
    const replacing = await orders.hold(buyer, held.eventId, ['A-2'], held.id);
    expect(replacing.seats.map(({ seatId }) => seatId)).toEqual(['A-2']);
    expect(await stored(intent)).toMatchObject({ status: 'CANCELLED', cancelDue: true });
    answer();
    await eventually('the provider has acknowledged it', async () => (await stored(intent))?.cancelDue === false);
  });

  it('is ended by the reconciler once the provider can be reached again', async () => {
    const { buyer, held, intent } = await basket();
    broken.cancel = unreachable;
    await orders.core.releaseHold(buyer, held.id);
    await run();
    expect([await atProvider(intent), (await stored(intent))?.cancelDue]).toEqual(['REQUIRES_CONFIRMATION', true]);
    broken = {};
    await Promise.all([run(), run()]);
    expect([await atProvider(intent), (await stored(intent))?.cancelDue]).toEqual(['CANCELLED', false]);
    await run();
    expect(orders.errors).toEqual([]);
  });

  it('is found at the provider although the answer to its creation was lost', async () => {
    const buyer = orders.viewer();
    const held = await orders.hold(buyer, await orders.publishedEvent(), ['A-1']);
    broken.createIntent = async (request) => {
      await orders.simulator.createIntent(request);
      return unreachable();
    };
    await expect(orders.intend(buyer, held)).rejects.toThrow('cannot be reached');
    const intent = (await orders.core.repositories.intents.openOfHolds([held.id])).get(held.id);
    if (!intent) throw new Error('no intent');
    await orders.core.releaseHold(buyer, held.id);
    expect(await atProvider(intent)).toBe('REQUIRES_CONFIRMATION');
    broken = {};
    await run();
    expect(await atProvider(intent)).toBe('CANCELLED');
    expect(await stored(intent)).toMatchObject({ providerIntentId: `sim_${intent.id}`, cancelDue: false });
  });

  it('ends at the provider when its hold has ended by itself', async () => {
    const { intent } = await basket();
    await run();
    expect(await atProvider(intent)).toBe('REQUIRES_CONFIRMATION');
    orders.clock.advance(6 * MINUTE);
    await run();
    await eventually('the provider has acknowledged it', async () => (await stored(intent))?.cancelDue === false);
    expect([await atProvider(intent), (await stored(intent))?.status]).toEqual(['CANCELLED', 'CANCELLED']);
  });

  it('is given back if its payer, who has the client secret, paid it at the provider first; another payment of that hold stays', async () => {
    const { buyer, held, intent } = await basket();
    const stranger = await orders.hold(orders.viewer(), held.eventId, ['A-2']);
    broken.cancel = unreachable;
    // The new seats are not to be had: the old hold lives on, without its payment.
    const outcome = await orders.core.holdSeats(buyer, { eventId: held.eventId, seatIds: ['A-2'], replacesHoldId: held.id });
    expect([outcome.kind, stranger.seats.length]).toEqual(['SeatsUnavailable', 1]);
    const second = await orders.intend(buyer, held);
    expect(second.id).not.toBe(intent.id);
    await orders.simulator.confirm({ key: 'their own', providerIntentId: `sim_${intent.id}`, paymentMethod: 'pm_card_visa' });
    broken = {};
    await run();
    expect([await atProvider(intent), (await stored(intent))?.status]).toEqual(['REFUNDED', 'REFUNDED']);
    expect((await orders.core.repositories.intents.openOfHolds([held.id])).get(held.id)?.id).toBe(second.id);
    expect(await orders.core.createPaymentIntent(buyer, held.id)).toMatchObject({ paymentIntent: { id: second.id } });
  });
});
