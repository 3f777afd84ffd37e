import DataLoader from 'dataloader';
import type { Viewer } from '../../kit/graphql/identity.ts';
import type { SubgraphRequest } from '../../kit/graphql/subgraph-request.ts';
import type { Event } from './domain/event.ts';
import type { EventRepository } from './repositories/event-repository.ts';
import type { CancelEvent } from './usecases/cancel-event.ts';
import type { CreateEvent } from './usecases/create-event.ts';
import type { DeleteEvent } from './usecases/delete-event.ts';
import type { ListEvents } from './usecases/list-events.ts';
import type { PublishEvent } from './usecases/publish-event.ts';
import type { Recommendations } from './usecases/recommend-events.ts';
import type { UpdateEvent } from './usecases/update-event.ts';

export type UseCases = {
  readonly createEvent: CreateEvent;
  readonly updateEvent: UpdateEvent;
  readonly publishEvent: PublishEvent;
  readonly cancelEvent: CancelEvent;
  readonly deleteEvent: DeleteEvent;
  readonly listEvents: ListEvents;
  readonly recommendations: Recommendations;
};

export type Context = {
  readonly viewer: Viewer | null;
  readonly usecases: UseCases;
  /** Deleted ones too; whoever shows it decides. */
  readonly loadEvent: (id: string) => Promise<Event | null>;
};

export function createContextFactory(deps: { events: EventRepository; usecases: UseCases }) {
  return (request: SubgraphRequest): Context => {
    const events = new DataLoader<string, Event | null>(async (ids) => {
      const found = new Map((await deps.events.findByIds(ids)).map((event) => [event.id, event]));
      return ids.map((id) => found.get(id) ?? null);
    });
    return { viewer: request.identity.viewer, usecases: deps.usecases, loadEvent: (id) => events.load(id) };
  };
}
