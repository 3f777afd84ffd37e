import { decideCancel } from '../domain/changes.ts';
import type { Viewer } from '../domain/viewer.ts';
import type { ChangeEvent, ChangeOutcome } from './change-event.ts';

export function createCancelEvent(deps: { changeEvent: ChangeEvent }) {
  return (viewer: Viewer, id: string): Promise<ChangeOutcome> => deps.changeEvent(viewer, id, decideCancel);
}
export type CancelEvent = ReturnType<typeof createCancelEvent>;
