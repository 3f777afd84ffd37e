import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { openLiveMap, socketClient } from '../harness/live-map.ts';
import type { Seed } from '../harness/seed.ts';
import { createSeed } from '../harness/seed.ts';
import type { Stack } from '../harness/stack.ts';
import { startStack } from '../harness/stack.ts';

let stack: Stack;
let seed: Seed;
let organizer: Awaited<ReturnType<Seed['organizer']>>;
beforeAll(async () => {
  stack = await startStack({ HOLD_TTL_SECONDS: '3' });
  seed = createSeed(stack);
  organizer = await seed.organizer();
});
afterAll(() => stack.close());

describe('two clients on one event', () => {
  it('the other sees what one does to a seat: HELD, AVAILABLE, HELD, RESERVED, in this order', async () => {
    const eventId = await seed.event(organizer, { title: 'Two windows' });
    const [first, second] = [openLiveMap(stack.endpoint, eventId), openLiveMap(stack.endpoint, eventId)];
    expect((await first.next()).kind).toBe('SNAPSHOT');
    expect((await second.next()).kind).toBe('SNAPSHOT');
    expect(second.title()).toBe('Two windows');

    const buyer = await seed.person();
    const holdId = await seed.held(buyer, eventId, ['C-5']);
    await second.until('C-5', 'HELD');
    await buyer.data('mutation ($input: RefreshHoldInput!) { refreshHold(input: $input) { __typename } }', {
      input: { holdId, extendSeconds: 60 },
    });
    await buyer.data('mutation ($holdId: ID!) { releaseHold(holdId: $holdId) { released } }', { holdId });
    await second.until('C-5', 'AVAILABLE');
    const again = await seed.held(buyer, eventId, ['C-5']);
    await second.until('C-5', 'HELD');
    const intent = await seed.pay(buyer, again);
    const result = await seed.purchase(buyer, { eventId, holdId: again, paymentIntentId: intent.id });
    expect(result).toMatchObject({
      __typename: 'PurchasePayload',
      replayed: false,
      order: { status: 'CONFIRMED', tickets: [{ seat: { seatId: 'C-5' } }] },
    });
    await second.until('C-5', 'RESERVED');
    await first.until('C-5', 'RESERVED');
    expect(second.historyOf('C-5')).toEqual(['AVAILABLE', 'HELD', 'AVAILABLE', 'HELD', 'RESERVED']);
    expect(first.historyOf('C-5')).toEqual(second.historyOf('C-5'));
  });

  it('every change comes with what is available after it, not with what was when the client subscribed', async () => {
    const eventId = await seed.event(organizer);
    const client = socketClient(stack.endpoint);
    onTestFinished(async () => client.dispose());
    const updates = client.iterate<{ seatMapChanged: { event: { availability: { held: number } } } }>({
      query: 'subscription ($eventId: ID!) { seatMapChanged(eventId: $eventId) { event { availability { held } } } }',
      variables: { eventId },
    });
    const held = async () => (await updates.next()).value?.data?.seatMapChanged.event.availability.held;
    expect(await held()).toBe(0);
    await seed.held(await seed.person(), eventId, ['C-5']);
    expect(await held()).toBe(1);
  });

  it('a hold that ends by itself is on the map within two seconds of its end', async () => {
    const eventId = await seed.event(organizer);
    const map = openLiveMap(stack.endpoint, eventId);
    await map.next();
    const buyer = await seed.person();
    const result = await seed.hold(buyer, eventId, ['A-1']);
    const endsAt = Date.now() + 3_000;
    expect(result.hold?.expiresInSeconds).toBe(3);
    await map.until('A-1', 'HELD');
    await map.until('A-1', 'AVAILABLE', 6_000);
    expect(Date.now() - endsAt).toBeLessThan(2_000);
    expect(Date.now() - endsAt).toBeGreaterThan(-500);
  });

  it('refuses to open the map of a draft or of no event', async () => {
    const draft = await seed.event(organizer, { publish: false });
    await expect(openLiveMap(stack.endpoint, draft).next()).rejects.toThrow('NOT_FOUND');
    await expect(openLiveMap(stack.endpoint, 'evt_none').next()).rejects.toThrow('NOT_FOUND');
  });
});
