import { SignJWT, generateKeyPair } from 'jose';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { ACCESS_TOKEN, sessionKeys } from '../kit/runtime/session-keys.ts';
import { wait } from '../kit/values/wait.ts';
import { eventually } from '../tests/harness/fresh.ts';
import type { World } from './testing/world.ts';
import { startWorld } from './testing/world.ts';

const who = async (world: World, headers: Record<string, string>): Promise<unknown> => {
  const { data } = await world.ask('{ whoAsks }', { headers });
  const { viewer } = JSON.parse(String(data?.['whoAsks'])) as { viewer: { userId: string } | null };
  return viewer?.userId ?? null;
};

describe('sessions', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world.close());
  let counter = 0;
  const someone = () => {
    counter += 1;
    return { userId: `user${counter}`, sid: `sid${counter}`, roles: ['ATTENDEE'] } as const;
  };
  const refreshes = (): number => world.calls.filter((call) => call.name === 'refreshSession').length;
  const cleared = ['access_token=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax', 'refresh_token=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax'];

  describe('logging in', () => {
    it('sets both cookies, and shows no token in the body', async () => {
      const { data, text, setCookies, headers } = await world.ask('mutation { logIn(input: { email: "ada", password: "x" }) }', {
        headers: { 'user-agent': 'test-agent' },
      });
      expect(data).toEqual({ logIn: true });
      expect(text).not.toMatch(/extensions|eyJ/);
      expect(setCookies).toEqual([
        expect.stringMatching(/^access_token=eyJ[^;]+; Max-Age=900; Path=\/; HttpOnly; SameSite=Lax$/),
        expect.stringMatching(/^refresh_token=s-ada\.[^;]+; Max-Age=1209600; Path=\/; HttpOnly; SameSite=Lax$/),
      ]);
      expect(headers.get('cache-control')).toBe('no-store');
      const { session } = world.calls.findLast((call) => call.name === 'logIn')?.request.identity ?? {};
      expect(session).toEqual({ userAgent: 'test-agent', address: '127.0.0.1' });
    });

    it('is nothing that another subgraph could do', async () => {
      const { setCookies, text } = await world.ask('{ stolenSession }');
      expect(setCookies).toEqual([]);
      expect(text).toBe('{"data":{"stolenSession":true}}');
    });

    it('presents the session it replaces, and does not refresh it first', async () => {
      const refreshToken = world.authority.refreshToken(someone());
      const before = refreshes();
      await world.ask('mutation { logIn(input: { email: "bob", password: "x" }) }', {
        headers: { cookie: `refresh_token=${refreshToken}` },
      });
      expect(refreshes()).toBe(before);
      expect(world.calls.findLast((call) => call.name === 'logIn')?.request.identity.session?.refreshToken).toBe(refreshToken);
    });

    it('refreshes once when the client asks to refresh', async () => {
      const refreshToken = world.authority.refreshToken(someone());
      const before = refreshes();
      const { setCookies } = await world.ask('mutation { refreshSession { refreshed } }', {
        headers: { cookie: `refresh_token=${refreshToken}` },
      });
      expect(setCookies).toHaveLength(2);
      expect(refreshes()).toBe(before + 1);
    });

    it('clears both cookies on logging out, with the attributes they were set with', async () => {
      expect((await world.ask('mutation { logOut }')).setCookies).toEqual(cleared);
    });
  });

  describe('access tokens', () => {
    it('come as a cookie or as Bearer', async () => {
      const claims = someone();
      const token = await world.authority.accessToken(claims);
      expect(await who(world, { cookie: `theme=dark; access_token=${token}` })).toBe(claims.userId);
      expect(await who(world, { authorization: `Bearer ${token}` })).toBe(claims.userId);
      expect(await who(world, {})).toBeNull();
    });

    it('must name one session if both come', async () => {
      const [mine, other] = [someone(), someone()];
      const token = await world.authority.accessToken(mine);
      const second = await world.authority.accessToken({ ...mine, generation: 2 });
      expect(await who(world, { cookie: `access_token=${token}`, authorization: `Bearer ${second}` })).toBe(mine.userId);
      const expired = await world.authority.accessToken({ ...mine, lifeSeconds: -1 });
      expect(await who(world, { cookie: `access_token=${expired}; refresh_token=${mine.sid}.x`, authorization: `Bearer ${token}` })).toBe(
        mine.userId,
      );
      const foreign = await world.ask('{ ping }', {
        headers: { cookie: `refresh_token=${other.sid}.x`, authorization: `Bearer ${token}` },
      });
      expect(foreign.errors[0]?.extensions['code']).toBe('UNAUTHENTICATED');
      const conflict = await world.ask('{ ping }', {
        headers: { cookie: `access_token=${token}`, authorization: `Bearer ${await world.authority.accessToken(other)}` },
      });
      expect(conflict.status).toBe(401);
      expect(conflict.errors[0]?.extensions).toEqual({ code: 'UNAUTHENTICATED' });
    });

    it('count for nothing when two different cookies of one name come, and are swept away', async () => {
      const [mine, planted] = [someone(), someone()];
      const [one, two] = await Promise.all([world.authority.accessToken(mine), world.authority.accessToken(planted)]);
      for (const cookie of [`access_token=${one}; access_token=${two}`, `access_token=${two}; refresh_token=a.1; refresh_token=b.2`]) {
        const { data, setCookies } = await world.ask('{ me { id } }', { headers: { cookie } });
        expect(data).toEqual({ me: null });
        expect(setCookies).toContain('access_token=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax');
        expect(setCookies).toContain('refresh_token=; Max-Age=0; Path=/graphql; HttpOnly; SameSite=Lax');
        const bearer = await world.ask('{ ping }', { headers: { cookie, authorization: `Bearer ${one}` } });
        expect(bearer.errors[0]?.extensions['code']).toBe('UNAUTHENTICATED');
      }
      expect(await who(world, { cookie: `access_token=${one}; access_token=${one}` })).toBe(mine.userId);
    });

    it('let somebody with contradictory cookies log in, which ends the contradiction', async () => {
      const { data, setCookies } = await world.ask('mutation { logIn(input: { email: "eve", password: "x" }) }', {
        headers: { cookie: 'refresh_token=a.1; refresh_token=b.2; access_token=x; access_token=y' },
      });
      expect(data).toEqual({ logIn: true });
      const places = setCookies.map((line) => `${line.split('=', 1)[0] ?? ''} ${/Path=[^;]+/.exec(line)?.[0] ?? ''}`);
      expect(new Set(places).size).toBe(places.length);
      expect(setCookies.filter((line) => !line.includes('Max-Age=0')).map((line) => line.split('=', 1)[0])).toEqual([
        'access_token',
        'refresh_token',
      ]);
      expect(world.calls.findLast((call) => call.name === 'logIn')?.request.identity.session?.refreshToken).toBeUndefined();
    });

    it('count for nothing if forged, foreign, expired, oversized or of another kind', async () => {
      const claims = someone();
      const { privateKey } = await generateKeyPair('EdDSA');
      const forged = await new SignJWT({ sid: 's', gen: 1, ver: 1, roles: ['ADMIN'] })
        .setProtectedHeader({ alg: 'EdDSA', typ: ACCESS_TOKEN.type, kid: 'auth-1' })
        .setSubject('u')
        .setIssuer(ACCESS_TOKEN.issuer)
        .setAudience(ACCESS_TOKEN.audience)
        .setIssuedAt()
        .setExpirationTime('5m')
        .sign(privateKey);
      const unsigned = `${Buffer.from('{"alg":"none","typ":"at+jwt"}').toString('base64url')}.${Buffer.from('{"sub":"u"}').toString('base64url')}.`;
      const bad = [
        forged,
        unsigned,
        'x'.repeat(5_000),
        'no-token',
        await world.authority.accessToken({ ...claims, lifeSeconds: -1 }),
        await world.authority.accessToken({ ...claims, lifeSeconds: 100_000 }).then((token) => `${token}x`),
        await world.authority.accessToken(claims, { audience: 'others' }),
        await world.authority.accessToken(claims, { issuer: 'others' }),
        await world.authority.accessToken(claims, { type: 'JWT' }),
      ];
      for (const token of bad) {
        expect(await who(world, { cookie: `access_token=${token}` })).toBeNull();
        expect(await who(world, { authorization: `Bearer ${token}` })).toBeNull();
      }
    });

    it("end with their session, and with their user's token version", async () => {
      const [ended, raised] = [someone(), someone()];
      await world.redis.set(sessionKeys.revoked(ended.sid), '1');
      await world.redis.set(sessionKeys.userVersion(raised.userId), '2');
      expect(await who(world, { cookie: await world.cookieFor(ended) })).toBeNull();
      expect(await who(world, { cookie: await world.cookieFor({ ...raised, version: 1 }) })).toBeNull();
      expect(await who(world, { cookie: await world.cookieFor({ ...raised, version: 2 }) })).toBe(raised.userId);
    });

    it('leave the highest generation they were seen with, for auth to compare', async () => {
      const claims = someone();
      for (const generation of [3, 7, 5]) await who(world, { cookie: await world.cookieFor({ ...claims, generation }) });
      expect(await world.redis.get(sessionKeys.seenGeneration(claims.sid))).toBe('7');
      expect(await world.redis.ttl(sessionKeys.seenGeneration(claims.sid))).toBeGreaterThan(13 * 86_400);
    });
  });

  describe('refreshing by itself', () => {
    it('goes on with new cookies when only the access token has expired', async () => {
      const claims = someone();
      const cookie = `access_token=${await world.authority.accessToken({ ...claims, lifeSeconds: -1 })}; refresh_token=${world.authority.refreshToken(claims)}`;
      const { data, setCookies } = await world.ask('{ me { id } }', { headers: { cookie } });
      expect(data).toEqual({ me: { id: claims.userId } });
      expect(setCookies.map((line) => line.split('=', 1)[0])).toEqual(['access_token', 'refresh_token']);
      expect(await who(world, { cookie: setCookies[0]?.split(';', 1)[0] ?? '' })).toBe(claims.userId);
    });

    it('does not count the new token as seen before the client has come back with it', async () => {
      const claims = someone();
      await world.ask('{ ping }', { headers: { cookie: `refresh_token=${world.authority.refreshToken(claims)}` } });
      expect(await world.redis.get(sessionKeys.seenGeneration(claims.sid))).toBeNull();
    });

    it('asks auth once for all requests that come while it asks', async () => {
      const claims = someone();
      const cookie = `refresh_token=${world.authority.refreshToken(claims)}`;
      const before = refreshes();
      const { grant } = world.authority;
      // On a busy machine the last would come when the first is answered already.
      const slow = vi.spyOn(world.authority, 'grant').mockImplementationOnce(async (of) => {
        await wait(300);
        return grant.call(world.authority, of);
      });
      onTestFinished(() => slow.mockRestore());
      const answers = await Promise.all(Array.from({ length: 20 }, () => world.ask('{ me { id } }', { headers: { cookie } })));
      expect(new Set(answers.map((answer) => JSON.stringify(answer.data)))).toEqual(
        new Set([JSON.stringify({ me: { id: claims.userId } })]),
      );
      expect(refreshes() - before).toBeLessThanOrEqual(3);
    });

    it('clears the cookies of a session that is over, and goes on anonymously', async () => {
      const { data, setCookies } = await world.ask('{ me { id } ping }', { headers: { cookie: 'refresh_token=sid0.unknown' } });
      expect(data).toEqual({ me: null, ping: 'pong' });
      expect(setCookies).toEqual(cleared);
    });

    it('leaves a token alone that is still good', async () => {
      const claims = someone();
      const before = refreshes();
      await world.ask('{ ping }', {
        headers: { cookie: `${await world.cookieFor(claims)}; refresh_token=${world.authority.refreshToken(claims)}` },
      });
      expect(refreshes()).toBe(before);
    });
  });

  describe('while auth is away', () => {
    it('keeps the cookies, answers queries, and refuses what depends on who asks', async () => {
      const claims = someone();
      const cookie = `refresh_token=${world.authority.refreshToken(claims)}`;
      await world.stop('auth');
      try {
        const query = await world.ask('{ ping }', { headers: { cookie } });
        expect([query.data, query.setCookies]).toEqual([{ ping: 'pong' }, []]);
        const mutation = await world.ask('mutation { purchase }', { headers: { cookie } });
        expect([mutation.errors[0]?.extensions['code'], mutation.setCookies]).toEqual(['SERVICE_UNAVAILABLE', []]);
        const guarded = await world.ask('{ secretEvents { id } }', { headers: { cookie } });
        expect(guarded.errors[0]?.extensions['code']).toBe('SERVICE_UNAVAILABLE');
      } finally {
        await world.start('auth');
      }
      await eventually('auth answers again', async () => (await world.ask('{ me { id } }', { headers: { cookie } })).data?.['me']);
    });
  });
});

describe('sessions with Redis away', () => {
  it('answer queries on a good token, and refuse mutations', async () => {
    const world = await startWorld();
    try {
      const claims = { userId: 'u1', sid: 's1', roles: ['ATTENDEE'] } as const;
      const headers = { cookie: await world.cookieFor(claims) };
      expect((await world.ask('mutation { purchase(key: "a") }', { headers: { ...headers, 'idempotency-key': 'k' } })).data).toEqual({
        purchase: 'k',
      });
      world.redis.disconnect();
      expect((await world.ask('{ me { id } }', { headers })).data).toEqual({ me: { id: 'u1' } });
      const mutation = await world.ask('mutation { purchase(key: "a") }', { headers });
      expect(mutation.errors[0]?.extensions['code']).toBe('SERVICE_UNAVAILABLE');
      expect(mutation.setCookies).toEqual([]);
    } finally {
      await world.close();
    }
  });
});

describe('rate limits', () => {
  it('stop guessing of passwords per account and address, with the time to wait', async () => {
    const world = await startWorld({ settings: { rateLimitScale: 1 } });
    try {
      const logIn = (email: string) =>
        world.ask('mutation($i: LogInInput!) { aliased: logIn(input: $i) }', { variables: { i: { email, password: 'x' } } });
      for (let attempt = 0; attempt < 5; attempt += 1) expect((await logIn('ada@test.example')).data).toEqual({ aliased: true });
      const refused = await logIn(' ADA@test.example');
      expect(refused.status).toBe(429);
      expect(refused.errors[0]?.extensions).toEqual({ code: 'RATE_LIMITED', retryAfterSeconds: expect.any(Number) });
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(800);
      expect((await logIn('bob@test.example')).data).toEqual({ aliased: true });
    } finally {
      await world.close();
    }
  });

  it('count a mutation whose answer has fields that the viewer may not see', async () => {
    const world = await startWorld({ settings: { rateLimitScale: 1 / 30 } });
    try {
      const hold = 'mutation { holdSeats { id draftNotes } }';
      expect((await world.ask(hold)).data).toEqual({ holdSeats: { id: 'e1', draftNotes: null } });
      expect((await world.ask(hold)).errors).toMatchObject([{ extensions: { code: 'RATE_LIMITED' } }]);
      expect(world.calls.filter((call) => call.name === 'holdSeats')).toHaveLength(1);
    } finally {
      await world.close();
    }
  });

  it('count who refreshes without a session by the whole address', async () => {
    const world = await startWorld({ settings: { rateLimitScale: 1 / 30, trustedProxyHops: 1 } });
    const refreshFrom = async (address: string): Promise<number> =>
      (await world.ask('mutation { refreshSession { refreshed } }', { headers: { 'x-forwarded-for': address } })).status;
    try {
      expect(await refreshFrom('198.51.100.1')).toBe(200);
      expect(await refreshFrom('198.51.100.1')).toBe(429);
      expect(await refreshFrom('198.51.100.2')).toBe(200);
    } finally {
      await world.close();
    }
  });

  it('count all requests of an address, also without Redis', async () => {
    const world = await startWorld({ settings: { rateLimitScale: 0.01 } });
    try {
      const codes = async (): Promise<unknown[]> => {
        const answers = [];
        for (let request = 0; request < 8; request += 1) answers.push((await world.ask('{ ping }')).status);
        return answers;
      };
      expect(await codes()).toEqual([200, 200, 200, 200, 200, 200, 429, 429]);
      world.redis.disconnect();
      expect(await codes()).toContain(429);
    } finally {
      await world.close();
    }
  });
});
