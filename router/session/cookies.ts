/** The two session cookies; every Set-Cookie of the router is written here. */
const ACCESS_COOKIE = 'access_token';
const REFRESH_COOKIE = 'refresh_token';

export type CookieSettings = {
  /** Sent over HTTPS only. */
  readonly secure: boolean;
  /** Unset: the cookie belongs to the exact host. */
  readonly domain?: string | undefined;
};

export type SessionTokens = {
  readonly accessToken: string;
  readonly accessTokenExpiresAt: Date;
  readonly refreshToken: string;
  readonly refreshTokenExpiresAt: Date;
};

export function cookiesOf(tokens: SessionTokens, settings: CookieSettings, now: Date): readonly string[] {
  const secondsUntil = (at: Date): number => Math.max(0, Math.round((at.getTime() - now.getTime()) / 1_000));
  return [
    setCookie(ACCESS_COOKIE, tokens.accessToken, secondsUntil(tokens.accessTokenExpiresAt), settings),
    setCookie(REFRESH_COOKIE, tokens.refreshToken, secondsUntil(tokens.refreshTokenExpiresAt), settings),
  ];
}

/** A browser forgets a cookie only if path, domain and security are those it was set with. */
export function clearedCookies(settings: CookieSettings): readonly string[] {
  return [setCookie(ACCESS_COOKIE, '', 0, settings), setCookie(REFRESH_COOKIE, '', 0, settings)];
}

/**
 * Makes a browser forget every session cookie that could come to this host, also those that a sibling domain planted: one is named by its name, domain
 * and path together, so each place where one may sit is cleared by itself.
 */
export function sweptCookies(settings: CookieSettings, hosts: readonly string[]): readonly string[] {
  const domains = new Set<string | undefined>([undefined, settings.domain, ...hosts.flatMap(domainsAbove)]);
  return [...domains].flatMap((domain) =>
    PLANTED_PATHS.flatMap((path) => [ACCESS_COOKIE, REFRESH_COOKIE].map((name) => setCookie(name, '', 0, { ...settings, domain }, path))),
  );
}

/** A cookie with the longer path is sent first, so a planted one would choose it. */
const PLANTED_PATHS = ['/', '/graphql'];

/** `shop.tickets.example` and `tickets.example`; an address or a bare name has no siblings. */
function domainsAbove(host: string): readonly string[] {
  const labels = host.split('.');
  if (/^[\d.]+$|:/.test(host) || labels.length < 2) return [];
  return Array.from({ length: labels.length - 1 }, (_, index) => labels.slice(index).join('.'));
}

function setCookie(name: string, value: string, maxAgeSeconds: number, settings: CookieSettings, path = '/'): string {
  const domain = settings.domain === undefined ? '' : `; Domain=${settings.domain}`;
  return `${name}=${value}; Max-Age=${maxAgeSeconds}${domain}; Path=${path}; HttpOnly${settings.secure ? '; Secure' : ''}; SameSite=Lax`;
}

export type ReadCookies = { readonly access: string | undefined; readonly refresh: string | undefined; readonly conflicting: boolean };

/** Larger than any token of ours; longer ones are not even looked at. */
const TOKEN_MAX_LENGTH = 4_096;

/**
 * Two different cookies of one name are a sign of cookie tossing (a sibling domain planted one): `conflicting`, and none counts. Not even the one that
 * verifies, for the planted one may be a good token, of the attacker's own account. The same value twice, as some proxies send it, is fine.
 */
export function readCookies(header: string | undefined): ReadCookies {
  const found = new Map<string, string>();
  let conflicting = false;
  for (const pair of (header ?? '').split(';')) {
    const separator = pair.indexOf('=');
    if (separator < 0) continue;
    const name = pair.slice(0, separator).trim();
    if (name !== ACCESS_COOKIE && name !== REFRESH_COOKIE) continue;
    const value = unquoted(pair.slice(separator + 1).trim());
    if (found.has(name) && found.get(name) !== value) conflicting = true;
    found.set(name, value);
  }
  if (conflicting) return { access: undefined, refresh: undefined, conflicting };
  return { access: usable(found.get(ACCESS_COOKIE)), refresh: usable(found.get(REFRESH_COOKIE)), conflicting };
}

function unquoted(value: string): string {
  return value.length >= 2 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value;
}

function usable(value: string | undefined): string | undefined {
  return value !== undefined && value !== '' && value.length <= TOKEN_MAX_LENGTH ? value : undefined;
}
