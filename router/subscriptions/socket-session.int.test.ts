import { afterEach, describe, expect, it } from 'vitest';
import { SESSION_REVOKED_CHANNEL, sessionKeys } from '../../kit/runtime/session-keys.ts';
import { eventually } from '../../tests/harness/fresh.ts';
import { openSocket } from '../testing/ws-client.ts';
import type { World } from '../testing/world.ts';
import { startWorld } from '../testing/world.ts';
import { SOCKET_DEFAULTS } from '../settings.ts';

const MINE = 'subscription { myTicks }';

describe('a socket that was opened with an expired access token while auth was away', () => {
  let world: World;
  let operations = 0;
  afterEach(() => world.close());

  async function openedInTheDark(settings: Parameters<typeof startWorld>[0] = {}, lifeSeconds = 900) {
    world = await startWorld(settings);
    const someone = { userId: 'u1', sid: 's1', roles: ['ATTENDEE'], lifeSeconds } as const;
    await world.stop('auth');
    const cookie = `refresh_token=${world.authority.refreshToken(someone)}`;
    return { someone, cookie, socket: await openSocket(world.wsUrl, { headers: { cookie, origin: world.origin } }) };
  }
  type Socket = Awaited<ReturnType<typeof openSocket>>;

  /** The code that an operation for those who are signed in is refused with; null if it is served. */
  async function codeOn(socket: Socket): Promise<unknown> {
    operations += 1;
    const id = String(operations);
    socket.subscribe(id, MINE);
    const frame = await eventually('an answer', () => socket.frames.find((one) => one.id === id));
    const [error] = frame.type === 'error' ? (frame.payload as unknown as { extensions: { code: string } }[]) : [];
    return error?.extensions.code ?? null;
  }
  const refreshes = () => world.calls.filter(({ name }) => name === 'refreshSession').length;

  it('is its user’s with the first operation after auth is back, and asks for that once', async () => {
    const { socket, someone } = await openedInTheDark();
    expect(await codeOn(socket)).toBe('SERVICE_UNAVAILABLE');
    expect(socket.isOpen()).toBe(true);
    await world.start('auth');
    await eventually('auth is asked', async () => (await codeOn(socket)) === null);
    expect(await Promise.all([codeOn(socket), codeOn(socket)])).toEqual([null, null]);
    expect(refreshes()).toBe(1);
    // Its cookies have not arrived anywhere.
    expect(Number(await world.redis.get(sessionKeys.seenGeneration(someone.sid)))).toBe(0);
    await world.redis.publish(SESSION_REVOKED_CHANNEL, JSON.stringify({ sid: someone.sid }));
    expect(await socket.closed()).toMatchObject({ code: 4401 });
  });

  it('costs one refresh however many operations ask at once', async () => {
    const { socket } = await openedInTheDark();
    await world.start('auth');
    expect(await Promise.all([codeOn(socket), codeOn(socket), codeOn(socket)])).toEqual([null, null, null]);
    expect(refreshes()).toBe(1);
  });

  it('lives no longer than the token that was found', async () => {
    const { socket } = await openedInTheDark({}, 2);
    await world.start('auth');
    expect(await codeOn(socket)).toBeNull();
    expect(await socket.closed()).toMatchObject({ code: 4403 });
  });

  it('counts against the cap of its user from then on, and is asked for once only', async () => {
    const { socket, cookie } = await openedInTheDark({ settings: { sockets: { ...SOCKET_DEFAULTS, perUser: 1 } } });
    const second = await openSocket(world.wsUrl, { headers: { cookie, origin: world.origin } });
    await world.start('auth');
    expect(await codeOn(socket)).toBeNull();
    expect(await codeOn(second)).toBe('RATE_LIMITED');
    const asked = refreshes();
    expect(await codeOn(second)).toBe('RATE_LIMITED');
    expect(refreshes()).toBe(asked);
    socket.close();
    await eventually('the place is free', async () => (await codeOn(second)) === null);
    second.close();
  });

  it('goes on as nobody’s if its session is over', async () => {
    const { socket } = await openedInTheDark();
    world.authority.sessions.clear();
    await world.start('auth');
    await eventually('auth is asked', async () => (await codeOn(socket)) === 'UNAUTHENTICATED');
    expect(socket.isOpen()).toBe(true);
    socket.close();
  });
});
