import { z } from 'zod';
import { Unavailable } from '../../../kit/values/unavailable.ts';
import type { AskSubgraph } from './ask-subgraph.ts';

const QUERY = `query Buyer($representations: [_Any!]!) {
  _entities(representations: $representations) { ... on User { email displayName } }
}`;

const answerSchema = z.object({ _entities: z.array(z.object({ email: z.string().nullable(), displayName: z.string() }).nullable()) });

export type Buyer = { readonly email: string; readonly displayName: string };

/** Asks the auth subgraph, as this service, where a buyer's mail goes. Null for an account that is gone. */
export function createAuthClient(deps: { ask: AskSubgraph }) {
  return {
    async findBuyer(userId: string): Promise<Buyer | null> {
      const { _entities } = answerSchema.parse(await deps.ask(QUERY, { representations: [{ __typename: 'User', id: userId }] }));
      const [user] = _entities;
      if (!user) return null;
      // Every account has one: auth does not know us for the one who writes to them, which an operator can mend.
      if (user.email === null) throw new Unavailable('The auth subgraph keeps the address to itself.');
      return { email: user.email, displayName: user.displayName };
    },
  };
}
export type AuthClient = ReturnType<typeof createAuthClient>;
