import type { Viewer } from './viewer.ts';
import { isAdmin } from './viewer.ts';

export type EventStatus = 'DRAFT' | 'PUBLISHED' | 'CANCELLED';

export type Event = {
  readonly id: string;
  readonly organizerId: string;
  /** A deleted event is CANCELLED as well: whoever only knows statuses still does the right thing. */
  readonly status: EventStatus;
  /** A tombstone: in no list, yet orders may refer to it for ever. */
  readonly deleted: boolean;
  readonly title: string;
  readonly description: string | null;
  readonly location: string | null;
  readonly tags: readonly string[];
  readonly startsAt: Date;
  readonly endsAt: Date | null;
  readonly timeZone: string;
  /** Grows by one with each change. */
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
};

/** What events knows of a user: the key. Everything else belongs to auth. */
export type UserKey = { readonly id: string };

export function canEditEvent(viewer: Viewer | null, event: Event): boolean {
  return viewer !== null && (viewer.userId === event.organizerId || isAdmin(viewer));
}

export function canSeeDraftsOf(viewer: Viewer | null, organizerId: string): boolean {
  return viewer !== null && (viewer.userId === organizerId || isAdmin(viewer));
}

export function canSeeEvent(viewer: Viewer | null, event: Event): boolean {
  return !event.deleted && (event.status !== 'DRAFT' || canEditEvent(viewer, event));
}

/** Imports of what already happened are for admins; anybody else who publishes a past event has mistyped. */
export const mayStartInPast = (viewer: Viewer | null): boolean => isAdmin(viewer);

/** What other subgraphs are told: the whole state, so that they never have to ask back. */
export function publicState(event: Event): Record<string, unknown> {
  const { id, organizerId, status, deleted, title, description, location, tags, timeZone } = event;
  return {
    id,
    organizerId,
    status,
    deleted,
    title,
    description,
    location,
    tags,
    startsAt: event.startsAt.toISOString(),
    endsAt: event.endsAt?.toISOString() ?? null,
    timeZone,
  };
}
