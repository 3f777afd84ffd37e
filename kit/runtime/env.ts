import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** A process that cannot start says why in words for the operator; `main` prints the message without a stack and exits 1. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/** Parses a process's environment against its schema; all problems at once. An empty value counts as not set. */
export function parseEnv<Schema extends z.ZodType>(schema: Schema, source: Readonly<Record<string, string | undefined>>): z.output<Schema> {
  const given = Object.fromEntries(Object.entries(source).filter(([, value]) => value !== undefined && value !== ''));
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const lines = result.error.issues.map((issue) => `  ${issue.path.join('.') || 'environment'}: ${issue.message}`);
  throw new StartError(`The settings (environment variables) are not valid:\n${lines.join('\n')}`);
}

export const portSchema = z.coerce.number().int().min(0).max(65_535);
export const secondsSchema = z.coerce.number().int().min(1).max(31_536_000);
export const booleanSchema = z.enum(['true', 'false']).transform((value) => value === 'true');
export const mongoUrlSchema = z.string().regex(/^mongodb(\+srv)?:\/\//, 'must start with mongodb:// or mongodb+srv://');
export const redisUrlSchema = z.string().regex(/^rediss?:\/\//, 'must start with redis:// or rediss://');
export const amqpUrlSchema = z.string().regex(/^amqps?:\/\//, 'must start with amqp:// or amqps://');
export const listSchema = z.string().transform((value) =>
  value
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== ''),
);

/** JSON in the variable itself, or in the file that `@path` names: keys are better kept in files than in process listings. */
export const jsonSchema = z.string().transform((value, context): unknown => {
  try {
    return JSON.parse(value.startsWith('@') ? readFileSync(value.slice(1), 'utf8') : value);
  } catch {
    context.addIssue({
      code: 'custom',
      message: value.startsWith('@') ? 'names a file that is not readable JSON' : 'is not JSON (or @ and the path of a JSON file)',
    });
    return z.NEVER;
  }
});

const jwkShape = z.looseObject({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string() });
/** An Ed25519 private key as a JWK. */
export const privateJwkSchema = jsonSchema.pipe(jwkShape.extend({ d: z.string() }));
/** Public Ed25519 keys; each kid names the process it belongs to. */
export const publicJwksSchema = jsonSchema.pipe(z.object({ keys: z.array(jwkShape.extend({ kid: z.string() })).min(1) }));

/** What every subgraph needs, whatever it does. */
export const subgraphEnvShape = {
  NODE_ENV: z.enum(['development', 'test', 'production']).default('development'),
  HOST: z.string().default('127.0.0.1'),
  PORT: portSchema,
  MONGO_URL: mongoUrlSchema,
  REDIS_URL: redisUrlSchema,
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  /** Whose identity statements are believed: the router's key, and those of subgraphs that call others. */
  IDENTITY_JWKS: publicJwksSchema,
};
