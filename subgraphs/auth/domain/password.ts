import { dictionary } from '@zxcvbn-ts/language-common';

export const PASSWORD_LENGTH_MIN = 8;
export const PASSWORD_LENGTH_MAX = 128;

const COMMON_PASSWORDS: ReadonlySet<string> = new Set(
  dictionary['passwords-common'].filter((password) => password.length >= PASSWORD_LENGTH_MIN),
);

/** The same characters typed on two keyboards are the same password. */
export function normalizePassword(password: string): string {
  return password.normalize('NFC');
}

/** Why a new password (already normalized) is refused; null when it is fine. */
export function passwordProblem(password: string): string | null {
  if (!password.isWellFormed()) return 'is not well-formed Unicode';
  const length = Array.from(password).length;
  if (length < PASSWORD_LENGTH_MIN) return `must have at least ${PASSWORD_LENGTH_MIN} characters`;
  if (length > PASSWORD_LENGTH_MAX) return `must have at most ${PASSWORD_LENGTH_MAX} characters`;
  if (COMMON_PASSWORDS.has(password.toLowerCase()) || new Set(password).size === 1)
    return 'is one of the most common passwords; choose another';
  return null;
}
