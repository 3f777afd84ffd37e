import type { Clock } from '../../../kit/values/clock.ts';
import { Unavailable } from '../../../kit/values/unavailable.ts';
import type { Circumstances, Decision } from '../domain/changes.ts';
import type { Event } from '../domain/event.ts';
import { canEditEvent, mayStartInPast } from '../domain/event.ts';
import type { EventChanged, EventNotFound, InvalidEventState, InvalidInput, StaleVersion } from '../domain/outcomes.ts';
import { eventNotFound } from '../domain/outcomes.ts';
import type { Viewer } from '../domain/viewer.ts';
import type { EventRepository } from '../repositories/event-repository.ts';

/** Each lost race means that another change went through; nobody writes one event this often. */
const ATTEMPTS = 5;

export type ChangeOutcome = EventChanged | EventNotFound | StaleVersion | InvalidEventState | InvalidInput;

/** Every change of an event goes this way: may the viewer, what does it mean for the current version, is it still the current one. */
export function createChangeEvent(deps: { events: EventRepository; clock: Clock; onChange: (event: Event) => void }) {
  return async function changeEvent(
    viewer: Viewer,
    id: string,
    decide: (event: Event, circumstances: Circumstances) => Decision,
  ): Promise<ChangeOutcome> {
    for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
      const event = await deps.events.findById(id);
      if (!event || event.deleted || !canEditEvent(viewer, event)) return eventNotFound;
      const decision = decide(event, { now: deps.clock.now(), mayStartInPast: mayStartInPast(viewer) });
      if (decision.kind === 'Unchanged') return { kind: 'UpdateEventPayload', event };
      if (decision.kind !== 'Change') return decision;
      if (await deps.events.replace(event, decision.next, decision.type)) {
        deps.onChange(decision.next);
        return { kind: 'UpdateEventPayload', event: decision.next };
      }
    }
    throw new Unavailable('The event is being changed by too many at once.');
  };
}
export type ChangeEvent = ReturnType<typeof createChangeEvent>;
