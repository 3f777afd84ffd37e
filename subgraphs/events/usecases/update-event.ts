import type { EventPatch } from '../domain/changes.ts';
import { decideUpdate } from '../domain/changes.ts';
import type { Viewer } from '../domain/viewer.ts';
import type { ChangeEvent, ChangeOutcome } from './change-event.ts';

export type EventUpdate = { readonly id: string; readonly expectedVersion: number | null; readonly patch: EventPatch };

export function createUpdateEvent(deps: { changeEvent: ChangeEvent }) {
  return async function updateEvent(viewer: Viewer, update: EventUpdate): Promise<ChangeOutcome> {
    const outcome = await deps.changeEvent(viewer, update.id, (event, circumstances) =>
      decideUpdate(event, update.patch, update.expectedVersion, circumstances),
    );
    return outcome.kind === 'EventNotFound' ? { ...outcome, path: ['input', 'id'] } : outcome;
  };
}
export type UpdateEvent = ReturnType<typeof createUpdateEvent>;
