import { describe, expect, it } from 'vitest';
import { foldEmail } from './email.ts';
import { normalizePassword, passwordProblem } from './password.ts';
import { formatRefreshToken, parseRefreshToken, tidyUserAgent } from './session.ts';
import { canReadAccount, isSessionEnded, newUser } from './user.ts';

const user = {
  ...newUser({ id: 'usr_1', email: 'a@b.c', displayName: 'A', roles: ['ATTENDEE'], createdAt: new Date(0) }),
  tokenVersion: 5,
};

describe('an e-mail address', () => {
  it('has one spelling', () => {
    expect(foldEmail(' JOSE\u0301@Example.ORG ')).toBe('jos\u00e9@example.org');
  });
});

describe('a password', () => {
  it('has 8 to 128 characters, whatever their size in UTF-16', () => {
    expect(passwordProblem('1a2b3c4')).toContain('at least 8');
    expect(passwordProblem('🎟1a2b3c')).toContain('at least 8');
    expect(passwordProblem('🎟1a2b3c4')).toBeNull();
    expect(passwordProblem('ab'.repeat(64))).toBeNull();
    expect(passwordProblem(`${'ab'.repeat(64)}c`)).toContain('at most 128');
  });

  it('is not one that everybody tries first, in any case', () => {
    for (const common of ['password', 'PassWord', 'qwertyuiop', '1q2w3e4r', 'zzzzzzzzzzzz'])
      expect({ common, problem: passwordProblem(common) }).toEqual({ common, problem: expect.stringContaining('common') });
  });

  it('is well-formed, and the same in either Unicode form', () => {
    expect(passwordProblem('abcdefgh\ud800')).toContain('well-formed');
    expect(normalizePassword('cafe\u0301')).toBe(normalizePassword('caf\u00e9'));
  });
});

describe('a refresh token', () => {
  it('reads back as it was written', () => {
    const token = { sid: 'ses_1', secret: 's'.repeat(43) };
    expect(parseRefreshToken(formatRefreshToken(token))).toEqual(token);
  });

  it('is nothing else than a session id and a secret', () => {
    for (const token of [
      undefined,
      '',
      'a.b',
      `a:b.${'s'.repeat(43)}`,
      `a.${'s'.repeat(44)}`,
      `a.${'s'.repeat(43)}\n`,
      `${'a'.repeat(65)}.${'s'.repeat(43)}`,
    ])
      expect(parseRefreshToken(token)).toBeNull();
  });
});

describe('a session', () => {
  it('is over when it was opened before all were ended, unless it is the one that stayed', () => {
    const ended = { ...user, sessionsEndedBelow: 4, keptSid: 'kept' };
    expect(isSessionEnded(ended, { sid: 'old', tokenVersion: 3 })).toBe(true);
    expect(isSessionEnded(ended, { sid: 'kept', tokenVersion: 3 })).toBe(false);
    expect(isSessionEnded(ended, { sid: 'new', tokenVersion: 4 })).toBe(false);
    expect(isSessionEnded(user, { sid: 'any', tokenVersion: 1 })).toBe(false);
  });

  it('shows a user agent without control characters and of bounded length', () => {
    expect(tidyUserAgent('Fox\u0000\u202e 1')).toBe('Fox 1');
    expect(tidyUserAgent('x'.repeat(1_000))).toHaveLength(300);
    expect(tidyUserAgent(' ')).toBeNull();
  });
});

describe('an account', () => {
  it('is private to its user and admins', () => {
    expect(canReadAccount(null, user)).toBe(false);
    expect(canReadAccount({ userId: 'usr_2', sid: 's', roles: ['ORGANIZER'] }, user)).toBe(false);
    expect(canReadAccount({ userId: 'usr_1', sid: 's', roles: [] }, user)).toBe(true);
    expect(canReadAccount({ userId: 'usr_2', sid: 's', roles: ['ADMIN'] }, user)).toBe(true);
  });
});
