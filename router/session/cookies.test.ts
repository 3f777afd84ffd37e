import { describe, expect, it } from 'vitest';
import { clearedCookies, cookiesOf, readCookies, sweptCookies } from './cookies.ts';

const now = new Date('2026-01-01T00:00:00Z');
const tokens = {
  accessToken: 'aaa',
  accessTokenExpiresAt: new Date('2026-01-01T00:15:00Z'),
  refreshToken: 'sid.rrr',
  refreshTokenExpiresAt: new Date('2026-01-15T00:00:00Z'),
};

describe('session cookies', () => {
  it('are out of reach of scripts and of other sites, and live as long as their tokens', () => {
    expect(cookiesOf(tokens, { secure: false }, now)).toEqual([
      'access_token=aaa; Max-Age=900; Path=/; HttpOnly; SameSite=Lax',
      'refresh_token=sid.rrr; Max-Age=1209600; Path=/; HttpOnly; SameSite=Lax',
    ]);
  });

  it('are cleared with the attributes they were set with', () => {
    const settings = { secure: true, domain: 'tickets.example' };
    const attributes = (line: string): string => line.split('; ').slice(2).join('; ');
    expect(clearedCookies(settings).map(attributes)).toEqual(cookiesOf(tokens, settings, now).map(attributes));
    expect(clearedCookies(settings)[0]).toBe('access_token=; Max-Age=0; Domain=tickets.example; Path=/; HttpOnly; Secure; SameSite=Lax');
  });

  it('are swept from every place where a sibling domain could have planted them', () => {
    const lines = sweptCookies({ secure: true, domain: undefined }, ['shop.tickets.example', 'localhost', '127.0.0.1']);
    const places = lines.map((line) => line.replace(/=; Max-Age=0/, '').replace('; HttpOnly; Secure; SameSite=Lax', ''));
    expect(places.filter((place) => place.startsWith('access_token'))).toEqual([
      'access_token; Path=/',
      'access_token; Path=/graphql',
      'access_token; Domain=shop.tickets.example; Path=/',
      'access_token; Domain=shop.tickets.example; Path=/graphql',
      'access_token; Domain=tickets.example; Path=/',
      'access_token; Domain=tickets.example; Path=/graphql',
    ]);
    expect(lines).toHaveLength(12);
  });

  it('never get a negative life from a clock that is ahead', () => {
    expect(cookiesOf(tokens, { secure: false }, new Date('2027-01-01'))[0]).toContain('Max-Age=0;');
  });

  it.each([
    [undefined, { access: undefined, refresh: undefined, conflicting: false }],
    ['', { access: undefined, refresh: undefined, conflicting: false }],
    ['a=b; access_token=x;refresh_token="y.z"', { access: 'x', refresh: 'y.z', conflicting: false }],
    ['access_token=x; access_token=x', { access: 'x', refresh: undefined, conflicting: false }],
    ['access_token=x; access_token=', { access: undefined, refresh: undefined, conflicting: true }],
    ['refresh_token=x; a; refresh_token=y', { access: undefined, refresh: undefined, conflicting: true }],
    ['access_token=', { access: undefined, refresh: undefined, conflicting: false }],
    [`access_token=${'x'.repeat(5_000)}`, { access: undefined, refresh: undefined, conflicting: false }],
    ['Access_Token=x', { access: undefined, refresh: undefined, conflicting: false }],
  ])('are read from %j', (header, expected) => {
    expect(readCookies(header)).toEqual(expected);
  });
});
