import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { closeAfterTest, eventually } from '../../tests/harness/fresh.ts';
import { inDays, issuePaths, startEvents } from './test-bed.ts';

let bed: Awaited<ReturnType<typeof startEvents>>;
beforeAll(async () => {
  bed = await startEvents();
});
afterAll(() => bed.close());

type Organizer = ReturnType<typeof bed.viewer>;

const LIST =
  'query ($filter: EventFilter, $sort: EventSort! = STARTS_AT_ASC, $first: Int! = 20, $after: String) { events(filter: $filter, sort: $sort, first: $first, after: $after) { edges { cursor node { title } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }';
const connectionSchema = z.object({
  edges: z.array(z.object({ cursor: z.string(), node: z.object({ title: z.string() }) })),
  pageInfo: z.object({
    hasNextPage: z.boolean(),
    hasPreviousPage: z.boolean(),
    startCursor: z.string().nullable(),
    endCursor: z.string().nullable(),
  }),
});

async function list(variables: Record<string, unknown>, viewer: Organizer = bed.viewer()) {
  const answer = await viewer.ask(LIST, variables);
  if (answer.errors) throw new Error(JSON.stringify(answer.errors));
  const { edges, pageInfo } = connectionSchema.parse(answer.data?.['events']);
  return { titles: edges.map((edge) => edge.node.title), pageInfo, edges };
}
const titles = async (variables: Record<string, unknown>, viewer?: Organizer) => (await list(variables, viewer)).titles;

async function allPages(
  variables: Record<string, unknown>,
  between: (page: number) => Promise<unknown> = async () => undefined,
): Promise<string[]> {
  const seen: string[] = [];
  let after: string | null = null;
  for (let page = 1; page < 20; page += 1) {
    const { titles: found, pageInfo }: Awaited<ReturnType<typeof list>> = await list({ ...variables, after });
    seen.push(...found);
    expect(pageInfo.hasPreviousPage).toBe(page > 1);
    if (!pageInfo.hasNextPage) break;
    after = pageInfo.endCursor;
    await between(page);
  }
  return seen;
}

describe('the list of events', () => {
  it('pages by time without gaps or repeats while events are added, equal times included', async () => {
    const organizer = bed.viewer('ORGANIZER');
    const organizerId = organizer.userId;
    const same = inDays(20);
    for (const title of ['c1', 'c2', 'c3', 'c4']) await organizer.creates({ title, startsAt: same });
    await organizer.creates({ title: 'b', startsAt: inDays(19) });
    await organizer.creates({ title: 'd', startsAt: inDays(21) });
    const base = { filter: { organizerId }, first: 2 };

    const forward = await allPages({ ...base, sort: 'STARTS_AT_ASC' }, (page) =>
      organizer.creates({ title: `a${page}`, startsAt: inDays(1) }),
    );
    expect(forward[0]).toBe('b');
    expect(forward.slice(1, 5).toSorted()).toEqual(['c1', 'c2', 'c3', 'c4']);
    expect(forward[5]).toBe('d');
    expect(forward).toHaveLength(6);

    const backward = await allPages({ ...base, sort: 'STARTS_AT_DESC' });
    expect(backward).toEqual([...forward.toReversed(), ...backward.slice(6)]);
    expect(backward.slice(6).toSorted()).toEqual(['a1', 'a2']);
    expect((await allPages({ ...base, sort: 'NEWEST' }))[0]).toBe('a2');
  });

  it('filters by all tags, organizer and time', async () => {
    const organizer = bed.viewer('ORGANIZER');
    const organizerId = organizer.userId;
    await organizer.creates({ title: 'both', tags: ['rock', 'open air'], startsAt: inDays(30) });
    await organizer.creates({ title: 'one', tags: ['rock'], startsAt: inDays(40) });
    expect(await titles({ filter: { organizerId, tags: ['Rock', ' open  air'] } })).toEqual(['both']);
    expect(await titles({ filter: { organizerId, startsAfter: inDays(35) } })).toEqual(['one']);
    expect(await titles({ filter: { organizerId, startsBefore: inDays(35) } })).toEqual(['both']);
    expect(await titles({ filter: { organizerId: 'usr_nobody' } })).toEqual([]);
  });

  it('shows drafts of one organizer to that organizer and admins only, and cancelled ones to nobody', async () => {
    const organizer = bed.viewer('ORGANIZER');
    const filter = { organizerId: organizer.userId };
    await organizer.creates({ title: 'draft', publish: false, startsAt: inDays(1) });
    await organizer.creates({ title: 'public', startsAt: inDays(2) });
    const cancelled = await organizer.creates({ title: 'off', startsAt: inDays(3) });
    await organizer.ask('mutation ($id: ID!) { cancelEvent(id: $id) { __typename } }', { id: cancelled });
    expect(await titles({ filter })).toEqual(['public']);
    expect(await titles({ filter }, bed.viewer('ORGANIZER'))).toEqual(['public']);
    expect(await titles({ filter }, organizer)).toEqual(['draft', 'public']);
    expect(await titles({ filter }, bed.viewer('ADMIN'))).toEqual(['draft', 'public']);
    expect(await titles({ first: 100 }, organizer)).not.toContain('draft');

    const organized =
      'query ($r: [_Any!]!) { _entities(representations: $r) { ... on User { organizedEvents(first: 1) { edges { node { title } } pageInfo { hasNextPage } } } } }';
    const r = [{ __typename: 'User', id: organizer.userId }];
    expect((await organizer.ask(organized, { r })).data?.['_entities'][0].organizedEvents).toEqual({
      edges: [{ node: { title: 'draft' } }],
      pageInfo: { hasNextPage: true },
    });
    expect((await bed.viewer().ask(organized, { r })).data?.['_entities'][0].organizedEvents).toEqual({
      edges: [{ node: { title: 'public' } }],
      pageInfo: { hasNextPage: false },
    });
  });

  it('refuses page sizes, cursors of other orders and cursors it never gave', async () => {
    const { edges } = await list({ first: 1 });
    const ask = (variables: Record<string, unknown>) => bed.viewer().ask(LIST, variables);
    expect(issuePaths(await ask({ first: 0 }))).toEqual(['first']);
    expect(issuePaths(await ask({ first: 101 }))).toEqual(['first']);
    expect(issuePaths(await ask({ after: edges[0]?.cursor, sort: 'NEWEST' }))).toEqual(['after']);
    expect(issuePaths(await ask({ after: 'garbage' }))).toEqual(['after']);
    expect(issuePaths(await ask({ first: 0, filter: { organizerId: '$ne', text: 'x'.repeat(201) } }))).toEqual([
      'filter.organizerId',
      'filter.text',
      'first',
    ]);
  });
});

describe('search', () => {
  it('finds prefixes, typos and words without their accents, the title counting most', async () => {
    const organizer = bed.viewer('ORGANIZER');
    await organizer.creates({ title: 'Symphony gala', location: 'M\u00fcnchen' });
    await organizer.creates({ title: 'Evening', description: 'A symphony, perhaps.' });
    expect(await titles({ filter: { text: 'symphony' }, sort: 'RELEVANCE' })).toEqual(['Symphony gala', 'Evening']);
    expect(await titles({ filter: { text: 'symph' }, sort: 'RELEVANCE' })).toEqual(['Symphony gala', 'Evening']);
    expect(await titles({ filter: { text: 'simphony gala' }, sort: 'RELEVANCE' })).toEqual(['Symphony gala']);
    expect(await titles({ filter: { text: 'MUNCHEN' }, sort: 'RELEVANCE' })).toEqual(['Symphony gala']);
    expect(await titles({ filter: { text: 'symphony', organizerId: 'usr_nobody' } })).toEqual([]);
    expect(await titles({ filter: { text: 'xylophonist' } })).toEqual([]);
  });

  it('pages every order without gaps or repeats while events are added', async () => {
    const organizer = bed.viewer('ORGANIZER');
    const names = ['quokka one', 'quokka two', 'quokka three', 'quokka four', 'quokka five'];
    for (const [index, title] of names.entries()) await organizer.creates({ title, startsAt: inDays(50 - index) });
    for (const sort of ['RELEVANCE', 'STARTS_AT_ASC', 'STARTS_AT_DESC', 'NEWEST']) {
      const seen = await allPages({ filter: { text: 'quokka' }, sort, first: 2 }, async (page) => {
        const id = await organizer.creates({ title: `added ${sort} ${page}` });
        await organizer.ask('mutation ($id: ID!) { deleteEvent(id: $id) { __typename } }', { id });
      });
      expect(seen.toSorted()).toEqual(names.toSorted());
      if (sort === 'STARTS_AT_ASC') expect(seen).toEqual(names.toReversed());
    }
  });

  it('without words, RELEVANCE is by time', async () => {
    const organizer = bed.viewer('ORGANIZER');
    await organizer.creates({ title: 'later', startsAt: inDays(9) });
    await organizer.creates({ title: 'sooner', startsAt: inDays(8) });
    expect(await titles({ filter: { organizerId: organizer.userId, text: '  ' }, sort: 'RELEVANCE' })).toEqual(['sooner', 'later']);
  });

  it('follows changes at once here, and soon at an instance that did not make them', async () => {
    const second = await startEvents({ mongo: bed.deps.mongo });
    closeAfterTest({ close: () => second.close() });
    const organizer = bed.viewer('ORGANIZER');
    const there = async (text: string) => {
      const answer = await second.viewer().ask(LIST, { filter: { text }, sort: 'RELEVANCE' });
      return connectionSchema.parse(answer.data?.['events']).edges.map((edge) => edge.node.title);
    };
    const id = await organizer.creates({ title: 'Zanzibar nights' });
    expect(await titles({ filter: { text: 'zanzibar' } })).toEqual(['Zanzibar nights']);
    await eventually('the other instance finds it', async () => (await there('zanzibar')).length === 1);

    await organizer.ask('mutation ($id: ID!) { updateEvent(input: { id: $id, title: "Timbuktu nights" }) { __typename } }', { id });
    expect(await titles({ filter: { text: 'zanzibar' } })).toEqual([]);
    await eventually(
      'the other instance knows the new title',
      async () => (await there('timbuktu')).length === 1 && (await there('zanzibar')).length === 0,
    );

    await organizer.ask('mutation ($id: ID!) { deleteEvent(id: $id) { __typename } }', { id });
    expect(await titles({ filter: { text: 'timbuktu' } })).toEqual([]);
    await eventually('the other instance forgets it', async () => (await there('timbuktu')).length === 0);
  });

  it('is built from the database when a process starts', async () => {
    await bed.viewer('ORGANIZER').creates({ title: 'Persisted wombat' });
    const later = await startEvents({ mongo: bed.deps.mongo });
    closeAfterTest({ close: () => later.close() });
    const answer = await later.viewer().ask(LIST, { filter: { text: 'wombat' } });
    expect(connectionSchema.parse(answer.data?.['events']).edges.map((edge) => edge.node.title)).toEqual(['Persisted wombat']);
  });
});
