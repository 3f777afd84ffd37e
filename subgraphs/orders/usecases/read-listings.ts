import type { Clock } from '../../../kit/values/clock.ts';
import type { Listing } from '../domain/listing.ts';
import type { EventsClient } from '../repositories/events-client.ts';
import type { ListingRepository } from '../repositories/listing-repository.ts';

/** What is known of events; one never heard of is asked for once and kept. Unknown events are missing in the answer. */
export function createReadListings(deps: { listings: ListingRepository; events: EventsClient; clock: Clock }) {
  return async function readListings(eventIds: readonly string[]): Promise<ReadonlyMap<string, Listing>> {
    const known = new Map((await deps.listings.findMany(eventIds)).map((listing) => [listing.eventId, listing]));
    const missing = eventIds.filter((eventId) => !known.has(eventId));
    if (missing.length === 0) return known;
    for (const listing of await deps.events.findListings(missing)) await deps.listings.apply(listing, deps.clock.now());
    // Told by a domain event meanwhile, perhaps of something newer: what is kept now is what counts.
    for (const listing of await deps.listings.findMany(missing)) known.set(listing.eventId, listing);
    return known;
  };
}
export type ReadListings = ReturnType<typeof createReadListings>;
