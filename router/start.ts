import { createIdentitySigner } from '../kit/graphql/identity.ts';
import { parseEnv } from '../kit/runtime/env.ts';
import type { Lifecycle } from '../kit/runtime/lifecycle.ts';
import { cannotListen, listen } from '../kit/runtime/listen.ts';
import type { Logger } from '../kit/runtime/logger.ts';
import { connectRedis } from '../kit/runtime/redis.ts';
import { createRouterApp } from './app.ts';
import { routerEnvSchema, settingsOf } from './env.ts';
import { createMetrics, createMetricsServer } from './metrics.ts';
import { remoteAccessTokenKeys } from './session/access-token.ts';
import { watchSupergraph } from './supergraph/supergraph-source.ts';
import { noTracing } from './tracing.ts';

/** A whole router process: settings, connections, app, port. Resolves with its address once it answers. */
export async function startRouter(
  environment: Readonly<Record<string, string | undefined>>,
  logger: Logger,
  lifecycle: Lifecycle,
): Promise<string> {
  const env = parseEnv(routerEnvSchema, environment);
  const redis = await connectRedis({ url: env.REDIS_URL, name: 'router', logger });
  lifecycle.onClose('redis', () => redis.disconnect());
  const subscriberRedis = await connectRedis({ url: env.REDIS_URL, name: 'router-subscriber', logger, blocking: true });
  lifecycle.onClose('redis subscriber', () => subscriberRedis.disconnect());
  const metrics = createMetrics();
  const tracing =
    env.OTEL_EXPORTER_OTLP_ENDPOINT === undefined
      ? noTracing
      : // Loaded only where it is wanted: most routers trace nothing.
        (await import('./otlp-tracing.ts')).createTracing({
          endpoint: env.OTEL_EXPORTER_OTLP_ENDPOINT,
          serviceName: env.OTEL_SERVICE_NAME,
          ratio: env.OTEL_TRACES_SAMPLER_ARG,
        });
  lifecycle.onClose('tracing', tracing.close);
  const app = await createRouterApp({
    supergraphs: await watchSupergraph({ path: env.SUPERGRAPH_PATH, logger }),
    subgraphUrls: { auth: env.AUTH_URL, events: env.EVENTS_URL, orders: env.ORDERS_URL },
    redis,
    subscriberRedis,
    metrics,
    tracing,
    logger,
    identitySigner: await createIdentitySigner({ issuer: 'router', privateKey: env.IDENTITY_PRIVATE_KEY }),
    accessTokenKeys: remoteAccessTokenKeys(env.AUTH_JWKS_URL ?? new URL('/jwks.json', env.AUTH_URL).href),
    settings: settingsOf(env),
  });
  lifecycle.onClose('router', app.close);
  if (env.METRICS_PORT !== undefined) {
    const server = createMetricsServer(metrics).unref();
    await listen(server, { host: env.HOST, port: env.METRICS_PORT, setting: 'METRICS_PORT' });
  }
  const at = { host: env.HOST, port: env.PORT };
  return app.listen(at).catch((error: unknown) => Promise.reject(cannotListen(error, at)));
}
