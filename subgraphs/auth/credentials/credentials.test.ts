import { describe, expect, it } from 'vitest';
import { Unavailable } from '../../../kit/values/unavailable.ts';
import { createPasswordHasher } from './password-hasher.ts';
import { createRefreshSecrets } from './refresh-secrets.ts';

describe('the password hasher', () => {
  it('accepts the right password only, and nothing for an account that does not exist', async () => {
    const hasher = await createPasswordHasher();
    const hash = await hasher.hash('a-fine-passphrase');
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=47104,t=1,p=1\$/);
    expect(await hasher.verify(hash, 'a-fine-passphrase')).toBe(true);
    expect(await hasher.verify(hash, 'a-fine-passphrasE')).toBe(false);
    expect(await hasher.verify(null, 'a-fine-passphrase')).toBe(false);
    expect(hasher.isOutdated(hash)).toBe(false);
    expect(hasher.isOutdated('$argon2id$v=19$m=19456,t=2,p=1$x$y')).toBe(true);
  });

  it('refuses at once what its queue cannot take, and goes on with the rest', async () => {
    const hasher = await createPasswordHasher({ parallel: 1, queued: 2 });
    const results = await Promise.allSettled(Array.from({ length: 5 }, () => hasher.hash('a-fine-passphrase')));
    const refused = results.filter((result) => result.status === 'rejected');
    expect(refused).toHaveLength(2);
    expect(refused.every((result) => result.reason instanceof Unavailable)).toBe(true);
    await expect(hasher.hash('a-fine-passphrase')).resolves.toContain('argon2id');
  });

  it('spends as long on an unknown account as on a wrong password', async () => {
    const hasher = await createPasswordHasher();
    const hash = await hasher.hash('a-fine-passphrase');
    const time = async (stored: string | null): Promise<number> => {
      const times: number[] = [];
      for (let run = 0; run < 7; run += 1) {
        const start = performance.now();
        await hasher.verify(stored, 'not-the-passphrase');
        times.push(performance.now() - start);
      }
      return times.toSorted((a, b) => a - b)[3] ?? 0;
    };
    const [known, unknown] = [await time(hash), await time(null)];
    // Without the dummy hash it would be a hundredth; a busy machine shifts both alike.
    expect(unknown).toBeGreaterThan(known / 3);
  });
});

describe('refresh secrets', () => {
  const secrets = createRefreshSecrets({ hmacKey: 'k'.repeat(32) });

  it('are random at first and succeed each other the same way every time', () => {
    expect(secrets.first()).not.toBe(secrets.first());
    expect(secrets.successor('s', 3)).toBe(secrets.successor(secrets.successor(secrets.successor('s'))));
    expect(secrets.successor('s')).not.toBe(createRefreshSecrets({ hmacKey: 'j'.repeat(32) }).successor('s'));
  });

  it('do not share an output with names of sessions', () => {
    expect(secrets.sessionName('s')).not.toBe(secrets.successor('s'));
  });
});
