import { decideDelete } from '../domain/changes.ts';
import { canEditEvent } from '../domain/event.ts';
import type { EventDeleted, EventNotFound } from '../domain/outcomes.ts';
import { eventNotFound } from '../domain/outcomes.ts';
import type { Viewer } from '../domain/viewer.ts';
import type { EventRepository } from '../repositories/event-repository.ts';
import type { ChangeEvent } from './change-event.ts';

export function createDeleteEvent(deps: { events: EventRepository; changeEvent: ChangeEvent }) {
  return async function deleteEvent(viewer: Viewer, id: string): Promise<EventDeleted | EventNotFound> {
    const outcome = await deps.changeEvent(viewer, id, decideDelete);
    if (outcome.kind === 'UpdateEventPayload') return { kind: 'DeleteEventPayload', id };
    // A repeat by somebody whose first answer was lost: it is deleted, as was asked. Strangers learn nothing.
    const tombstone = await deps.events.findById(id);
    return tombstone?.deleted && canEditEvent(viewer, tombstone) ? { kind: 'DeleteEventPayload', id } : eventNotFound;
  };
}
export type DeleteEvent = ReturnType<typeof createDeleteEvent>;
