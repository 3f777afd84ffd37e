import { decidePublish } from '../domain/changes.ts';
import type { Viewer } from '../domain/viewer.ts';
import type { ChangeEvent, ChangeOutcome } from './change-event.ts';

export function createPublishEvent(deps: { changeEvent: ChangeEvent }) {
  return (viewer: Viewer, id: string): Promise<ChangeOutcome> => deps.changeEvent(viewer, id, decidePublish);
}
export type PublishEvent = ReturnType<typeof createPublishEvent>;
