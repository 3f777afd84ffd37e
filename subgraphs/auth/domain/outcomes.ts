import type { SessionTokens } from './session.ts';
import type { User } from './user.ts';

export type SignedIn = { readonly kind: 'SignedIn'; readonly user: User; readonly tokens: SessionTokens };

type Refusal<Kind extends string> = { readonly kind: Kind; readonly message: string; readonly path: readonly string[] };

export type EmailTaken = Refusal<'EmailTaken'>;
export const emailTaken: EmailTaken = {
  kind: 'EmailTaken',
  message: 'There is an account with this e-mail address already. Log in instead.',
  path: ['input', 'email'],
};

/** `path` is empty at log-in: saying which of the two was wrong would tell strangers who has an account. */
export type InvalidCredentials = Refusal<'InvalidCredentials'>;
export const wrongEmailOrPassword: InvalidCredentials = {
  kind: 'InvalidCredentials',
  message: 'The e-mail address or the password is wrong.',
  path: [],
};
export const wrongCurrentPassword: InvalidCredentials = {
  kind: 'InvalidCredentials',
  message: 'The current password is wrong.',
  path: ['input', 'currentPassword'],
};

export type SessionExpired = Refusal<'SessionExpired'>;
export const sessionExpired: SessionExpired = { kind: 'SessionExpired', message: 'This session has ended. Log in again.', path: [] };

/** `tokens` is null when there was no refresh token to renew: the next refresh brings the new access token. */
export type PasswordChanged = { readonly kind: 'ChangePasswordPayload'; readonly user: User; readonly tokens: SessionTokens | null };

export type RolesChange =
  | { readonly kind: 'Changed'; readonly user: User }
  | { readonly kind: 'UserNotFound' }
  /** Without an admin nobody could ever appoint one again. */
  | { readonly kind: 'LastAdmin' };
