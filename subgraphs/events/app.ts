import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { Db, MongoClient } from 'mongodb';
import type { IdentityVerifier } from '../../kit/graphql/identity.ts';
import { createSubgraphServer } from '../../kit/graphql/subgraph-server.ts';
import type { DomainEventBus } from '../../kit/runtime/bus.ts';
import { createInbox } from '../../kit/runtime/inbox.ts';
import { isConnectionFailure } from '../../kit/runtime/connection-failure.ts';
import type { Logger } from '../../kit/runtime/logger.ts';
import { createOutbox, createOutboxRelay } from '../../kit/runtime/outbox.ts';
import { runPeriodically } from '../../kit/runtime/periodic.ts';
import type { Clock } from '../../kit/values/clock.ts';
import { newId } from '../../kit/values/ids.ts';
import { Unavailable } from '../../kit/values/unavailable.ts';
import { createContextFactory } from './context.ts';
import type { Event } from './domain/event.ts';
import { createEventRepository } from './repositories/event-repository.ts';
import { createPurchaseRepository } from './repositories/purchase-repository.ts';
import { resolvers } from './resolvers/resolvers.ts';
import { createEventIndex } from './search/event-index.ts';
import { createEventSearch } from './search/event-search.ts';
import { createSimilarity } from './search/similarity.ts';
import { createCancelEvent } from './usecases/cancel-event.ts';
import { createChangeEvent } from './usecases/change-event.ts';
import { createCreateEvent } from './usecases/create-event.ts';
import { createDeleteEvent } from './usecases/delete-event.ts';
import { createLearnFromOrders } from './usecases/learn-from-orders.ts';
import { createListEvents } from './usecases/list-events.ts';
import { createPublishEvent } from './usecases/publish-event.ts';
import { createRecommendations } from './usecases/recommend-events.ts';
import { createUpdateEvent } from './usecases/update-event.ts';

export type EventsDeps = {
  readonly mongo: { readonly client: MongoClient; readonly db: Db };
  readonly bus: DomainEventBus;
  /** The database whose outbox tells of orders: its name is its source on the bus. */
  readonly ordersSource: string;
  readonly verifier: IdentityVerifier;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly introspection: boolean;
  readonly indexEveryMilliseconds?: number;
  readonly bestSellersLifeMilliseconds?: number;
};

/** Instances agree on what search finds within this. */
const INDEX_EVERY_MS = 5_000;

/** The events subgraph, not yet listening. `close` ends what it started; connections stay with whoever opened them. */
export async function createEventsApp(deps: EventsDeps): Promise<{ httpServer: Server; close: () => Promise<void> }> {
  const { mongo, bus, clock, logger } = deps;
  const outbox = createOutbox({ db: mongo.db, clock });
  const inbox = createInbox({ ...mongo, clock });
  const events = createEventRepository({ ...mongo, outbox });
  const purchases = createPurchaseRepository({ db: mongo.db, inbox });
  await Promise.all([events.ensureIndexes(), purchases.ensureIndexes(), outbox.ensureIndexes(), inbox.ensureIndexes()]);

  const search = createEventSearch();
  const similarity = createSimilarity();
  const index = createEventIndex({ events, search, similarity });
  await index.sync();

  const relay = createOutboxRelay({ db: mongo.db, rows: outbox.rows, bus, clock, logger });
  const onChange = (event: Event): void => {
    index.apply(event);
    relay.trigger();
  };
  const changeEvent = createChangeEvent({ events, clock, onChange });
  const { bestSellersLifeMilliseconds } = deps;
  const usecases = {
    createEvent: createCreateEvent({ events, clock, onChange }),
    updateEvent: createUpdateEvent({ changeEvent }),
    publishEvent: createPublishEvent({ changeEvent }),
    cancelEvent: createCancelEvent({ changeEvent }),
    deleteEvent: createDeleteEvent({ events, changeEvent }),
    listEvents: createListEvents({ events, search }),
    recommendations: createRecommendations({
      events,
      purchases,
      similarity,
      clock,
      ...(bestSellersLifeMilliseconds === undefined ? {} : { bestSellersLifeMilliseconds }),
    }),
  };

  const server = await createSubgraphServer({
    name: 'events',
    typeDefs: readFileSync(new URL('schema.graphql', import.meta.url), 'utf8'),
    resolvers,
    verifier: deps.verifier,
    createContext: createContextFactory({ events, usecases }),
    logger,
    isUnavailable: (error) => error instanceof Unavailable || isConnectionFailure(error),
    introspection: deps.introspection,
    ready: async () => {
      await mongo.db.command({ ping: 1 });
      return true;
    },
  });

  const indexing = runPeriodically({
    name: 'event-index',
    everyMilliseconds: deps.indexEveryMilliseconds ?? INDEX_EVERY_MS,
    logger,
    task: index.sync,
  });
  const learnFromOrders = createLearnFromOrders({ purchases, logger });
  const subscription = await bus.subscribe({
    sources: [deps.ordersSource, mongo.db.databaseName],
    group: 'events',
    member: newId('events'),
    onEvent: async (fact) => {
      // What another instance changed; one of us hears it here, the others with their next round.
      if (fact.type.startsWith('event.')) indexing.trigger();
      else await learnFromOrders(fact);
    },
  });

  return {
    httpServer: server.httpServer,
    close: async () => {
      await server.close();
      await subscription.close();
      await Promise.all([indexing.close(), relay.close()]);
    },
  };
}
