import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { booleanSchema, listSchema, portSchema, privateJwkSchema, redisUrlSchema, secondsSchema } from '../kit/runtime/env.ts';
import type { RouterSettings } from './settings.ts';
import { SOCKET_DEFAULTS } from './settings.ts';

const originSchema = z
  .string()
  .refine(
    (value) => URL.canParse(value) && new URL(value).origin === value,
    'must be an origin such as https://tickets.example, without a path',
  );
const countSchema = z.coerce.number().int().min(1);

export const routerEnvSchema = z
  .object({
    NODE_ENV: z.enum(['development', 'test', 'production']).default('development'),
    HOST: z.string().default('127.0.0.1'),
    PORT: portSchema.default(8_080),
    METRICS_PORT: portSchema.optional(),
    LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
    REDIS_URL: redisUrlSchema,
    AUTH_URL: z.url().default('http://127.0.0.1:4001/graphql'),
    EVENTS_URL: z.url().default('http://127.0.0.1:4002/graphql'),
    ORDERS_URL: z.url().default('http://127.0.0.1:4003/graphql'),
    /** Where access tokens' public keys are; default: beside auth. */
    AUTH_JWKS_URL: z.url().optional(),
    /** The router's own Ed25519 key, for telling subgraphs who asks. */
    IDENTITY_PRIVATE_KEY: privateJwkSchema,
    SUPERGRAPH_PATH: z.string().default('schema/supergraph.graphql'),
    PLAYGROUND_DIR: z.string().optional(),
    PUBLIC_ORIGIN: listSchema.pipe(z.array(originSchema)).optional(),
    CORS_ORIGINS: listSchema.pipe(z.array(originSchema)).default([]),
    COOKIE_SECURE: booleanSchema.optional(),
    COOKIE_DOMAIN: z
      .string()
      .regex(/^\.?[a-z0-9.-]+$/i, 'must be a domain name')
      .optional(),
    ACCESS_TOKEN_TTL_SECONDS: secondsSchema.default(900),
    GRAPHQL_INTROSPECTION: z.enum(['on', 'off']).optional(),
    /** The client preset's persisted-documents.json. Set: the router serves these documents and no others. */
    PERSISTED_DOCUMENTS_PATH: z.string().min(1).optional(),
    TRUSTED_PROXY_HOPS: z.coerce.number().int().min(0).max(10).default(0),
    /** An OpenTelemetry collector (OTLP over HTTP), e.g. http://collector:4318. Unset: nothing is traced. */
    OTEL_EXPORTER_OTLP_ENDPOINT: z.url().optional(),
    OTEL_SERVICE_NAME: z.string().min(1).default('seatgraph-router'),
    /** Of the traces that begin here, the share that is sent. */
    OTEL_TRACES_SAMPLER_ARG: z.coerce.number().min(0).max(1).default(1),
    RATE_LIMIT_SCALE: z.coerce.number().positive().default(1),
    SOCKETS_PER_USER: countSchema.optional(),
    SOCKETS_PER_ADDRESS: countSchema.optional(),
    OPERATIONS_PER_SOCKET: countSchema.optional(),
  })
  .refine((env) => env.NODE_ENV !== 'production' || env.COOKIE_SECURE !== undefined, {
    path: ['COOKIE_SECURE'],
    message: 'must be set in production: true behind HTTPS, or knowingly false',
  });
export type RouterEnv = z.output<typeof routerEnvSchema>;

/** The built Playground, whether we run from source or from dist. */
function builtPlayground(): string {
  const root = new URL(import.meta.url.endsWith('.ts') ? '../' : '../../', import.meta.url);
  return fileURLToPath(new URL('dist/playground', root));
}

export function settingsOf(env: RouterEnv): RouterSettings {
  const production = env.NODE_ENV === 'production';
  const introspection = env.GRAPHQL_INTROSPECTION === undefined ? !production : env.GRAPHQL_INTROSPECTION === 'on';
  const scaled = (count: number): number => Math.max(1, Math.round(count * env.RATE_LIMIT_SCALE));
  return {
    publicOrigins: env.PUBLIC_ORIGIN ?? [],
    corsOrigins: env.CORS_ORIGINS,
    cookies: { secure: env.COOKIE_SECURE ?? false, domain: env.COOKIE_DOMAIN },
    accessTokenLifeSeconds: env.ACCESS_TOKEN_TTL_SECONDS,
    introspection,
    persistedDocumentsPath: env.PERSISTED_DOCUMENTS_PATH,
    hideSchemaDetails: production,
    playground: introspection,
    playgroundDirectory: env.PLAYGROUND_DIR ?? builtPlayground(),
    rateLimitScale: env.RATE_LIMIT_SCALE,
    trustedProxyHops: env.TRUSTED_PROXY_HOPS,
    sockets: {
      ...SOCKET_DEFAULTS,
      perUser: env.SOCKETS_PER_USER ?? scaled(SOCKET_DEFAULTS.perUser),
      perAddress: env.SOCKETS_PER_ADDRESS ?? scaled(SOCKET_DEFAULTS.perAddress),
      operationsPerSocket: env.OPERATIONS_PER_SOCKET ?? scaled(SOCKET_DEFAULTS.operationsPerSocket),
    },
  };
}
