import { z } from 'zod';
import type { IdentitySigner } from '../../../kit/graphql/identity.ts';
import { IDENTITY_HEADER } from '../../../kit/graphql/identity.ts';
import { Unavailable } from '../../../kit/values/unavailable.ts';
import type { Listing } from '../domain/listing.ts';

const DEADLINE_MS = 2_000;

const QUERY = `query ListingOfEvent($representations: [_Any!]!) {
  _entities(representations: $representations) {
    ... on Event { id title startsAt timeZone status version organizer { id } }
  }
}`;

const answerSchema = z.object({
  data: z.object({
    _entities: z.array(
      z
        .object({
          id: z.string(),
          title: z.string(),
          startsAt: z.coerce.date(),
          timeZone: z.string(),
          status: z.enum(['DRAFT', 'PUBLISHED', 'CANCELLED']),
          version: z.int(),
          organizer: z.object({ id: z.string() }),
        })
        .nullable(),
    ),
  }),
});

/** Asks the events subgraph, as this service, for events that no domain event has told of yet. Unknown ones are missing in the answer. */
export function createEventsClient(deps: { url: string; signer: IdentitySigner }) {
  return {
    async findListings(eventIds: readonly string[]): Promise<readonly Listing[]> {
      const response = await fetch(deps.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', [IDENTITY_HEADER]: await deps.signer.sign('subgraph:events', { viewer: null }) },
        body: JSON.stringify({ query: QUERY, variables: { representations: eventIds.map((id) => ({ __typename: 'Event', id })) } }),
        signal: AbortSignal.timeout(DEADLINE_MS),
      });
      if (!response.ok) throw new Unavailable(`The events subgraph answered ${response.status}.`);
      return answerSchema.parse(await response.json()).data._entities.flatMap((found) => {
        if (!found) return [];
        const { id, organizer, ...rest } = found;
        return [{ eventId: id, organizerId: organizer.id, deleted: false, ...rest }];
      });
    },
  };
}
export type EventsClient = ReturnType<typeof createEventsClient>;
