import type { Clock } from '../../../kit/values/clock.ts';
import { newId } from '../../../kit/values/ids.ts';
import type { Event } from '../domain/event.ts';
import { mayStartInPast } from '../domain/event.ts';
import type { EventCreated, InvalidInput } from '../domain/outcomes.ts';
import { timeProblems } from '../domain/times.ts';
import type { Viewer } from '../domain/viewer.ts';
import type { EventRepository } from '../repositories/event-repository.ts';

export type NewEvent = Pick<Event, 'title' | 'description' | 'location' | 'tags' | 'startsAt' | 'endsAt' | 'timeZone'> & {
  readonly publish: boolean;
};

/** The viewer becomes its organizer. The scope was checked. */
export function createCreateEvent(deps: { events: EventRepository; clock: Clock; onChange: (event: Event) => void }) {
  return async function createEvent(viewer: Viewer, { publish, ...given }: NewEvent): Promise<EventCreated | InvalidInput> {
    const now = deps.clock.now();
    const issues = timeProblems(given, { published: publish, now, mayStartInPast: mayStartInPast(viewer) });
    if (issues.length > 0) return { kind: 'InvalidInput', issues };
    const status = publish ? 'PUBLISHED' : 'DRAFT';
    const event: Event = {
      ...given,
      id: newId('evt'),
      organizerId: viewer.userId,
      status,
      deleted: false,
      version: 1,
      createdAt: now,
      updatedAt: now,
    };
    await deps.events.insert(event);
    deps.onChange(event);
    return { kind: 'EventCreated', event };
  };
}
export type CreateEvent = ReturnType<typeof createCreateEvent>;
