import type { Implements } from '../../../kit/graphql/typed-resolvers.ts';
import { parseInput } from '../../../kit/graphql/parse-input.ts';
import { requireViewer } from '../../../kit/graphql/viewer.ts';
import type { Context } from '../context.ts';
import type { SessionExpired, SignedIn } from '../domain/outcomes.ts';
import { tidyUserAgent } from '../domain/session.ts';
import type { MutationResolvers } from '../schema.generated.ts';
import type { Presented } from '../usecases/find-presented-session.ts';
import { logInSchema, logOutSchema, revokeSessionSchema, signUpSchema } from './inputs.ts';

const presentedBy = (context: Context): Presented => ({ viewer: context.viewer, refreshToken: context.material.refreshToken });

function withCookies<Outcome extends SignedIn | { readonly kind: string }>(context: Context, outcome: Outcome): Outcome {
  if ('tokens' in outcome) context.cookies.set(outcome.user, outcome.tokens);
  return outcome;
}

const expired = (outcome: SignedIn | SessionExpired): outcome is SessionExpired => outcome.kind === 'SessionExpired';

export const sessionMutations: Implements<MutationResolvers, 'signUp' | 'logIn' | 'refreshSession' | 'logOut' | 'revokeSession'> = {
  signUp: async (_root, args, context) => {
    const input = parseInput(signUpSchema, args.input, 'input');
    return withCookies(
      context,
      await context.usecases.signUp({ ...input, userAgent: tidyUserAgent(context.material.userAgent) }, presentedBy(context)),
    );
  },

  logIn: async (_root, args, context) => {
    const input = parseInput(logInSchema, args.input, 'input');
    return withCookies(
      context,
      await context.usecases.logIn({ ...input, userAgent: tidyUserAgent(context.material.userAgent) }, presentedBy(context)),
    );
  },

  refreshSession: async (_root, _args, context) => {
    const outcome = await context.usecases.refreshSession(context.material.refreshToken);
    if (expired(outcome)) context.cookies.clear();
    return withCookies(context, outcome);
  },

  logOut: async (_root, args, context) => {
    const { everywhere } = parseInput(logOutSchema, args);
    const endedSessions = await context.usecases.logOut(presentedBy(context), everywhere);
    context.cookies.clear();
    return { endedSessions };
  },

  revokeSession: async (_root, args, context) => {
    const viewer = requireViewer(context.viewer);
    const { id } = parseInput(revokeSessionSchema, args);
    const { revoked, wasCurrent } = await context.usecases.revokeSession(viewer, id);
    if (wasCurrent) context.cookies.clear();
    return { revoked };
  },
};
