import type { Role, Viewer } from './viewer.ts';

export type User = {
  readonly id: string;
  readonly email: string;
  readonly displayName: string;
  readonly roles: readonly Role[];
  readonly createdAt: Date;
  /** Grows when roles change, the password changes, or all sessions end: access tokens with a lower `ver` are refused. */
  readonly tokenVersion: number;
  /** Sessions opened under a lower token version than this are over, whatever Redis still says … */
  readonly sessionsEndedBelow: number;
  /** … except this one, which changed the password. */
  readonly keptSid: string | null;
};

/** E-mail address and roles are private: for this user and admins. */
export function canReadAccount(viewer: Viewer | null, user: User): boolean {
  return viewer !== null && (viewer.userId === user.id || viewer.roles.includes('ADMIN'));
}

export function isSelf(viewer: Viewer | null, user: User): viewer is Viewer {
  return viewer?.userId === user.id;
}

/** MongoDB decides this, so that a session whose end has not reached Redis yet cannot be refreshed either. */
export function isSessionEnded(user: User, session: { readonly sid: string; readonly tokenVersion: number }): boolean {
  return session.tokenVersion < user.sessionsEndedBelow && session.sid !== user.keptSid;
}

export function newUser(given: Pick<User, 'id' | 'email' | 'displayName' | 'roles' | 'createdAt'>): User {
  return { ...given, tokenVersion: 1, sessionsEndedBelow: 0, keptSid: null };
}
