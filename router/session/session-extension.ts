import { z } from 'zod';
import type { SessionTokens } from './cookies.ts';

/** What auth says beside its data: new tokens for the client's cookies, or that the cookies should go. */
export type SessionChange = { readonly kind: 'set'; readonly tokens: SessionTokens } | { readonly kind: 'clear' };

// Tokens go into a header: nothing may be in them that ends one.
const tokenSchema = z.string().regex(/^[A-Za-z0-9._~-]+$/);
const dateSchema = z.iso.datetime({ offset: true }).transform((value) => new Date(value));

const extensionSchema = z.union([
  z
    .object({
      set: z.object({
        accessToken: tokenSchema,
        accessTokenExpiresAt: dateSchema,
        refreshToken: tokenSchema,
        refreshTokenExpiresAt: dateSchema,
      }),
    })
    .transform(({ set }): SessionChange => ({ kind: 'set', tokens: set })),
  z.object({ clear: z.literal(true) }).transform((): SessionChange => ({ kind: 'clear' })),
]);

/** Null for anything that is not exactly what auth and router agreed on. */
export function parseSessionExtension(extension: unknown): SessionChange | null {
  const result = extensionSchema.safeParse(extension);
  return result.success ? result.data : null;
}
