import { createIdentityVerifier } from '../../kit/graphql/identity.ts';
import { createRedisStreamsBus } from '../../kit/runtime/bus-redis.ts';
import { parseEnv } from '../../kit/runtime/env.ts';
import { runProcess } from '../../kit/runtime/lifecycle.ts';
import { createLogger } from '../../kit/runtime/logger.ts';
import { connectMongo } from '../../kit/runtime/mongo.ts';
import { connectRedis } from '../../kit/runtime/redis.ts';
import { systemClock } from '../../kit/values/clock.ts';
import { createEventsApp } from './app.ts';
import { eventsEnvSchema } from './env.ts';

// oxlint-disable-next-line node/no-process-env -- the one place where this process reads its environment
const source = process.env;
const logger = createLogger({ name: 'events', level: source['LOG_LEVEL'] ?? 'info' });

runProcess(logger, async ({ onClose }) => {
  const env = parseEnv(eventsEnvSchema, source);
  const mongo = await connectMongo({ url: env.MONGO_URL, dbName: 'events' });
  onClose('mongo', mongo.close);
  const redis = await connectRedis({ url: env.REDIS_URL, name: 'events', logger });
  onClose('redis', () => redis.disconnect());
  const bus = createRedisStreamsBus({ redis, connect: (name) => connectRedis({ url: env.REDIS_URL, name, logger, blocking: true }), logger });
  onClose('bus', () => bus.close());
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
  await new Promise<void>((resolve, reject) => app.httpServer.once('error', reject).listen(env.PORT, env.HOST, resolve));
  logger.info({ port: env.PORT }, 'events is listening');
});
