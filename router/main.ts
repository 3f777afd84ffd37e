import { createIdentitySigner } from '../kit/graphql/identity.ts';
import { parseEnv } from '../kit/runtime/env.ts';
import { runProcess } from '../kit/runtime/lifecycle.ts';
import { createLogger } from '../kit/runtime/logger.ts';
import { connectRedis } from '../kit/runtime/redis.ts';
import { createRouterApp } from './app.ts';
import { routerEnvSchema, settingsOf } from './env.ts';
import { createMetrics, createMetricsServer } from './metrics.ts';
import { remoteAccessTokenKeys } from './session/access-token.ts';
import { watchSupergraph } from './supergraph/supergraph-source.ts';

// oxlint-disable-next-line node/no-process-env -- the one place where the router reads its environment
const environment = process.env;
const logger = createLogger({ name: 'router', level: environment['LOG_LEVEL'] ?? 'info' });

runProcess(logger, async (lifecycle) => {
  const env = parseEnv(routerEnvSchema, environment);
  const redis = await connectRedis({ url: env.REDIS_URL, name: 'router', logger });
  lifecycle.onClose('redis', () => redis.disconnect());
  const subscriberRedis = await connectRedis({ url: env.REDIS_URL, name: 'router-subscriber', logger, blocking: true });
  lifecycle.onClose('redis subscriber', () => subscriberRedis.disconnect());
  const metrics = createMetrics();
  const app = await createRouterApp({
    supergraphs: await watchSupergraph({ path: env.SUPERGRAPH_PATH, logger }),
    subgraphUrls: { auth: env.AUTH_URL, events: env.EVENTS_URL, orders: env.ORDERS_URL },
    redis, subscriberRedis, metrics, logger,
    identitySigner: await createIdentitySigner({ issuer: 'router', privateKey: env.IDENTITY_PRIVATE_KEY }),
    accessTokenKeys: remoteAccessTokenKeys(env.AUTH_JWKS_URL ?? new URL('/jwks.json', env.AUTH_URL).href),
    settings: settingsOf(env),
  });
  lifecycle.onClose('router', app.close);
  if (env.METRICS_PORT !== undefined) createMetricsServer(metrics).listen(env.METRICS_PORT, env.HOST).unref();
  const address = await app.listen({ host: env.HOST, port: env.PORT });
  logger.info({ address }, 'the router listens');
});
