import { createHash, randomBytes } from 'node:crypto';

/**
 * A random id that sorts roughly by the time it was made: 9 hex digits of deciseconds, 20 hex digits of randomness.
 * Letters and digits only: it is used inside Redis keys and composite ids, where `:`, `|`, `{` and `}` separate.
 */
export function newId(prefix: string): string {
  const deciseconds = Math.floor(Date.now() / 100)
    .toString(16)
    .padStart(10, '0');
  return `${prefix}_${deciseconds}${randomBytes(10).toString('hex')}`;
}

/** The same parts give the same id, always: for ids that a retry must find again. Parts are length-prefixed, so they cannot run into each other. */
export function derivedId(prefix: string, ...parts: readonly string[]): string {
  const hash = createHash('sha256');
  for (const part of parts) {
    hash.update(`${Buffer.byteLength(part)}:`);
    hash.update(part);
  }
  return `${prefix}_${hash.digest('hex').slice(0, 40)}`;
}

/** What an id of ours may look like: anything else is refused before it reaches a query or a key. */
export const ID_PATTERN = /^[A-Za-z0-9_-]{1,64}$/;
