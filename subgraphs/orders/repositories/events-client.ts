import { z } from 'zod';
import type { Listing } from '../domain/listing.ts';
import type { AskSubgraph } from './ask-subgraph.ts';

const LISTINGS = `query ListingOfEvent($representations: [_Any!]!) {
  _entities(representations: $representations) {
    ... on Event { id title startsAt timeZone status version organizer { id } }
  }
}`;
const FACTS = `query FactsOfEvent($representations: [_Any!]!) {
  _entities(representations: $representations) { ... on Event { title startsAt endsAt timeZone location status } }
}`;

const statusSchema = z.enum(['DRAFT', 'PUBLISHED', 'CANCELLED']);
const listingsSchema = z.object({
  _entities: z.array(
    z
      .object({
        id: z.string(),
        title: z.string(),
        startsAt: z.coerce.date(),
        timeZone: z.string(),
        status: statusSchema,
        version: z.int(),
        organizer: z.object({ id: z.string() }),
      })
      .nullable(),
  ),
});
const factsSchema = z.object({
  _entities: z.array(
    z
      .object({
        title: z.string(),
        startsAt: z.coerce.date(),
        endsAt: z.coerce.date().nullable(),
        timeZone: z.string(),
        location: z.string().nullable(),
        status: statusSchema,
      })
      .nullable(),
  ),
});

/** What a ticket says of its event. */
export type EventFacts = {
  readonly title: string;
  readonly startsAt: Date;
  readonly endsAt: Date | null;
  readonly timeZone: string;
  readonly location: string | null;
  readonly isCancelled: boolean;
};

const representationsOf = (eventIds: readonly string[]) => eventIds.map((id) => ({ __typename: 'Event', id }));

/** Asks the events subgraph, as this service. */
export function createEventsClient(deps: { ask: AskSubgraph }) {
  return {
    /** Of events that no domain event has told of yet. Unknown ones are missing in the answer. */
    async findListings(eventIds: readonly string[]): Promise<readonly Listing[]> {
      const { _entities } = listingsSchema.parse(await deps.ask(LISTINGS, { representations: representationsOf(eventIds) }));
      return _entities.flatMap((found) => {
        if (!found) return [];
        const { id, organizer, ...rest } = found;
        return [{ eventId: id, organizerId: organizer.id, deleted: false, ...rest }];
      });
    },
    /** Null for an event that nothing is known of any more. */
    async findFacts(eventId: string): Promise<EventFacts | null> {
      const [found] = factsSchema.parse(await deps.ask(FACTS, { representations: representationsOf([eventId]) }))._entities;
      if (!found) return null;
      const { status, ...facts } = found;
      return { ...facts, isCancelled: status === 'CANCELLED' };
    },
  };
}
export type EventsClient = ReturnType<typeof createEventsClient>;
