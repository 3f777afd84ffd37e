import { createIdentityVerifier } from '../../kit/graphql/identity.ts';
import { parseEnv } from '../../kit/runtime/env.ts';
import type { Lifecycle } from '../../kit/runtime/lifecycle.ts';
import { listen } from '../../kit/runtime/listen.ts';
import type { Logger } from '../../kit/runtime/logger.ts';
import { connectMongo } from '../../kit/runtime/mongo.ts';
import { connectRedis } from '../../kit/runtime/redis.ts';
import { systemClock } from '../../kit/values/clock.ts';
import { createAuthApp } from './app.ts';
import { authEnvSchema } from './env.ts';

/** A whole auth process: settings, connections, app, port. Resolves with its address once it answers. */
export async function startAuth(
  source: Readonly<Record<string, string | undefined>>,
  logger: Logger,
  { onClose }: Lifecycle,
): Promise<string> {
  const env = parseEnv(authEnvSchema, source);
  const mongo = await connectMongo({ url: env.MONGO_URL, dbName: 'auth' });
  onClose('mongo', mongo.close);
  const redis = await connectRedis({ url: env.REDIS_URL, name: 'auth', logger });
  onClose('redis', () => redis.disconnect());
  const app = await createAuthApp({
    mongo,
    redis,
    verifier: createIdentityVerifier({ audience: 'subgraph:auth', jwks: env.IDENTITY_JWKS }),
    clock: systemClock,
    logger,
    introspection: env.GRAPHQL_INTROSPECTION === undefined ? env.NODE_ENV !== 'production' : env.GRAPHQL_INTROSPECTION === 'on',
    privateKey: env.AUTH_PRIVATE_KEY,
    sessionHmacKey: env.SESSION_HMAC_KEY,
    accessTokenLifeSeconds: env.ACCESS_TOKEN_TTL_SECONDS,
    refreshTokenLifeSeconds: env.REFRESH_TOKEN_TTL_SECONDS,
    firstAdmin:
      env.ADMIN_EMAIL !== undefined && env.ADMIN_PASSWORD !== undefined ? { email: env.ADMIN_EMAIL, password: env.ADMIN_PASSWORD } : null,
  });
  onClose('app', app.close);
  return listen(app.httpServer, { host: env.HOST, port: env.PORT });
}
