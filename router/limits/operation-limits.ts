import type { FieldNode, GraphQLObjectType } from 'graphql';
import { getArgumentValues } from 'graphql';
import type { Viewer } from '../../kit/graphql/identity.ts';
import type { LimitName, RateLimits } from './rate-limits.ts';

type Who = { readonly viewer: Viewer | null; readonly address: string; readonly sid: string };
type Use = { readonly limit: LimitName; readonly key: string };

/** Mutations that are counted, and per what. What is not listed here has the general limit per address only. */
const COUNTED: Readonly<Record<string, (argumentsGiven: Readonly<Record<string, unknown>>, who: Who) => readonly Use[]>> = {
  logIn: (given, { address }) => {
    const account = accountOf(given);
    return [
      { limit: 'log-in-account-address', key: `${account}\n${address}` },
      { limit: 'log-in-account', key: account },
      { limit: 'log-in-address', key: address },
    ];
  },
  signUp: (_given, { address }) => [{ limit: 'sign-up-address', key: address }],
  changePassword: (_given, who) => [{ limit: 'change-password-user', key: userOf(who) }],
  refreshSession: (_given, { sid }) => [{ limit: 'refresh-session', key: sid }],
  holdSeats: (_given, who) => [{ limit: 'hold-user', key: userOf(who) }],
  holdBestAvailable: (_given, who) => [{ limit: 'hold-user', key: userOf(who) }],
  purchase: (_given, who) => [{ limit: 'purchase-user', key: userOf(who) }],
  refundOrder: (_given, who) => [{ limit: 'purchase-user', key: userOf(who) }],
  configureSeating: (_given, who) => [{ limit: 'seating-user', key: userOf(who) }],
};

/** The same account however its address is written, as auth compares them. */
function accountOf(given: Readonly<Record<string, unknown>>): string {
  const input = given['input'];
  const email = typeof input === 'object' && input !== null && 'email' in input ? input.email : undefined;
  return typeof email === 'string' ? email.normalize('NFC').trim().toLowerCase() : '';
}

const userOf = ({ viewer, address }: Who): string => viewer?.userId ?? address;

/** Throws RATE_LIMITED. `fields` are the mutation fields that are about to run. */
export async function limitMutations(
  rateLimits: RateLimits,
  mutation: GraphQLObjectType,
  fields: readonly FieldNode[],
  variables: Readonly<Record<string, unknown>>,
  who: Who,
): Promise<void> {
  const uses = fields.flatMap((field) => {
    const count = COUNTED[field.name.value];
    const definition = mutation.getFields()[field.name.value];
    return count && definition ? count(getArgumentValues(definition, field, variables), who) : [];
  });
  if (uses.length > 0) await rateLimits.consume(uses);
}
