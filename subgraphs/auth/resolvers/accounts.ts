import type { Implements } from '../../../kit/graphql/typed-resolvers.ts';
import { AppError, badUserInput } from '../../../kit/graphql/errors.ts';
import { decodeCursor, encodeCursor } from '../../../kit/graphql/keyset-cursor.ts';
import { parseInput } from '../../../kit/graphql/parse-input.ts';
import { requireScope, requireViewer } from '../../../kit/graphql/viewer.ts';
import { assertNever } from '../../../kit/values/assert-never.ts';
import type { MutationResolvers, QueryResolvers } from '../schema.generated.ts';
import { changePasswordSchema, setUserRolesSchema, usersSchema } from './inputs.ts';

const USERS = 'users';

export const accountQueries: Implements<QueryResolvers, 'me' | 'users'> = {
  me: (_root, _args, context) => (context.viewer ? context.loadUser(context.viewer.userId) : null),

  users: async (_root, args, context) => {
    requireScope(context.viewer, 'users:admin');
    const { first, after, search } = parseInput(usersSchema, args);
    const place = decodeCursor(USERS, after);
    const { users, hasNextPage } = await context.usecases.listUsers({ search: search ? search : null, after: place, first });
    const edges = users.map((user) => ({ cursor: encodeCursor(USERS, { key: user.createdAt.getTime(), id: user.id }), node: user }));
    return {
      edges,
      pageInfo: {
        hasNextPage,
        hasPreviousPage: place !== null,
        startCursor: edges.at(0)?.cursor ?? null,
        endCursor: edges.at(-1)?.cursor ?? null,
      },
    };
  },
};

export const accountMutations: Implements<MutationResolvers, 'changePassword' | 'setUserRoles'> = {
  changePassword: async (_root, args, context) => {
    const viewer = requireViewer(context.viewer);
    const input = parseInput(changePasswordSchema, args.input, 'input');
    const outcome = await context.usecases.changePassword(viewer, input, context.material.refreshToken);
    if (outcome.kind === 'ChangePasswordPayload' && outcome.tokens) context.cookies.set(outcome.user, outcome.tokens);
    return outcome;
  },

  setUserRoles: async (_root, args, context) => {
    requireScope(context.viewer, 'users:admin');
    const input = parseInput(setUserRolesSchema, args.input, 'input');
    const outcome = await context.usecases.setUserRoles(input.userId, input.roles);
    switch (outcome.kind) {
      case 'Changed':
        return { user: outcome.user };
      case 'UserNotFound':
        throw new AppError('NOT_FOUND', 'There is no such user.');
      case 'LastAdmin':
        throw badUserInput([{ path: ['input', 'roles'], message: 'this is the last admin; appoint another one first' }]);
      default:
        return assertNever(outcome, 'outcome of setUserRoles');
    }
  },
};
