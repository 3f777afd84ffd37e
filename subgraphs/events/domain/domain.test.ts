import { describe, expect, it } from 'vitest';
import { decideCancel, decideDelete, decidePublish, decideUpdate } from './changes.ts';
import type { Event } from './event.ts';
import { canEditEvent, canSeeEvent, publicState } from './event.ts';
import { effectiveSort, structured } from './event-list.ts';
import { distinctTags } from './tags.ts';
import { purchaseWeight } from './taste.ts';
import { timeProblems } from './times.ts';
import type { Viewer } from './viewer.ts';
import { foldWord, splitWords } from './words.ts';

const now = new Date('2030-01-01T00:00:00Z');
const inHours = (hours: number): Date => new Date(now.getTime() + hours * 3_600_000);
const draft: Event = {
  id: 'evt_1',
  organizerId: 'usr_1',
  status: 'DRAFT',
  deleted: false,
  title: 'T',
  description: null,
  location: null,
  tags: ['a'],
  timeZone: 'UTC',
  version: 4,
  startsAt: inHours(1),
  endsAt: inHours(2),
  createdAt: inHours(-9),
  updatedAt: inHours(-9),
};
const published: Event = { ...draft, status: 'PUBLISHED' };
const cancelled: Event = { ...draft, status: 'CANCELLED' };
const ordinary = { now, mayStartInPast: false };
const owner: Viewer = { userId: 'usr_1', roles: ['ORGANIZER'] };
const other: Viewer = { userId: 'usr_2', roles: ['ORGANIZER'] };
const admin: Viewer = { userId: 'usr_3', roles: ['ADMIN'] };

describe('a change', () => {
  it('counts the version up by one and notes when', () => {
    expect(decidePublish(draft, ordinary)).toEqual({
      kind: 'Change',
      type: 'event.published',
      next: { ...draft, status: 'PUBLISHED', version: 5, updatedAt: now },
    });
    expect(decideCancel(published, ordinary)).toMatchObject({ type: 'event.cancelled', next: { status: 'CANCELLED', version: 5 } });
    expect(decideDelete(published, ordinary)).toMatchObject({
      type: 'event.deleted',
      next: { status: 'CANCELLED', deleted: true, version: 5 },
    });
    expect(decideUpdate(published, { title: 'U', endsAt: null }, 4, ordinary)).toMatchObject({
      type: 'event.updated',
      next: { title: 'U', endsAt: null, tags: ['a'], version: 5 },
    });
  });

  it('that is made already changes nothing', () => {
    expect(decidePublish(published, ordinary).kind).toBe('Unchanged');
    expect(decideCancel(cancelled, ordinary).kind).toBe('Unchanged');
    expect(decideUpdate(published, { title: 'T', tags: ['a'], startsAt: inHours(1) }, null, ordinary).kind).toBe('Unchanged');
  });

  it('of a cancelled event is refused, of another version too', () => {
    expect(decidePublish(cancelled, ordinary).kind).toBe('InvalidEventState');
    expect(decideUpdate(cancelled, { title: 'U' }, null, ordinary).kind).toBe('InvalidEventState');
    expect(decideUpdate(cancelled, { title: 'U' }, 3, ordinary)).toMatchObject({ kind: 'StaleVersion', current: cancelled });
    expect(decideUpdate(published, { title: 'T' }, 5, ordinary).kind).toBe('StaleVersion');
  });

  it('of an event that has begun may not move its start, but may say more about it', () => {
    const begun = { ...published, startsAt: inHours(-1) };
    expect(decideUpdate(begun, { description: 'Doors open' }, null, ordinary).kind).toBe('Change');
    expect(decideUpdate(begun, { startsAt: inHours(-2) }, null, ordinary)).toMatchObject({
      kind: 'InvalidInput',
      issues: [{ path: ['startsAt'] }],
    });
    expect(decideUpdate(begun, { startsAt: inHours(-2) }, null, { now, mayStartInPast: true }).kind).toBe('Change');
    expect(decidePublish({ ...draft, startsAt: now }, ordinary).kind).toBe('InvalidEventState');
  });
});

describe('times', () => {
  it('end after they start, and published ones start in the future', () => {
    const rules = { now, mayStartInPast: false, published: true };
    expect(timeProblems({ startsAt: inHours(1), endsAt: null }, rules)).toEqual([]);
    expect(timeProblems({ startsAt: inHours(1), endsAt: inHours(1) }, rules).map(({ path }) => path)).toEqual([['endsAt']]);
    expect(timeProblems({ startsAt: inHours(-1), endsAt: inHours(-2) }, rules).map(({ path }) => path)).toEqual([['endsAt'], ['startsAt']]);
    expect(timeProblems({ startsAt: inHours(-1), endsAt: null }, { ...rules, published: false })).toEqual([]);
  });
});

describe('who may', () => {
  it('edit: the organizer and admins', () => {
    expect([owner, other, admin, null].map((viewer) => canEditEvent(viewer, draft))).toEqual([true, false, true, false]);
  });
  it('see: everybody what is not a draft, nobody what is deleted', () => {
    expect([owner, other, admin, null].map((viewer) => canSeeEvent(viewer, draft))).toEqual([true, false, true, false]);
    expect([owner, other, admin, null].map((viewer) => canSeeEvent(viewer, cancelled))).toEqual([true, true, true, true]);
    expect([owner, admin].map((viewer) => canSeeEvent(viewer, { ...cancelled, deleted: true }))).toEqual([false, false]);
  });
  it('list drafts: only in the list of one organizer', () => {
    const filter = { text: null, tags: [], organizerId: null, startsAfter: null, startsBefore: null };
    expect(structured(admin, filter).statuses).toEqual(['PUBLISHED']);
    expect(structured(owner, { ...filter, organizerId: 'usr_1' }).statuses).toEqual(['PUBLISHED', 'DRAFT']);
    expect(structured(other, { ...filter, organizerId: 'usr_1' }).statuses).toEqual(['PUBLISHED']);
  });
});

describe('words', () => {
  it('are folded alike wherever they come from', () => {
    expect(splitWords('Rock’n Roll – M\u00fcnchen 2030').map(foldWord)).toEqual(['rock', 'n', 'roll', 'munchen', '2030']);
    expect(distinctTags([' Jazz', 'JAZZ ', 'open   air'])).toEqual(['jazz', 'open air']);
    expect(effectiveSort('RELEVANCE', null)).toBe('STARTS_AT_ASC');
  });
});

describe('a purchase', () => {
  it('weighs half as much after 180 days, and never more than a new one', () => {
    expect(purchaseWeight(inHours(-180 * 24), now)).toBeCloseTo(0.5);
    expect(purchaseWeight(inHours(5), now)).toBe(1);
  });
});

describe('what is told', () => {
  it('is the whole public state with dates as ISO strings', () => {
    expect(publicState({ ...draft, endsAt: null })).toEqual({
      id: 'evt_1',
      organizerId: 'usr_1',
      status: 'DRAFT',
      deleted: false,
      title: 'T',
      description: null,
      location: null,
      tags: ['a'],
      startsAt: '2030-01-01T01:00:00.000Z',
      endsAt: null,
      timeZone: 'UTC',
    });
  });
});
