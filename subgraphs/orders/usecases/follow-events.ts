import { z } from 'zod';
import type { Clock } from '../../../kit/values/clock.ts';
import type { Listing } from '../domain/listing.ts';
import type { ListingRepository } from '../repositories/listing-repository.ts';

const eventSchema = z.object({
  id: z.string(),
  organizerId: z.string(),
  status: z.enum(['DRAFT', 'PUBLISHED', 'CANCELLED']),
  deleted: z.boolean(),
  title: z.string(),
  startsAt: z.coerce.date(),
  timeZone: z.string(),
});

/** Keeps the listings as the events subgraph tells of them. Applied only if newer, so a redelivery or an overtaken message changes nothing. */
export function createFollowEvents(deps: { listings: ListingRepository; clock: Clock; onClosed: () => void }) {
  return async function followEvent(event: { type: string; version: number; data: Record<string, unknown> }): Promise<void> {
    if (!event.type.startsWith('event.')) return;
    const { id, ...state } = eventSchema.parse(event.data);
    const listing: Listing = { eventId: id, ...state, version: event.version };
    const applied = await deps.listings.apply(listing, deps.clock.now());
    if (applied && (listing.deleted || listing.status === 'CANCELLED')) deps.onClosed();
  };
}
