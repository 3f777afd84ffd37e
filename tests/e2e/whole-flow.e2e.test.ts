import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createGraphqlClient } from '../../local/graphql-client.ts';
import { fillIn, rememberAnswer } from '../../router/playground/answers.ts';
import { socketClient } from '../harness/live-map.ts';
import type { Person, Seed } from '../harness/seed.ts';
import { createSeed } from '../harness/seed.ts';
import type { Stack } from '../harness/stack.ts';
import { startStack } from '../harness/stack.ts';

let stack: Stack;
let seed: Seed;
let organizer: Person;
beforeAll(async () => {
  stack = await startStack();
  seed = createSeed(stack);
  organizer = await seed.organizer();
});
afterAll(() => stack.close());

const folder = new URL('../../schema/operations/', import.meta.url);

describe('the sample operations', () => {
  it('run from the first to the last as the Playground runs them, and end with an order', async () => {
    await seed.event(organizer, { title: 'Sample concert' });
    const client = createGraphqlClient(stack.endpoint);
    const typenames: Record<string, string> = {};
    for (const file of readdirSync(folder)
      .filter((name) => name.endsWith('.graphql'))
      .toSorted()) {
      const query = readFileSync(new URL(file, folder), 'utf8');
      const path = new URL(file.replace('.graphql', '.variables.json'), folder);
      const variables = fillIn(existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {}) as Record<string, unknown>;
      if (query.includes('\nsubscription')) {
        const socket = socketClient(stack.endpoint, client.cookies());
        const { value } = await socket.iterate<{ seatMapChanged: { kind: string } }>({ query, variables }).next();
        await socket.dispose();
        expect(value).toMatchObject({ data: { seatMapChanged: { kind: 'SNAPSHOT', event: { title: 'Sample concert' } } } });
        continue;
      }
      const answer = await client.request<Record<string, { __typename?: string }>>(query, variables);
      expect({ file, errors: answer.errors }).toEqual({ file, errors: undefined });
      rememberAnswer(answer);
      for (const [field, value] of Object.entries(answer.data ?? {})) typenames[field] = value.__typename ?? '';
    }
    expect(typenames).toMatchObject({
      signUp: 'SignedIn',
      logIn: 'SignedIn',
      holdSeats: 'HoldSeatsPayload',
      refreshHold: 'RefreshHoldPayload',
      createPaymentIntent: 'CreatePaymentIntentPayload',
      confirmPayment: 'ConfirmPaymentPayload',
      purchase: 'PurchasePayload',
      refundOrder: 'RefundOrderPayload',
    });
    expect(client.cookies()).toBe('');
  });
});

describe('who may do what', () => {
  it('an attendee cannot create an event, and nobody sees another one’s order, hold or draft', async () => {
    const [buyer, stranger] = [await seed.person(), await seed.person()];
    const refused = await buyer.request('mutation ($input: CreateEventInput!) { createEvent(input: $input) { event { id } } }', {
      input: { title: 'x', startsAt: '2030-01-01T00:00:00Z' },
    });
    expect(refused.errors?.[0]?.extensions?.['code']).toBe('FORBIDDEN');

    const eventId = await seed.event(organizer);
    const holdId = await seed.held(buyer, eventId, ['A-1']);
    const intent = await seed.pay(buyer, holdId);
    const { order } = await seed.purchase(buyer, { eventId, holdId, paymentIntentId: intent.id });
    const ask = (who: { data: Person['data'] }) =>
      who.data<{ order: unknown; hold: unknown }>(
        'query ($order: ID!, $hold: ID!) { order(id: $order) { id buyer { id } event { title } } hold(id: $hold) { id status } }',
        { order: order?.id, hold: holdId },
      );
    expect(await ask(buyer)).toMatchObject({
      order: { id: order?.id, buyer: { id: buyer.userId }, event: { title: 'Concert' } },
      hold: { status: 'CONSUMED' },
    });
    expect(await ask(stranger)).toEqual({ order: null, hold: null });
    expect(await ask(createGraphqlClient(stack.endpoint))).toEqual({ order: null, hold: null });
    expect((await ask(organizer)).order).not.toBeNull();

    const draft = await seed.event(organizer, { publish: false, title: 'Secret' });
    const seeDraft = (who: { data: Person['data'] }) =>
      who.data('query ($id: ID!) { event(id: $id) { title seatMap { version } } }', { id: draft });
    expect(await seeDraft(organizer)).toMatchObject({ event: { title: 'Secret', seatMap: {} } });
    expect(await seeDraft(stranger)).toEqual({ event: null });
  });

  it('an anonymous holdSeats is refused before it reaches a subgraph', async () => {
    const eventId = await seed.event(organizer);
    const answer = await createGraphqlClient(stack.endpoint).request(
      'mutation ($input: HoldSeatsInput!) { holdSeats(input: $input) { __typename } }',
      { input: { eventId, seatIds: ['A-1'] } },
    );
    expect(answer.errors?.[0]?.extensions?.['code']).toBe('UNAUTHENTICATED');
  });
});

describe('bad input', () => {
  it('names every field that is wrong, in one answer', async () => {
    const buyer = await seed.person();
    const answer = await buyer.request('mutation ($input: HoldSeatsInput!) { holdSeats(input: $input) { __typename } }', {
      input: { eventId: '{"$ne":null}', seatIds: ['A-1', 'A-1'] },
    });
    expect(answer.errors?.[0]?.extensions).toMatchObject({
      code: 'BAD_USER_INPUT',
      issues: [{ path: ['input', 'eventId'] }, { path: ['input', 'seatIds'] }],
    });
  });

  it('refuses a header and an argument that name different idempotency keys', async () => {
    const buyer = await seed.person();
    const eventId = await seed.event(organizer);
    const holdId = await seed.held(buyer, eventId, ['A-1']);
    const intent = await seed.pay(buyer, holdId);
    const answer = await buyer.request(
      'mutation ($input: PurchaseInput!) { purchase(input: $input) { __typename } }',
      { input: { eventId, holdId, paymentIntentId: intent.id, idempotencyKey: 'a' } },
      { 'idempotency-key': 'b' },
    );
    expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', issues: [{ path: ['input', 'idempotencyKey'] }] });
    expect(await buyer.data('query ($id: ID!) { hold(id: $id) { status } }', { id: holdId })).toEqual({ hold: { status: 'ACTIVE' } });
  });

  it('answers foreign holds, wrong secrets and unpaid intents with the outcomes of the contract', async () => {
    const [buyer, stranger] = [await seed.person(), await seed.person()];
    const eventId = await seed.event(organizer);
    const holdId = await seed.held(buyer, eventId, ['A-1']);
    const outcome = async (who: Person, field: string, type: string, input: Record<string, unknown>): Promise<unknown> => {
      const data = await who.data<Record<string, { __typename: string }>>(
        `mutation ($input: ${type}!) { ${field}(input: $input) { __typename } }`,
        { input },
      );
      return data[field]?.__typename;
    };
    expect(await outcome(stranger, 'refreshHold', 'RefreshHoldInput', { holdId })).toBe('HoldExpired');
    expect(await outcome(stranger, 'createPaymentIntent', 'CreatePaymentIntentInput', { holdId })).toBe('HoldExpired');
    const { createPaymentIntent } = await buyer.data<{ createPaymentIntent: { paymentIntent: { id: string; clientSecret: string } } }>(
      'mutation ($input: CreatePaymentIntentInput!) { createPaymentIntent(input: $input) { ... on CreatePaymentIntentPayload { paymentIntent { id clientSecret } } } }',
      { input: { holdId } },
    );
    const { id: paymentIntentId, clientSecret } = createPaymentIntent.paymentIntent;
    expect(await outcome(buyer, 'confirmPayment', 'ConfirmPaymentInput', { paymentIntentId, clientSecret: 'wrong' })).toBe(
      'PaymentIntentNotFound',
    );
    expect(await outcome(stranger, 'confirmPayment', 'ConfirmPaymentInput', { paymentIntentId, clientSecret })).toBe(
      'PaymentIntentNotFound',
    );
    expect(await outcome(buyer, 'purchase', 'PurchaseInput', { eventId, holdId, paymentIntentId })).toBe('PaymentNotConfirmed');
    expect(
      await outcome(buyer, 'confirmPayment', 'ConfirmPaymentInput', { paymentIntentId, clientSecret, paymentMethod: 'pm_card_declined' }),
    ).toBe('PaymentDeclined');
    expect((await seed.hold(stranger, eventId, ['A-1'])).conflicts).toEqual([{ seatId: 'A-1', reason: 'HELD' }]);
    expect((await seed.hold(stranger, eventId, ['Q-1'])).conflicts).toEqual([{ seatId: 'Q-1', reason: 'UNKNOWN_SEAT' }]);
  });
});
