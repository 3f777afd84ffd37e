import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../tests/harness/fresh.ts';
import { CANCEL, codes, DELETE, inDays, issuePaths, PUBLISH, startEvents, UPDATE } from './test-bed.ts';

let bed: Awaited<ReturnType<typeof startEvents>>;
beforeAll(async () => {
  bed = await startEvents();
});
afterAll(() => bed.close());

const CREATE =
  'mutation ($input: CreateEventInput!) { createEvent(input: $input) { event { id title description location tags startsAt endsAt timeZone status version organizer { id } } } }';
const told = (id: string) => bed.told(id);

describe('creating an event', () => {
  it('makes the viewer its organizer, tidies the text and tells of it', async () => {
    const organizer = bed.viewer('ORGANIZER');
    const startsAt = inDays(5);
    const answer = await organizer.ask(CREATE, {
      input: {
        title: '  Cafe\u0301 Concert ',
        description: ' ',
        tags: [' Jazz ', 'jazz', 'Open  Air'],
        startsAt,
        timeZone: 'Europe/Berlin',
      },
    });
    const event = answer.data?.['createEvent'].event;
    expect(event).toMatchObject({
      title: 'Caf\u00e9 Concert',
      description: null,
      location: null,
      tags: ['jazz', 'open air'],
      startsAt,
      endsAt: null,
      timeZone: 'Europe/Berlin',
      status: 'PUBLISHED',
      version: 1,
      organizer: { id: organizer.userId },
    });

    const [row] = await told(event.id);
    expect(row).toMatchObject({ type: 'event.created', version: 1 });
    expect(row?.data).toEqual({
      id: event.id,
      organizerId: organizer.userId,
      status: 'PUBLISHED',
      deleted: false,
      title: 'Caf\u00e9 Concert',
      description: null,
      location: null,
      tags: ['jazz', 'open air'],
      startsAt,
      endsAt: null,
      timeZone: 'Europe/Berlin',
    });
    await eventually('the event reaches the bus', async () => (await told(event.id))[0]?.sent);
  });

  it('names every problem at once, rules between fields included', async () => {
    const answer = await bed
      .viewer('ORGANIZER')
      .ask(CREATE, { input: { title: ' ', location: 'x'.repeat(301), tags: ['a\u0000'], startsAt: inDays(-1), endsAt: inDays(-2) } });
    expect(codes(answer)).toEqual(['BAD_USER_INPUT']);
    expect(issuePaths(answer)).toEqual(['input.endsAt', 'input.location', 'input.startsAt', 'input.tags.0', 'input.title']);
  });

  it('bounds its texts and tags', async () => {
    const organizer = bed.viewer('ORGANIZER');
    const refused = async (input: Record<string, unknown>) =>
      issuePaths(await organizer.ask(CREATE, { input: { title: 'T', startsAt: inDays(1), ...input } }));
    expect(await refused({ title: 'x'.repeat(201) })).toEqual(['input.title']);
    expect(await refused({ title: 'two\nlines' })).toEqual(['input.title']);
    expect(await refused({ description: 'x'.repeat(10_001) })).toEqual(['input.description']);
    expect(await refused({ tags: ['x'.repeat(41)] })).toEqual(['input.tags.0']);
    expect(await refused({ tags: Array.from({ length: 21 }, (_, index) => `tag${index}`) })).toEqual(['input.tags']);
    expect(await refused({ description: 'lone \ud800 half' })).toEqual(['input.description']);
    expect(codes(await organizer.ask(CREATE, { input: { title: 'T', startsAt: inDays(1), timeZone: 'Mars/Olympus' } }))).toEqual([
      'BAD_USER_INPUT',
    ]);
  });

  it('a published event starts in the past only for admins; a draft may', async () => {
    const past = { title: 'Past', startsAt: inDays(-1) };
    expect(issuePaths(await bed.viewer('ORGANIZER').ask(CREATE, { input: past }))).toEqual(['input.startsAt']);
    expect((await bed.viewer('ORGANIZER').ask(CREATE, { input: { ...past, publish: false } })).data?.['createEvent'].event.status).toBe(
      'DRAFT',
    );
    expect((await bed.viewer('ADMIN').ask(CREATE, { input: past })).data?.['createEvent'].event.status).toBe('PUBLISHED');
  });

  it('is for organizers and admins', async () => {
    const input = { title: 'T', startsAt: inDays(1) };
    expect(codes(await bed.viewer().ask(CREATE, { input }))).toEqual(['UNAUTHENTICATED']);
    expect(codes(await bed.viewer('ATTENDEE').ask(CREATE, { input }))).toEqual(['FORBIDDEN']);
    for (const mutation of [PUBLISH, CANCEL, DELETE])
      expect(codes(await bed.viewer('ATTENDEE').ask(mutation, { id: 'evt_x' }))).toEqual(['FORBIDDEN']);
  });
});

describe('changing an event', () => {
  it('leaves out what is left out, clears what is null and refuses null where there must be something', async () => {
    const organizer = bed.viewer('ORGANIZER');
    const id = await organizer.creates({ description: 'Old', tags: ['rock'] });
    const answer = await organizer.ask(UPDATE, { input: { id, title: 'New', description: null } });
    expect(answer.data?.['updateEvent'].event).toMatchObject({ title: 'New', description: null, tags: ['rock'], version: 2 });
    expect(issuePaths(await organizer.ask(UPDATE, { input: { id, title: null, startsAt: null, timeZone: null, tags: null } }))).toEqual([
      'input.startsAt',
      'input.tags',
      'input.timeZone',
      'input.title',
    ]);
    expect((await told(id)).map((row) => [row.type, row.version])).toEqual([
      ['event.created', 1],
      ['event.updated', 2],
    ]);
  });

  it('that changes nothing tells nobody and keeps the version', async () => {
    const organizer = bed.viewer('ORGANIZER');
    const id = await organizer.creates({ title: 'Same' });
    expect((await organizer.ask(UPDATE, { input: { id, title: ' Same ' } })).data?.['updateEvent'].event.version).toBe(1);
    expect(await told(id)).toHaveLength(1);
  });

  it('refuses an older expectedVersion and shows the current event', async () => {
    const organizer = bed.viewer('ORGANIZER');
    const id = await organizer.creates();
    await organizer.ask(UPDATE, { input: { id, expectedVersion: 1, title: 'Second' } });
    const answer = await organizer.ask(UPDATE, { input: { id, expectedVersion: 1, title: 'Lost' } });
    expect(answer.data?.['updateEvent']).toMatchObject({
      __typename: 'StaleVersion',
      path: ['input', 'expectedVersion'],
      current: { version: 2, title: 'Second' },
    });
  });

  it('of twenty simultaneous changes of one version one wins, and each version is told once', async () => {
    const organizer = bed.viewer('ORGANIZER');
    const id = await organizer.creates();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => organizer.ask(UPDATE, { input: { id, expectedVersion: 1, title: `Title ${index}` } })),
    );
    const kinds = answers.map((answer) => answer.data?.['updateEvent']['__typename']);
    expect(kinds.filter((kind) => kind === 'UpdateEventPayload')).toHaveLength(1);
    expect(kinds.filter((kind) => kind === 'StaleVersion')).toHaveLength(19);
    expect((await told(id)).map((row) => row.version)).toEqual([1, 2]);
  });

  it('of five simultaneous changes without an expected version none is lost', async () => {
    const organizer = bed.viewer('ORGANIZER');
    const id = await organizer.creates();
    const changes = [{ title: 'T' }, { description: 'D' }, { tags: ['t'] }, { timeZone: 'Europe/Paris' }];
    const answers = await Promise.all(changes.map((change) => organizer.ask(UPDATE, { input: { id, ...change } })));
    expect(answers.map((answer) => answer.data?.['updateEvent']['__typename'])).toEqual(changes.map(() => 'UpdateEventPayload'));
    expect((await told(id)).map((row) => row.version)).toEqual([1, 2, 3, 4, 5]);
    expect((await told(id)).at(-1)?.data).toMatchObject({ title: 'T', description: 'D', tags: ['t'], timeZone: 'Europe/Paris' });
  });

  it('checks times against the stored event', async () => {
    const organizer = bed.viewer('ORGANIZER');
    const id = await organizer.creates({ startsAt: inDays(10), endsAt: inDays(11) });
    expect(issuePaths(await organizer.ask(UPDATE, { input: { id, startsAt: inDays(12) } }))).toEqual(['input.endsAt']);
    expect(issuePaths(await organizer.ask(UPDATE, { input: { id, startsAt: inDays(-1) } }))).toEqual(['input.startsAt']);
    expect(issuePaths(await organizer.ask(UPDATE, { input: { id, title: '', startsAt: inDays(12), endsAt: inDays(11) } }))).toEqual([
      'input.endsAt',
      'input.title',
    ]);
  });

  it('is for its organizer and admins; everybody else hears what they would hear of no event', async () => {
    const id = await bed.viewer('ORGANIZER').creates();
    const rival = bed.viewer('ORGANIZER');
    const missing = await rival.ask(UPDATE, { input: { id: 'evt_missing', title: 'Mine' } });
    expect(missing.data?.['updateEvent']).toMatchObject({ __typename: 'EventNotFound', path: ['input', 'id'] });
    expect((await rival.ask(UPDATE, { input: { id, title: 'Mine' } })).data).toEqual(missing.data);
    expect((await rival.ask(PUBLISH, { id })).data?.['publishEvent']['__typename']).toBe('EventNotFound');
    expect((await rival.ask(CANCEL, { id })).data?.['cancelEvent']['__typename']).toBe('EventNotFound');
    expect((await rival.ask(DELETE, { id })).data?.['deleteEvent']['__typename']).toBe('EventNotFound');
    expect((await bed.viewer('ADMIN').ask(UPDATE, { input: { id, title: 'Moderated' } })).data?.['updateEvent'].event.title).toBe(
      'Moderated',
    );
  });
});
