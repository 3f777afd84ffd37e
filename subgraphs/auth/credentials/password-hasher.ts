import { randomBytes } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';
import { Unavailable } from '../../../kit/values/unavailable.ts';

/** OWASP's argon2id row with 46 MiB and one pass. */
const PARAMETERS = { memoryCost: 47_104, timeCost: 1, parallelism: 1 } as const;
const CURRENT_PREFIX = `$argon2id$v=19$m=${PARAMETERS.memoryCost},t=${PARAMETERS.timeCost},p=${PARAMETERS.parallelism}$`;

/** Each takes 46 MiB and a thread of libuv's pool, which file and DNS work share. */
const PARALLEL_MAX = 4;
/** Some three seconds of waiting; beyond, a quick refusal serves everybody better. */
const QUEUED_MAX = 64;

/** Hashes and checks passwords, a few at a time. Throws `Unavailable` when too many wait. */
export async function createPasswordHasher(limits: { parallel: number; queued: number } = { parallel: PARALLEL_MAX, queued: QUEUED_MAX }) {
  const waiting: (() => void)[] = [];
  let running = 0;

  async function inTurn<Value>(work: () => Promise<Value>): Promise<Value> {
    if (running >= limits.parallel) {
      if (waiting.length >= limits.queued) throw new Unavailable('Too many passwords are being checked.');
      // The slot is handed over, not freed: a newcomer cannot slip in between.
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  }

  const nobodysHash = await hash(randomBytes(32), PARAMETERS);

  return {
    hash: (password: string): Promise<string> => inTurn(() => hash(password, PARAMETERS)),
    /** With `null` (no such account) it takes the same time and answers false. */
    async verify(storedHash: string | null, password: string): Promise<boolean> {
      const matches = await inTurn(() => verify(storedHash ?? nobodysHash, password));
      return storedHash !== null && matches;
    },
    /** Made with other parameters than today's. */
    isOutdated: (storedHash: string): boolean => !storedHash.startsWith(CURRENT_PREFIX),
  };
}
export type PasswordHasher = Awaited<ReturnType<typeof createPasswordHasher>>;
