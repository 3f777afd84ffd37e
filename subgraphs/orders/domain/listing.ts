import type { Viewer } from './viewer.ts';
import { isAdmin } from './viewer.ts';

export type ListingStatus = 'DRAFT' | 'PUBLISHED' | 'CANCELLED';

/** What orders knows of an event: enough to sell it, fed by the events subgraph. */
export type Listing = {
  readonly eventId: string;
  readonly organizerId: string;
  readonly status: ListingStatus;
  readonly deleted: boolean;
  readonly title: string;
  readonly startsAt: Date;
  readonly timeZone: string;
  /** The event's; an older one never replaces a newer one. */
  readonly version: number;
};

export function isOnSale(listing: Listing, now: Date): boolean {
  return listing.status === 'PUBLISHED' && !listing.deleted && listing.startsAt > now;
}

export function canManageListing(viewer: Viewer | null, listing: Listing): boolean {
  return viewer !== null && (viewer.userId === listing.organizerId || isAdmin(viewer));
}

/** A draft's seats are its organizer's business. */
export function canSeeSeats(viewer: Viewer | null, listing: Listing): boolean {
  return listing.status !== 'DRAFT' || canManageListing(viewer, listing);
}
