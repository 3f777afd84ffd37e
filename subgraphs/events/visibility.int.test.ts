import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeAfterTest } from '../../tests/harness/fresh.ts';
import { CANCEL, codes, DELETE, inDays, issuePaths, PUBLISH, startEvents, UPDATE } from './test-bed.ts';

let bed: Awaited<ReturnType<typeof startEvents>>;
beforeAll(async () => {
  bed = await startEvents();
});
afterAll(() => bed.close());

const EVENT = 'query ($id: ID!) { event(id: $id) { id status version title } }';
const ENTITIES =
  'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Event { id title startsAt timeZone status organizer { id } version } } }';
const entities = (id: unknown) => ({ r: [{ __typename: 'Event', id }] });
const told = (id: string) => bed.told(id);

describe('the life of an event', () => {
  it('goes from draft to published to cancelled, each step safe to repeat', async () => {
    const organizer = bed.viewer('ORGANIZER');
    const id = await organizer.creates({ publish: false });
    for (const version of [2, 2])
      expect((await organizer.ask(PUBLISH, { id })).data?.['publishEvent'].event).toMatchObject({ status: 'PUBLISHED', version });
    for (const version of [3, 3])
      expect((await organizer.ask(CANCEL, { id })).data?.['cancelEvent'].event).toMatchObject({ status: 'CANCELLED', version });
    expect((await organizer.ask(PUBLISH, { id })).data?.['publishEvent']['__typename']).toBe('InvalidEventState');
    expect((await organizer.ask(UPDATE, { input: { id, title: 'Too late' } })).data?.['updateEvent']['__typename']).toBe(
      'InvalidEventState',
    );
    expect((await told(id)).map((row) => row.type)).toEqual(['event.created', 'event.published', 'event.cancelled']);
  });

  it('a draft that starts in the past is not published', async () => {
    const organizer = bed.viewer('ORGANIZER');
    const id = await organizer.creates({ publish: false, startsAt: inDays(-1) });
    expect((await organizer.ask(PUBLISH, { id })).data?.['publishEvent']['__typename']).toBe('InvalidEventState');
  });

  it('a deleted event is gone from everywhere, yet other subgraphs still resolve it, as cancelled', async () => {
    const organizer = bed.viewer('ORGANIZER');
    const id = await organizer.creates({ title: 'Vanishing act' });
    for (let time = 0; time < 2; time += 1)
      expect((await organizer.ask(DELETE, { id })).data?.['deleteEvent']).toEqual({ __typename: 'DeleteEventPayload', id });
    expect((await organizer.ask(EVENT, { id })).data).toEqual({ event: null });
    expect((await bed.viewer('ADMIN').ask(EVENT, { id })).data).toEqual({ event: null });
    expect((await organizer.ask(UPDATE, { input: { id, title: 'Back' } })).data?.['updateEvent']['__typename']).toBe('EventNotFound');
    expect((await bed.viewer('ORGANIZER').ask(DELETE, { id })).data?.['deleteEvent']['__typename']).toBe('EventNotFound');
    const mine = await organizer.ask(
      'query ($r: [_Any!]!) { _entities(representations: $r) { ... on User { organizedEvents { edges { node { id } } } } } }',
      { r: [{ __typename: 'User', id: organizer.userId }] },
    );
    expect(mine.data?.['_entities'][0].organizedEvents.edges).toEqual([]);

    const [entity] = (await bed.askAsOrders(ENTITIES, entities(id))).data?.['_entities'] ?? [];
    expect(entity).toMatchObject({ id, title: 'Vanishing act', status: 'CANCELLED', version: 2, organizer: { id: organizer.userId } });
    expect((await told(id)).at(-1)).toMatchObject({ type: 'event.deleted', version: 2, data: { deleted: true, status: 'CANCELLED' } });
  });
});

describe('who sees a draft', () => {
  it('its organizer, admins and other subgraphs', async () => {
    const organizer = bed.viewer('ORGANIZER');
    const id = await organizer.creates({ publish: false });
    expect((await organizer.ask(EVENT, { id })).data?.['event']).toMatchObject({ id, status: 'DRAFT' });
    expect((await bed.viewer('ADMIN').ask(EVENT, { id })).data?.['event']).toMatchObject({ id });
    expect((await bed.viewer('ORGANIZER').ask(EVENT, { id })).data).toEqual({ event: null });
    expect((await bed.viewer().ask(EVENT, { id })).data).toEqual({ event: null });
    expect((await bed.askAsOrders(ENTITIES, entities(id))).data?.['_entities'][0]).toMatchObject({ id, status: 'DRAFT', timeZone: 'UTC' });
  });
});

describe('what is not an id', () => {
  it('is refused as an entity key and as an argument', async () => {
    for (const id of [{ $ne: null }, { $regex: '.*' }, ['x'], null, 7, 'a b', 'x'.repeat(65)]) {
      expect({ id, codes: codes(await bed.askAsOrders(ENTITIES, entities(id))) }).toEqual({ id, codes: ['BAD_USER_INPUT'] });
      const user = { r: [{ __typename: 'User', id }] };
      expect({
        id,
        codes: codes(await bed.askAsOrders('query ($r: [_Any!]!) { _entities(representations: $r) { ... on User { id } } }', user)),
      }).toEqual({ id, codes: ['BAD_USER_INPUT'] });
    }
    expect(issuePaths(await bed.viewer().ask(EVENT, { id: '$where' }))).toEqual(['id']);
  });

  it('a subgraph cannot speak for a viewer, nor anybody without an identity', async () => {
    const response = await fetch(`${bed.origin}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ _service { sdl } }' }),
    });
    expect(response.status).toBe(401);
  });
});

describe('an unexpected error', () => {
  it('shows an id and nothing else', async () => {
    await bed.mongo.db
      .collection<{ _id: string; status: string; startsAt: string }>('events')
      .insertOne({ _id: 'evt_broken', status: 'DRAFT', startsAt: 'not a date' });
    const answer = await bed.askAsOrders(ENTITIES, entities('evt_broken'));
    expect(answer.errors?.every((error) => error.message === 'Something went wrong on our side.')).toBe(true);
    expect(codes(answer)).toContain('INTERNAL_SERVER_ERROR');
    await bed.mongo.db.collection<{ _id: string }>('events').deleteOne({ _id: 'evt_broken' });
  });

  it('a database that is away is SERVICE_UNAVAILABLE', async () => {
    const doomed = await startEvents();
    closeAfterTest(doomed);
    const organizer = doomed.viewer('ORGANIZER');
    await doomed.mongo.close();
    expect(codes(await organizer.ask(EVENT, { id: 'evt_x' }))).toEqual(['SERVICE_UNAVAILABLE']);
  });
});
