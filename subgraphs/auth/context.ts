import DataLoader from 'dataloader';
import type { SessionMaterial, Viewer } from '../../kit/graphql/identity.ts';
import type { SubgraphRequest } from '../../kit/graphql/subgraph-request.ts';
import type { SessionTokens } from './domain/session.ts';
import { parseRefreshToken } from './domain/session.ts';
import type { User } from './domain/user.ts';
import type { UserRepository } from './repositories/user-repository.ts';
import type { ChangePassword } from './usecases/change-password.ts';
import type { ListSessions } from './usecases/list-sessions.ts';
import type { ListUsers } from './usecases/list-users.ts';
import type { LogIn } from './usecases/log-in.ts';
import type { LogOut } from './usecases/log-out.ts';
import type { RefreshSession } from './usecases/refresh-session.ts';
import type { RevokeSession } from './usecases/revoke-session.ts';
import type { SetUserRoles } from './usecases/set-user-roles.ts';
import type { SignUp } from './usecases/sign-up.ts';

export type UseCases = {
  readonly signUp: SignUp;
  readonly logIn: LogIn;
  readonly refreshSession: RefreshSession;
  readonly logOut: LogOut;
  readonly listSessions: ListSessions;
  readonly revokeSession: RevokeSession;
  readonly changePassword: ChangePassword;
  readonly setUserRoles: SetUserRoles;
  readonly listUsers: ListUsers;
};

export type Context = {
  readonly viewer: Viewer | null;
  /** Orders asks on its own behalf, to know where a buyer's mail goes; no other process of ours has to. */
  readonly isMailer: boolean;
  /** Who reads the answer: the viewer, or who has just signed in by this very request. */
  readonly reader: () => Viewer | null;
  /** Refresh token, user agent and address as the router saw them. */
  readonly material: SessionMaterial;
  readonly usecases: UseCases;
  readonly loadUser: (id: string) => Promise<User | null>;
  /** Sent beside the data, for the router to make cookies of. */
  readonly cookies: { readonly set: (user: User, tokens: SessionTokens) => void; readonly clear: () => void };
};

export function createContextFactory(deps: { users: UserRepository; usecases: UseCases }) {
  return (request: SubgraphRequest): Context => {
    const users = new DataLoader<string, User | null>(async (ids) => {
      const found = new Map((await deps.users.findByIds(ids)).map((user) => [user.id, user]));
      return ids.map((id) => found.get(id) ?? null);
    });
    let reader = request.identity.viewer;
    return {
      viewer: request.identity.viewer,
      isMailer: request.identity.issuer === 'orders',
      reader: () => reader,
      material: request.identity.session ?? {},
      usecases: deps.usecases,
      loadUser: (id) => users.load(id),
      cookies: {
        set: (user, tokens) => {
          reader = { userId: user.id, sid: parseRefreshToken(tokens.refreshToken)?.sid ?? '', roles: user.roles };
          request.extensions['session'] = {
            set: {
              accessToken: tokens.accessToken,
              accessTokenExpiresAt: tokens.accessTokenExpiresAt.toISOString(),
              refreshToken: tokens.refreshToken,
              refreshTokenExpiresAt: tokens.refreshTokenExpiresAt.toISOString(),
            },
          };
        },
        clear: () => {
          reader = null;
          request.extensions['session'] = { clear: true };
        },
      },
    };
  };
}
