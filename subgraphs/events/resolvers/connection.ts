import { decodeCursor, encodeCursor } from '../../../kit/graphql/keyset-cursor.ts';
import type { Context } from '../context.ts';
import type { EventFilter, EventSort } from '../domain/event-list.ts';
import { effectiveSort } from '../domain/event-list.ts';
import type { ResolversTypes } from '../schema.generated.ts';

type Request = {
  readonly filter: EventFilter;
  readonly sort: EventSort;
  readonly first: number;
  readonly after?: string | null | undefined;
};

/** One page as Relay wants it. Cursors carry their order: those of another sort are refused. */
export async function eventConnection(context: Context, request: Request): Promise<Awaited<ResolversTypes['EventConnection']>> {
  const sort = effectiveSort(request.sort, request.filter.text);
  const list = `events ${sort}`;
  const after = decodeCursor(list, request.after);
  const page = await context.usecases.listEvents(context.viewer, { filter: request.filter, sort, first: request.first, after });
  const edges = page.entries.map(({ event, place }) => ({ cursor: encodeCursor(list, place), node: event }));
  return {
    edges,
    pageInfo: {
      hasNextPage: page.hasNextPage,
      hasPreviousPage: after !== null,
      startCursor: edges.at(0)?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}
