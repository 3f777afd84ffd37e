import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Person, Seed } from '../harness/seed.ts';
import { createSeed } from '../harness/seed.ts';
import type { Stack } from '../harness/stack.ts';
import { startStack } from '../harness/stack.ts';

/** What was found by attacking the whole product from outside. */
describe('a hostile client of the whole product', () => {
  let stack: Stack;
  let seed: Seed;
  let buyer: Person;
  let eventId: string;
  beforeAll(async () => {
    stack = await startStack();
    seed = createSeed(stack);
    buyer = await seed.person();
    eventId = await seed.event(await seed.organizer());
  });
  afterAll(() => stack.close());

  it.each([
    '{ events(filter: { startsAfter: "now" }) { edges { cursor } } }',
    '{ events(filter: { startsBefore: 7 }) { edges { cursor } } }',
    'mutation { logIn(input: { email: "nobody", password: "x" }) { __typename } }',
    'mutation { holdBestAvailable(input: { eventId: "x", quantity: 1, maxPrice: -1 }) { __typename } }',
    'mutation { createEvent(input: { title: "x", startsAt: "2030-01-01T00:00:00Z", timeZone: "Nowhere" }) { event { id } } }',
    'mutation { configureSeating(input: { eventId: "x", currency: "XXXX", sections: [] }) { __typename } }',
  ])('is told what is wrong with a value written into the document: %s', async (query) => {
    const { errors } = await buyer.request(query);
    expect(errors?.map(({ extensions }) => extensions?.['code'])).toEqual(['GRAPHQL_VALIDATION_FAILED']);
    expect(errors?.[0]?.message).toMatch(/ must be /);
  });

  it.each([{ value: 1.5 }, { value: -1 }, { value: 'x' }, { value: [1] }])(
    'is told that %j is no version of a seat map',
    async (variables) => {
      const response = await fetch(stack.endpoint, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'text/event-stream' },
        body: JSON.stringify({
          query: `subscription ($value: SeatMapVersion) { seatMapChanged(eventId: "${eventId}", sinceVersion: $value) { kind } }`,
          variables,
        }),
        signal: AbortSignal.timeout(5_000),
      });
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
    },
  );

  it('cannot try passwords beside the log-in, with a session that was stolen', async () => {
    const limited = await startStack({ RATE_LIMIT_SCALE: '1' });
    try {
      const victim = await createSeed(limited).person();
      const guess = async () => {
        const { data, errors } = await victim.request<{ changePassword: { __typename: string } }>(
          'mutation { changePassword(input: { currentPassword: "a guess", newPassword: "another seat by the aisle" }) { __typename } }',
        );
        return data?.changePassword.__typename ?? errors?.[0]?.extensions?.['code'];
      };
      const outcomes: unknown[] = [];
      for (let round = 0; round < 12; round += 1) outcomes.push(await guess());
      expect(outcomes.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 'InvalidCredentials'));
      expect(outcomes.slice(10)).toEqual(['RATE_LIMITED', 'RATE_LIMITED']);
    } finally {
      await limited.close();
    }
  });

  it('cannot have two large halls, nor one twice, listed by one request; a whole one it can', async () => {
    const organizer = await seed.organizer();
    const rows = Array.from({ length: 24 }, (_, index) => ({ label: `R${index}`, seatCount: 500 }));
    for (const title of ['One', 'Other']) {
      const id = await seed.event(organizer, { title });
      await organizer.data('mutation ($input: ConfigureSeatingInput!) { configureSeating(input: $input) { __typename } }', {
        input: { eventId: id, currency: 'EUR', sections: [{ name: '', price: 1, rows }] },
      });
    }
    const list = (fields: string, first: number) =>
      buyer.request<{ events: { edges: { node: { seatMap: { seats: unknown[] } | null } }[] } }>(
        `query ($id: ID!) { events(first: ${first}, filter: { organizerId: $id }) { edges { node { seatMap { ${fields} } } } } }`,
        { id: organizer.userId },
      );
    const whole = await list('seats { seatId status }', 1);
    expect(whole.data?.events.edges[0]?.node.seatMap?.seats).toHaveLength(12_000);
    const both = await list('seats { seatId }', 2);
    expect(both.data?.events.edges.filter(({ node }) => node.seatMap !== null)).toHaveLength(1);
    expect(both.errors?.map(({ extensions }) => extensions?.['code'])).toEqual(['BAD_USER_INPUT']);
    const twice = await list('seats { seatId } again: seats { seatId }', 1);
    expect(twice.errors?.map(({ extensions }) => extensions?.['code'])).toEqual(['BAD_USER_INPUT']);
  });
});
