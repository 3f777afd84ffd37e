import type { Implements } from '../../../kit/graphql/typed-resolvers.ts';
import { byKind } from '../../../kit/graphql/typed-resolvers.ts';
import { DateTime, TimeZone } from '../../../kit/graphql/scalars.ts';
import type { Resolvers } from '../schema.generated.ts';
import { Mutation } from './mutations.ts';
import { Query } from './queries.ts';
import { Event, User } from './types.ts';

// An outcome's kind is its type's name.
type Types = 'DateTime' | 'TimeZone' | 'Query' | 'Mutation' | 'Event' | 'User' | 'UpdateEventResult' | 'DeleteEventResult' | 'UserError';

export const resolvers: Implements<Resolvers, Types> = {
  DateTime,
  TimeZone,
  Query,
  Mutation,
  Event,
  User,
  UpdateEventResult: byKind,
  DeleteEventResult: byKind,
  UserError: byKind,
};
