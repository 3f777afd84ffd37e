import { createIdentityVerifier } from '../../kit/graphql/identity.ts';
import { parseEnv } from '../../kit/runtime/env.ts';
import { runProcess } from '../../kit/runtime/lifecycle.ts';
import { createLogger } from '../../kit/runtime/logger.ts';
import { connectMongo } from '../../kit/runtime/mongo.ts';
import { connectRedis } from '../../kit/runtime/redis.ts';
import { systemClock } from '../../kit/values/clock.ts';
import { createAuthApp } from './app.ts';
import { authEnvSchema } from './env.ts';

// oxlint-disable-next-line node/no-process-env -- the one place where this process reads its environment
const source = process.env;
const logger = createLogger({ name: 'auth', level: source['LOG_LEVEL'] ?? 'info' });

runProcess(logger, async ({ onClose }) => {
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
    firstAdmin: env.ADMIN_EMAIL !== undefined && env.ADMIN_PASSWORD !== undefined ? { email: env.ADMIN_EMAIL, password: env.ADMIN_PASSWORD } : null,
  });
  onClose('app', app.close);
  await new Promise<void>((resolve, reject) => app.httpServer.once('error', reject).listen(env.PORT, env.HOST, resolve));
  logger.info({ port: env.PORT }, 'auth is listening');
});
