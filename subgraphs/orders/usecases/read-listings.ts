import type { Clock } from '../../../kit/values/clock.ts';
import type { Listing } from '../domain/listing.ts';
import type { EventsClient } from '../repositories/events-client.ts';
import type { ListingRepository } from '../repositories/listing-repository.ts';

/** What is known of events; one never heard of is asked for once and kept. Unknown events are missing in the answer. */
export function createReadListings(deps: { listings: ListingRepository; events: EventsClient; clock: Clock }) {
  return async function readListings(eventIds: readonly string[]): Promise<ReadonlyMap<string, Listing>> {
    const known = new Map((await deps.listings.findMany(eventIds)).map((listing) => [listing.eventId, listing]));
    const missing = eventIds.filter((eventId) => !known.has(eventId));
    const asked = await Promise.all(
      missing.map(async (eventId) => {
        const listing = await deps.events.findListing(eventId);
        if (!listing) return null;
        // Told by a domain event meanwhile, perhaps of something newer: then that one counts.
        await deps.listings.apply(listing, deps.clock.now());
        return deps.listings.find(eventId);
      }),
    );
    for (const listing of asked) if (listing) known.set(listing.eventId, listing);
    return known;
  };
}
export type ReadListings = ReturnType<typeof createReadListings>;
