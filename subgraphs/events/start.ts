import { createIdentityVerifier } from '../../kit/graphql/identity.ts';
import { connectBus } from '../../kit/runtime/connect-bus.ts';
import { parseEnv } from '../../kit/runtime/env.ts';
import type { Lifecycle } from '../../kit/runtime/lifecycle.ts';
import { listen } from '../../kit/runtime/listen.ts';
import type { Logger } from '../../kit/runtime/logger.ts';
import { connectMongo } from '../../kit/runtime/mongo.ts';
import { systemClock } from '../../kit/values/clock.ts';
import { createEventsApp } from './app.ts';
import { eventsEnvSchema } from './env.ts';

/** A whole events process: settings, connections, app, port. Resolves with its address once it answers. */
export async function startEvents(
  source: Readonly<Record<string, string | undefined>>,
  logger: Logger,
  { onClose }: Lifecycle,
): Promise<string> {
  const env = parseEnv(eventsEnvSchema, source);
  const mongo = await connectMongo({ url: env.MONGO_URL, dbName: 'events' });
  onClose('mongo', mongo.close);
  const bus = await connectBus({ amqpUrl: env.AMQP_URL, redisUrl: env.REDIS_URL, name: 'events', logger });
  onClose('bus', bus.close);
  const app = await createEventsApp({
    mongo,
    bus,
    ordersSource: 'orders',
    verifier: createIdentityVerifier({ audience: 'subgraph:events', jwks: env.IDENTITY_JWKS }),
    clock: systemClock,
    logger,
    introspection: env.GRAPHQL_INTROSPECTION === undefined ? env.NODE_ENV !== 'production' : env.GRAPHQL_INTROSPECTION === 'on',
  });
  onClose('app', app.close);
  return listen(app.httpServer, { host: env.HOST, port: env.PORT });
}
