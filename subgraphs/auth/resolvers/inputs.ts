import { z } from 'zod';
import { idSchema, pageSchema, textSchema } from '../../../kit/graphql/input-schemas.ts';
import { foldEmail } from '../domain/email.ts';
import { normalizePassword, passwordProblem } from '../domain/password.ts';

const emailSchema = z.string().transform(foldEmail);

const newPasswordSchema = z
  .string()
  .transform(normalizePassword)
  .superRefine((password, context) => {
    const problem = passwordProblem(password);
    if (problem !== null) context.addIssue({ code: 'custom', message: problem });
  });

/** One that is only compared: whatever its shape, the answer is "wrong"; but hashing must not be fed megabytes. */
const givenPasswordSchema = z
  .string()
  .max(1_000, 'is too long')
  .transform((password) => normalizePassword(password.toWellFormed()));

const oneLine = (text: string): boolean => !/[\t\n\r]/.test(text);

export const signUpSchema = z.object({
  email: emailSchema,
  password: newPasswordSchema,
  displayName: textSchema(1, 100).refine(oneLine, 'must be one line'),
});

export const logInSchema = z.object({ email: emailSchema, password: givenPasswordSchema });

export const changePasswordSchema = z.object({ currentPassword: givenPasswordSchema, newPassword: newPasswordSchema });

export const setUserRolesSchema = z.object({
  userId: idSchema,
  roles: z
    .array(z.enum(['ATTENDEE', 'ORGANIZER', 'ADMIN']))
    .min(1, 'must name at least one role')
    .max(10, 'must have at most 10 entries'),
});

export const logOutSchema = z.object({ everywhere: z.boolean() });

export const revokeSessionSchema = z.object({ id: idSchema });

export const usersSchema = pageSchema.extend({ search: textSchema(0, 100).nullish() });
