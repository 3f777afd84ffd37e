import { createIdentitySigner } from '../../kit/graphql/identity.ts';
import { createRedisStreamsBus } from '../../kit/runtime/bus-redis.ts';
import { parseEnv } from '../../kit/runtime/env.ts';
import { runProcess } from '../../kit/runtime/lifecycle.ts';
import { listen } from '../../kit/runtime/listen.ts';
import { createLogger } from '../../kit/runtime/logger.ts';
import { connectMongo } from '../../kit/runtime/mongo.ts';
import { connectRedis, withLogicalDatabase } from '../../kit/runtime/redis.ts';
import { systemClock } from '../../kit/values/clock.ts';
import { createOrdersApp } from './app.ts';
import { ordersEnvSchema } from './env.ts';
import { ordersSettings } from './settings.ts';

// oxlint-disable-next-line node/no-process-env -- the one place that reads it
const source = process.env;
const logger = createLogger({ name: 'orders', level: source['LOG_LEVEL'] ?? 'info' });

runProcess(logger, async ({ onClose }) => {
  const env = parseEnv(ordersEnvSchema, source);
  const mongo = await connectMongo({ url: env.MONGO_URL, dbName: 'orders' });
  onClose('MongoDB', mongo.close);
  const redisTo = async (name: string, url: string, blocking = false) => {
    const redis = await connectRedis({ url, name: `orders:${name}`, logger, blocking });
    onClose(`Redis ${name}`, () => redis.disconnect());
    return redis;
  };
  const holdsUrl = env.HOLDS_REDIS_URL ?? withLogicalDatabase(env.REDIS_URL, 1);
  const bus = createRedisStreamsBus({ redis: await redisTo('bus', env.REDIS_URL), connect: (name) => connectRedis({ url: env.REDIS_URL, name, logger, blocking: true }), logger });
  onClose('bus', bus.close);
  const app = await createOrdersApp({
    ...{ mongo, bus, logger, clock: systemClock, eventsUrl: env.EVENTS_URL, identityJwks: env.IDENTITY_JWKS, settings: ordersSettings(env) },
    ...{ redis: await redisTo('holds', holdsUrl), subscriber: await redisTo('hints', holdsUrl, true) },
    signer: await createIdentitySigner({ issuer: 'orders', privateKey: env.ORDERS_PRIVATE_KEY }),
  });
  onClose('app', app.close);
  logger.info({ url: await listen(app.httpServer, { host: env.HOST, port: env.PORT }) }, 'orders is ready');
});
