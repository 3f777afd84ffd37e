import type { Implements } from '../../../kit/graphql/typed-resolvers.ts';
import { idReferenceSchema } from '../../../kit/graphql/input-schemas.ts';
import { parseInput } from '../../../kit/graphql/parse-input.ts';
import { canReadAccount } from '../domain/user.ts';
import type { SessionResolvers, SignedInResolvers, UserResolvers } from '../schema.generated.ts';

export const User: Implements<UserResolvers, '__resolveReference' | 'email' | 'roles' | 'sessions'> = {
  __resolveReference: (reference, context) => context.loadUser(parseInput(idReferenceSchema, reference).id),
  email: (user, _args, context) => (context.isMailer || canReadAccount(context.reader(), user) ? user.email : null),
  roles: (user, _args, context) => (canReadAccount(context.reader(), user) ? user.roles : null),
  sessions: (user, _args, context) => context.usecases.listSessions(context.reader(), user),
};

export const Session: Implements<SessionResolvers, 'id' | 'createdAt' | 'lastUsedAt' | 'userAgent'> = {
  id: ({ name }) => name,
  createdAt: ({ session }) => session.createdAt,
  lastUsedAt: ({ session }) => session.lastUsedAt,
  userAgent: ({ session }) => session.userAgent,
};

export const SignedIn: Implements<SignedInResolvers, 'accessTokenExpiresAt'> = {
  accessTokenExpiresAt: ({ tokens }) => tokens.accessTokenExpiresAt,
};
