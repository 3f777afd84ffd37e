import { timingSafeEqual } from 'node:crypto';

/** In constant time, so that a secret cannot be guessed by how long a wrong one takes. */
export function sameSecret(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
