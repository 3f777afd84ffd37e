/** One signed-in browser or device: a refresh-token family. */
export type Session = {
  readonly sid: string;
  readonly userId: string;
  /** The user's token version when it was opened. */
  readonly tokenVersion: number;
  readonly userAgent: string | null;
  readonly createdAt: Date;
  readonly lastUsedAt: Date;
};

/** A session as its owner sees it: `name` stands for the sid, which never leaves us in the open. */
export type ListedSession = { readonly name: string; readonly current: boolean; readonly session: Session };

export type PresentedToken = { readonly sid: string; readonly secret: string };

const REFRESH_TOKEN = /^([A-Za-z0-9_-]{1,64})\.([A-Za-z0-9_-]{43})$/;

/** Null for anything that we cannot have given out. */
export function parseRefreshToken(token: string | undefined): PresentedToken | null {
  const match = token === undefined ? null : REFRESH_TOKEN.exec(token);
  return match?.[1] !== undefined && match[2] !== undefined ? { sid: match[1], secret: match[2] } : null;
}

export function formatRefreshToken(token: PresentedToken): string {
  return `${token.sid}.${token.secret}`;
}

/** What the router makes cookies of. */
export type SessionTokens = {
  readonly accessToken: string;
  readonly accessTokenExpiresAt: Date;
  readonly refreshToken: string;
  readonly refreshTokenExpiresAt: Date;
};

const USER_AGENT_LENGTH_MAX = 300;

/** Shown to its owner in a list: bounded, and without characters that could disturb it. */
export function tidyUserAgent(userAgent: string | undefined): string | null {
  const tidy = userAgent?.toWellFormed().replaceAll(/\p{C}/gu, '').trim().slice(0, USER_AGENT_LENGTH_MAX).toWellFormed();
  return tidy === undefined || tidy === '' ? null : tidy;
}
