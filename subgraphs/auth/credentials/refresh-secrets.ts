import { createHash, createHmac, randomBytes } from 'node:crypto';

/**
 * The secret halves of refresh tokens. A successor is computed from the presented secret, never drawn: whoever repeats a refresh whose answer
 * was lost gets the very same token again, though only hashes are stored.
 */
export function createRefreshSecrets(deps: { hmacKey: string }) {
  // Labels keep the two uses of one key apart.
  const mac = (label: string, value: string): string => createHmac('sha256', deps.hmacKey).update(`${label}:${value}`).digest('base64url');
  return {
    first: (): string => randomBytes(32).toString('base64url'),
    successor: (secret: string, steps = 1): string => {
      let current = secret;
      for (let step = 0; step < steps; step += 1) current = mac('refresh-successor', current);
      return current;
    },
    hash: (secret: string): string => createHash('sha256').update(secret).digest('base64url'),
    /** `Session.id`: names a session to its owner without giving away the sid. */
    sessionName: (sid: string): string => mac('session-name', sid),
  };
}
export type RefreshSecrets = ReturnType<typeof createRefreshSecrets>;
