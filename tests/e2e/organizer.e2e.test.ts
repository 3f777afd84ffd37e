import { createRemoteJWKSet, compactVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openLiveMap } from '../harness/live-map.ts';
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

type Client = Pick<Person, 'data' | 'request'>;
const CONFIGURE = `mutation ($input: ConfigureSeatingInput!) { configureSeating(input: $input) {
  __typename ... on ConfigureSeatingPayload { event { title seatMap { seats { seatId price { amount } features } sections { name rows { label } } } } }
  ... on SeatsInUse { seatIds } ... on UserError { message path } } }`;
const configure = (who: Client, eventId: string, sections: unknown[], currency = 'EUR') =>
  who.request<{ configureSeating: { __typename: string; seatIds?: string[]; event?: { seatMap: { seats: unknown[] } } } }>(CONFIGURE, {
    input: { eventId, currency, sections },
  });
const hall = [
  {
    name: 'Stalls',
    price: 9_000,
    rows: [{ label: 'A', seatCount: 4 }],
    accessibleSeats: ['Stalls-A-1'],
    companionSeats: ['Stalls-A-2'],
    blockedSeats: ['Stalls-A-4'],
  },
  { name: 'Balcony', price: 3_000, rows: [{ label: 'A', seatCount: 6, firstNumber: 11 }] },
];
const best = (who: Client, input: Record<string, unknown>) =>
  who.request<{ holdBestAvailable: { __typename: string; hold?: { id: string; seats: { seatId: string }[] } } }>(
    'mutation ($input: HoldBestAvailableInput!) { holdBestAvailable(input: $input) { __typename ... on HoldSeatsPayload { hold { id seats { seatId } } } ... on UserError { message path } } }',
    { input },
  );

async function bought(who: Person, eventId: string, seatIds: string[]) {
  const holdId = await seed.held(who, eventId, seatIds);
  const intent = await seed.pay(who, holdId);
  const { order } = await seed.purchase(who, { eventId, holdId, paymentIntentId: intent.id });
  const read = await who.data<{ order: { id: string; tickets: { id: string; code: string; seat: { seatId: string } }[] } }>(
    'query ($id: ID!) { order(id: $id) { id tickets { id code seat { seatId } } } }',
    { id: order?.id },
  );
  return read.order;
}

describe('an organizer', () => {
  it('lays out seats while somebody watches; buyers take the best of them, give one back, and are let in once', async () => {
    const eventId = await seed.event(organizer, { title: 'Opera' });
    const map = openLiveMap(stack.endpoint, eventId);
    expect((await map.next()).seats).toHaveLength(50);
    const configured = await configure(organizer, eventId, hall);
    expect(configured.errors).toBeUndefined();
    expect(configured.data?.configureSeating).toMatchObject({
      __typename: 'ConfigureSeatingPayload',
      event: { title: 'Opera', seatMap: { sections: [{ name: 'Stalls' }, { name: 'Balcony' }] } },
    });
    await map.until('Stalls-A-4', 'BLOCKED');
    expect(map.seatIds()).toHaveLength(10);

    const buyer = await seed.person();
    const chosen = await best(buyer, { eventId, quantity: 2, accessible: 1 });
    expect(chosen.data?.holdBestAvailable.hold?.seats).toEqual([{ seatId: 'Stalls-A-1' }, { seatId: 'Stalls-A-2' }]);
    const order = await bought(buyer, eventId, ['Balcony-A-13', 'Balcony-A-14']);
    await map.until('Balcony-A-14', 'RESERVED');
    expect((await configure(organizer, eventId, hall.slice(0, 1))).data?.configureSeating.seatIds?.toSorted()).toEqual([
      'Balcony-A-13',
      'Balcony-A-14',
    ]);

    const [kept, returned] = order.tickets;
    const refund = await buyer.data(
      'mutation ($input: RefundOrderInput!) { refundOrder(input: $input) { __typename ... on RefundOrderPayload { order { status refunded { amount } tickets { status } } } } }',
      { input: { orderId: order.id, ticketIds: [returned?.id] } },
    );
    expect(refund).toMatchObject({ refundOrder: { order: { status: 'PARTIALLY_REFUNDED', refunded: { amount: 3_000 } } } });
    await map.until(returned?.seat.seatId ?? '', 'AVAILABLE');

    const scan = (who: Client, code: string | undefined, nonce: string) =>
      who.request<{ checkIn: unknown }>(
        'mutation ($input: CheckInInput!) { checkIn(input: $input) { __typename ... on CheckInPayload { replayed ticket { status checkedInAt } } ... on TicketNotValid { reason } } }',
        { input: { eventId, code, nonce } },
      );
    expect((await scan(buyer, kept?.code, '1')).errors?.[0]?.extensions?.['code']).toBe('FORBIDDEN');
    expect((await scan(organizer, kept?.code, '1')).data).toMatchObject({ checkIn: { replayed: false, ticket: { status: 'CHECKED_IN' } } });
    expect((await scan(organizer, kept?.code, '1')).data).toMatchObject({ checkIn: { replayed: true } });
    expect((await scan(organizer, kept?.code, '2')).data).toMatchObject({ checkIn: { reason: 'ALREADY_CHECKED_IN' } });
    expect((await scan(organizer, returned?.code, '3')).data).toMatchObject({ checkIn: { reason: 'REFUNDED' } });

    const sales = '{ confirmedOrders ticketsSold ticketsCheckedIn gross { amount currency } refunded { amount } byDay { ticketsSold } }';
    const report = (who: Client) => who.data(`query ($id: ID!) { event(id: $id) { sales ${sales} } }`, { id: eventId });
    expect(await report(organizer)).toMatchObject({
      event: { sales: { confirmedOrders: 1, ticketsSold: 2, ticketsCheckedIn: 1, gross: { amount: 6_000 }, refunded: { amount: 3_000 } } },
    });
    expect(await report(buyer)).toEqual({ event: { sales: null } });

    const keys = createRemoteJWKSet(new URL('/tickets/jwks.json', stack.endpoint));
    const { payload } = await compactVerify(kept?.code ?? '', keys);
    expect(JSON.parse(new TextDecoder().decode(payload))).toMatchObject({ evt: eventId, seat: kept?.seat.seatId });
  });

  it("can neither lay out, nor scan, nor report on another organizer's event", async () => {
    const [eventId, other] = [await seed.event(organizer), await seed.organizer()];
    expect((await configure(other, eventId, hall)).data?.configureSeating.__typename).toBe('EventNotFound');
    const scan = await other.request('mutation ($input: CheckInInput!) { checkIn(input: $input) { __typename } }', {
      input: { eventId, code: 'x' },
    });
    expect(scan.errors?.[0]?.extensions?.['code']).toBe('NOT_FOUND');
  });
});

describe('the reconciliation report', () => {
  it('is for admins, and finds nothing in what was sold here', async () => {
    const QUERY = '{ reconciliation { orders claims complete differences { kind message } } }';
    const report = await (await seed.admin()).data<{ reconciliation: { orders: number } }>(QUERY);
    expect(report.reconciliation).toMatchObject({ complete: true, differences: [] });
    expect(report.reconciliation.orders).toBeGreaterThan(0);
    expect((await organizer.request(QUERY)).errors?.[0]?.extensions?.['code']).toBe('FORBIDDEN');
  });
});

describe('bad input', () => {
  const seat = (fields: Record<string, unknown>) => [{ name: '', price: 1, rows: [{ label: 'A', seatCount: 5, ...fields }] }];
  const section = (fields: Record<string, unknown>) => [{ name: '', price: 1, rows: [{ label: 'A', seatCount: 5 }], ...fields }];
  it.each<[string, unknown[], (string | number)[]]>([
    ['no section', [], ['input', 'sections']],
    ['no row', section({ rows: [] }), ['input', 'sections', 0, 'rows']],
    ['no seat in a row', seat({ seatCount: 0 }), ['input', 'sections', 0, 'rows', 0, 'seatCount']],
    ['a negative seat count', seat({ seatCount: -1 }), ['input', 'sections', 0, 'rows', 0, 'seatCount']],
    ['a row beyond its bound', seat({ seatCount: 501 }), ['input', 'sections', 0, 'rows', 0, 'seatCount']],
    ['a negative number', seat({ firstNumber: -1 }), ['input', 'sections', 0, 'rows', 0, 'firstNumber']],
    ['a label with a separator', seat({ label: 'A-B' }), ['input', 'sections', 0, 'rows', 0, 'label']],
    ['a name with a separator', section({ name: 'x|y' }), ['input', 'sections', 0, 'name']],
    ['a price beyond its bound', section({ price: 100_000_001 }), ['input', 'sections', 0, 'price']],
    ['two sections of one name', [...section({ name: 'a' }), ...section({ name: 'a' })], ['input', 'sections', 1, 'name']],
    ['an unnamed section beside another', [...section({ name: 'a' }), ...section({})], ['input', 'sections', 1, 'name']],
    [
      'a seat twice',
      section({
        rows: [
          { label: 'A', seatCount: 5 },
          { label: 'A', seatCount: 1, firstNumber: 5 },
        ],
      }),
      ['input', 'sections', 0, 'rows', 1],
    ],
    ['a feature of no seat', section({ accessibleSeats: ['A-6'] }), ['input', 'sections', 0, 'accessibleSeats', 0]],
    [
      '20,001 seats',
      section({ rows: [...Array.from({ length: 40 }, (_, at) => ({ label: `R${at}`, seatCount: 500 })), { label: 'X', seatCount: 1 }] }),
      ['input', 'sections'],
    ],
  ])('of a seating plan: %s is refused by its field, and nothing has changed', async (_what, sections, path) => {
    const eventId = await seed.event(organizer);
    const answer = await configure(organizer, eventId, sections);
    expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT' });
    const issues = answer.errors?.[0]?.extensions?.['issues'] as { path: unknown }[];
    expect(issues.map((issue) => issue.path)).toContainEqual(path);
    const { event } = await organizer.data<{ event: { availability: { total: number } } }>(
      'query ($id: ID!) { event(id: $id) { availability { total } } }',
      { id: eventId },
    );
    expect(event.availability.total).toBe(50);
  });

  it.each([
    [{ quantity: 0 }, 'quantity'],
    [{ quantity: 11 }, 'quantity'],
    [{ quantity: -1 }, 'quantity'],
    [{ quantity: 2, accessible: 3 }, 'accessible'],
    [{ quantity: 2, accessible: -1 }, 'accessible'],
  ])('of best available: %o is refused by its field', async (input, field) => {
    const answer = await best(await seed.person(), { eventId: await seed.event(organizer), ...input });
    expect(answer.errors?.[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', issues: [{ path: ['input', field] }] });
  });

  it.each([
    ['a fraction', { quantity: 1.5 }],
    ['2^53', { quantity: 2 ** 53 }],
    ['a fraction of a cent', { quantity: 1, maxPrice: 0.5 }],
    ['2^53 as a price', { quantity: 1, maxPrice: 2 ** 53 }],
    ['a word', { quantity: 'two' }],
  ])('that is %s does not even reach a subgraph', async (_what, input) => {
    const answer = await best(await seed.person(), { eventId: await seed.event(organizer), ...input });
    expect(answer.errors?.[0]?.extensions?.['code']).toBe('BAD_USER_INPUT');
  });

  it('of a seating plan: a negative price does not even reach a subgraph, and the answer names its field', async () => {
    const answer = await configure(organizer, await seed.event(organizer), section({ price: -1 }));
    expect(answer.errors?.[0]?.extensions?.['code']).toBe('BAD_USER_INPUT');
    expect(answer.errors?.[0]?.message).toContain('input.sections[0].price');
  });

  it('of a refund: ids of others, repeated ids, too many ids', async () => {
    const [buyer, other] = [await seed.person(), await seed.person()];
    const eventId = await seed.event(organizer);
    const [mine, theirs] = [await bought(buyer, eventId, ['A-1']), await bought(other, eventId, ['A-2'])];
    const refund = (who: Client, input: Record<string, unknown>) =>
      who.request('mutation ($input: RefundOrderInput!) { refundOrder(input: $input) { __typename } }', { input });
    const code = async (who: Client, input: Record<string, unknown>) => (await refund(who, input)).errors?.[0]?.extensions?.['code'];
    expect(await code(buyer, { orderId: theirs.id })).toBe('NOT_FOUND');
    expect(await code(buyer, { orderId: 'ord_nothing' })).toBe('NOT_FOUND');
    expect(await code(buyer, { orderId: mine.id, ticketIds: [theirs.tickets[0]?.id] })).toBe('BAD_USER_INPUT');
    expect(await code(buyer, { orderId: mine.id, ticketIds: [mine.tickets[0]?.id, mine.tickets[0]?.id] })).toBe('BAD_USER_INPUT');
    expect(await code(buyer, { orderId: mine.id, ticketIds: [] })).toBe('BAD_USER_INPUT');
    const thousand = Array.from({ length: 1_000 }, (_, index) => `tkt_${index}`);
    expect(await code(buyer, { orderId: mine.id, ticketIds: thousand })).toBe('BAD_USER_INPUT');
    // 100,000 ids are more than a request may carry.
    const body = JSON.stringify({
      query: 'mutation ($input: RefundOrderInput!) { refundOrder(input: $input) { __typename } }',
      variables: { input: { orderId: mine.id, ticketIds: Array.from({ length: 100_000 }, (_, index) => `tkt_${index}`) } },
    });
    const response = await fetch(stack.endpoint, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    expect(response.status).toBe(413);
    const read = await buyer.data('query ($id: ID!) { order(id: $id) { status } }', { id: mine.id });
    expect(read).toEqual({ order: { status: 'CONFIRMED' } });
  });
});
