import { describe, expect, it } from 'vitest';
import { createSessionAuthority } from '../testing/session-authority.ts';
import { createAccessTokenVerifier, remoteAccessTokenKeys } from './access-token.ts';

const claims = { userId: 'u1', sid: 's1', roles: ['ATTENDEE', 'ADMIN'], generation: 3, version: 4 } as const;

describe('access tokens', () => {
  it('tell who, which session, and how far it has come', async () => {
    const authority = await createSessionAuthority();
    const verifier = createAccessTokenVerifier({ keys: authority.keys, lifeSeconds: 900 });
    const token = await authority.accessToken(claims);
    for (let time = 0; time < 2; time += 1) {
      expect(await verifier.verify(token)).toEqual({
        viewer: { userId: 'u1', sid: 's1', roles: ['ATTENDEE', 'ADMIN'] },
        generation: 3,
        version: 4,
        expiresAt: expect.any(Date),
      });
    }
  });

  it('are invalid once they have expired, without any tolerance', async () => {
    const authority = await createSessionAuthority();
    const verifier = createAccessTokenVerifier({ keys: authority.keys, lifeSeconds: 900 });
    expect(await verifier.verify(await authority.accessToken({ ...claims, lifeSeconds: 0 }))).toBe('invalid');
  });

  it('are unknown, not invalid, while the keys cannot be had', async () => {
    const authority = await createSessionAuthority();
    const verifier = createAccessTokenVerifier({ keys: remoteAccessTokenKeys('http://127.0.0.1:9/jwks.json'), lifeSeconds: 900 });
    expect(await verifier.verify(await authority.accessToken(claims))).toBe('unknown');
    expect(await verifier.verify('nonsense')).toBe('invalid');
  });
});
