import type { Event } from './event.ts';
import type { InputProblem, InvalidEventState, StaleVersion } from './outcomes.ts';
import { invalidEventState, staleVersion } from './outcomes.ts';
import { timeProblems } from './times.ts';

export type EventChangeType = 'event.created' | 'event.updated' | 'event.published' | 'event.cancelled' | 'event.deleted';

/** What a request means for the event as it stands; computed anew when the event moved meanwhile. */
export type Decision =
  | { readonly kind: 'Change'; readonly next: Event; readonly type: EventChangeType }
  | { readonly kind: 'Unchanged' }
  | { readonly kind: 'InvalidInput'; readonly issues: readonly InputProblem[] }
  | StaleVersion
  | InvalidEventState;

export type Circumstances = { readonly now: Date; readonly mayStartInPast: boolean };

/** Left out (undefined) stays; null clears. */
export type EventPatch = {
  readonly title?: string | undefined;
  readonly description?: string | null | undefined;
  readonly location?: string | null | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly startsAt?: Date | undefined;
  readonly endsAt?: Date | null | undefined;
  readonly timeZone?: string | undefined;
};

function change(event: Event, type: EventChangeType, changes: Partial<Event>, now: Date): Decision {
  return { kind: 'Change', type, next: { ...event, ...changes, version: event.version + 1, updatedAt: now } };
}

export function decidePublish(event: Event, circumstances: Circumstances): Decision {
  // What was asked for is so already, e.g. by the first of two clicks.
  if (event.status === 'PUBLISHED') return { kind: 'Unchanged' };
  if (event.status === 'CANCELLED') return invalidEventState('A cancelled event cannot be published again; create a new one.');
  if (timeProblems(event, { ...circumstances, published: true }).length > 0)
    return invalidEventState('The event starts in the past; change startsAt before publishing it.');
  return change(event, 'event.published', { status: 'PUBLISHED' }, circumstances.now);
}

export function decideCancel(event: Event, { now }: Circumstances): Decision {
  return event.status === 'CANCELLED' ? { kind: 'Unchanged' } : change(event, 'event.cancelled', { status: 'CANCELLED' }, now);
}

export function decideDelete(event: Event, { now }: Circumstances): Decision {
  return change(event, 'event.deleted', { status: 'CANCELLED', deleted: true }, now);
}

export function decideUpdate(event: Event, patch: EventPatch, expectedVersion: number | null, circumstances: Circumstances): Decision {
  if (expectedVersion !== null && expectedVersion !== event.version) return staleVersion(event);
  if (event.status === 'CANCELLED') return invalidEventState('A cancelled event cannot be changed.');
  const next: Event = {
    ...event,
    title: patch.title ?? event.title,
    description: patch.description === undefined ? event.description : patch.description,
    location: patch.location === undefined ? event.location : patch.location,
    tags: patch.tags ?? event.tags,
    startsAt: patch.startsAt ?? event.startsAt,
    endsAt: patch.endsAt === undefined ? event.endsAt : patch.endsAt,
    timeZone: patch.timeZone ?? event.timeZone,
  };
  if (isSame(event, next)) return { kind: 'Unchanged' };
  // An event that has begun may still be described better; only moving its start into the past is refused.
  const movesStart = next.startsAt.getTime() !== event.startsAt.getTime();
  const issues = timeProblems(next, { ...circumstances, published: event.status === 'PUBLISHED' && movesStart });
  if (issues.length > 0) return { kind: 'InvalidInput', issues };
  return change(next, 'event.updated', {}, circumstances.now);
}

function isSame(a: Event, b: Event): boolean {
  return (
    a.title === b.title &&
    a.description === b.description &&
    a.location === b.location &&
    a.timeZone === b.timeZone &&
    a.startsAt.getTime() === b.startsAt.getTime() &&
    a.endsAt?.getTime() === b.endsAt?.getTime() &&
    a.tags.length === b.tags.length &&
    a.tags.every((tag, index) => tag === b.tags[index])
  );
}
