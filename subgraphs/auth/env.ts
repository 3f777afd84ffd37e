import { z } from 'zod';
import { privateJwkSchema, secondsSchema, subgraphEnvShape } from '../../kit/runtime/env.ts';
import { foldEmail } from './domain/email.ts';
import { normalizePassword, passwordProblem } from './domain/password.ts';

export const authEnvSchema = z
  .object({
    ...subgraphEnvShape,
    PORT: subgraphEnvShape.PORT.default(4001),
    /** Ed25519 JWK that signs access tokens; its public half is served at /jwks.json. */
    AUTH_PRIVATE_KEY: privateJwkSchema,
    /** Successors of refresh tokens and the names of sessions are computed with it: another key signs everybody out. */
    SESSION_HMAC_KEY: z.string().min(32, 'must have at least 32 characters'),
    ACCESS_TOKEN_TTL_SECONDS: secondsSchema.default(900),
    REFRESH_TOKEN_TTL_SECONDS: secondsSchema.default(1_209_600),
    /** Together they make the first admin. */
    ADMIN_EMAIL: z.email('is not an e-mail address').transform(foldEmail).optional(),
    ADMIN_PASSWORD: z
      .string()
      .transform(normalizePassword)
      .superRefine((password, context) => {
        const problem = passwordProblem(password);
        if (problem !== null) context.addIssue({ code: 'custom', message: problem });
      })
      .optional(),
    GRAPHQL_INTROSPECTION: z.enum(['on', 'off']).optional(),
  })
  .refine((env) => (env.ADMIN_EMAIL === undefined) === (env.ADMIN_PASSWORD === undefined), {
    path: ['ADMIN_EMAIL'],
    message: 'needs ADMIN_PASSWORD, and the other way round',
  });
