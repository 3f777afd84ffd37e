import type { Implements } from '../../../kit/graphql/typed-resolvers.ts';
import { byKind } from '../../../kit/graphql/typed-resolvers.ts';
import { DateTime, EmailAddress } from '../../../kit/graphql/scalars.ts';
import type { MutationResolvers, QueryResolvers, Resolvers } from '../schema.generated.ts';
import { accountMutations, accountQueries } from './accounts.ts';
import { sessionMutations } from './sessions.ts';
import { Session, SignedIn, User } from './types.ts';

const Query: Required<QueryResolvers> = accountQueries;
const Mutation: Required<MutationResolvers> = { ...sessionMutations, ...accountMutations };

// An outcome's kind is its type's name.
type Types = 'DateTime' | 'EmailAddress' | 'Query' | 'Mutation' | 'User' | 'Session' | 'SignedIn';
type Abstract = 'SignUpResult' | 'LogInResult' | 'RefreshSessionResult' | 'ChangePasswordResult' | 'UserError';

export const resolvers: Implements<Resolvers, Types | Abstract> = {
  DateTime,
  EmailAddress,
  Query,
  Mutation,
  User,
  Session,
  SignedIn,
  SignUpResult: byKind,
  LogInResult: byKind,
  RefreshSessionResult: byKind,
  ChangePasswordResult: byKind,
  UserError: byKind,
};
