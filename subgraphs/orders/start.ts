import { join } from 'node:path';
import { createIdentitySigner } from '../../kit/graphql/identity.ts';
import { connectBus } from '../../kit/runtime/connect-bus.ts';
import { parseEnv } from '../../kit/runtime/env.ts';
import type { Lifecycle } from '../../kit/runtime/lifecycle.ts';
import { listen } from '../../kit/runtime/listen.ts';
import type { Logger } from '../../kit/runtime/logger.ts';
import { connectMongo } from '../../kit/runtime/mongo.ts';
import { connectRedis, withLogicalDatabase } from '../../kit/runtime/redis.ts';
import { systemClock } from '../../kit/values/clock.ts';
import type { OrdersDeps } from './app.ts';
import { createOrdersApp } from './app.ts';
import { createCrashPoints } from './crash-points.ts';
import { ordersEnvSchema } from './env.ts';
import { createMailFiles, createSmtpMail } from './notifications/mail-transports.ts';
import { createAskSubgraph } from './repositories/ask-subgraph.ts';
import { createTicketCodes } from './tickets/ticket-codes.ts';
import { ordersSettings } from './settings.ts';

/** A whole orders process: settings, connections, app, port. Resolves with its address once it answers. `adjust` is for fault tests. */
export async function startOrders(
  source: Readonly<Record<string, string | undefined>>,
  logger: Logger,
  { onClose }: Lifecycle,
  adjust: (deps: OrdersDeps) => OrdersDeps = (deps) => deps,
): Promise<string> {
  const env = parseEnv(ordersEnvSchema, source);
  const mongo = await connectMongo({ url: env.MONGO_URL, dbName: 'orders' });
  onClose('MongoDB', mongo.close);
  const redisTo = async (name: string, url: string, blocking = false) => {
    const redis = await connectRedis({ url, name: `orders:${name}`, logger, blocking });
    onClose(`Redis ${name}`, () => redis.disconnect());
    return redis;
  };
  const holdsUrl = env.HOLDS_REDIS_URL ?? withLogicalDatabase(env.REDIS_URL, 1);
  const bus = await connectBus({ amqpUrl: env.AMQP_URL, redisUrl: env.REDIS_URL, name: 'orders', logger });
  onClose('bus', bus.close);
  const signer = await createIdentitySigner({ issuer: 'orders', privateKey: env.ORDERS_PRIVATE_KEY });
  const app = await createOrdersApp(
    adjust({
      mongo,
      bus,
      logger,
      clock: systemClock,
      identityJwks: env.IDENTITY_JWKS,
      settings: ordersSettings(env),
      reached: createCrashPoints({
        crashAt: env.CRASH_AT,
        freezeAt: env.FREEZE_AT,
        signal: (signal) => void process.kill(process.pid, signal),
      }),
      redis: await redisTo('holds', holdsUrl),
      subscriber: await redisTo('hints', holdsUrl, true),
      ticketCodes: await createTicketCodes({ signingKey: env.TICKET_SIGNING_KEY, formerKeys: env.TICKET_FORMER_KEYS ?? null }),
      ask: {
        events: createAskSubgraph({ name: 'events', url: env.EVENTS_URL, signer }),
        auth: createAskSubgraph({ name: 'auth', url: env.AUTH_URL, signer }),
      },
      mail:
        env.SMTP_URL === undefined
          ? createMailFiles({ directory: join(env.DATA_DIR, 'mail'), from: env.MAIL_FROM })
          : createSmtpMail({ url: env.SMTP_URL, from: env.MAIL_FROM }),
    }),
  );
  onClose('app', app.close);
  return listen(app.httpServer, { host: env.HOST, port: env.PORT });
}
