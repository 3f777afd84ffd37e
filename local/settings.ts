import type { LocalKeys } from './keys.ts';
import { publicJwks } from './keys.ts';

export type Environment = Record<string, string>;
export type ProcessName = 'auth' | 'events' | 'orders' | 'router';

/** What each process is told, over what the operator has set. */
export function processSettings(local: {
  operator: Readonly<Record<string, string | undefined>>;
  keys: LocalKeys;
  mongoUrl: string;
  redisUrl: string;
  ports: Record<ProcessName, number>;
  admin: { email: string; password: string };
}): Record<ProcessName, Environment> {
  const { keys, ports } = local;
  const given = Object.fromEntries(Object.entries(local.operator).filter((entry): entry is [string, string] => entry[1] !== undefined));
  const urlOf = (name: ProcessName): string => `http://127.0.0.1:${ports[name]}/graphql`;
  const shared: Environment = {
    LOG_LEVEL: 'warn',
    ...given,
    MONGO_URL: local.mongoUrl,
    REDIS_URL: local.redisUrl,
    IDENTITY_JWKS: publicJwks(keys),
  };
  // Subgraphs answer on the loopback alone, whatever the router is told to listen on.
  const subgraph = (name: ProcessName): Environment => ({ ...shared, HOST: '127.0.0.1', PORT: String(ports[name]) });
  return {
    auth: {
      ...subgraph('auth'),
      AUTH_PRIVATE_KEY: JSON.stringify(keys.auth),
      SESSION_HMAC_KEY: keys.sessionHmacKey,
      ADMIN_EMAIL: local.admin.email,
      ADMIN_PASSWORD: local.admin.password,
    },
    events: subgraph('events'),
    orders: {
      ...subgraph('orders'),
      EVENTS_URL: urlOf('events'),
      AUTH_URL: urlOf('auth'),
      ORDERS_PRIVATE_KEY: JSON.stringify(keys.orders),
      TICKET_SIGNING_KEY: JSON.stringify(keys.tickets),
      PUBLIC_ORIGIN: given['PUBLIC_ORIGIN'] ?? `http://localhost:${ports.router}`,
    },
    router: {
      ...shared,
      HOST: given['HOST'] ?? '127.0.0.1',
      PORT: String(ports.router),
      IDENTITY_PRIVATE_KEY: JSON.stringify(keys.router),
      AUTH_URL: urlOf('auth'),
      EVENTS_URL: urlOf('events'),
      ORDERS_URL: urlOf('orders'),
    },
  };
}
