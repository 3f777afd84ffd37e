import { createGraphqlClient } from '../../../local/graphql-client.ts';
import { createSeed } from '../../harness/seed.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { Buyer } from './buyer.ts';
import type { SideNumber } from './buyer.ts';
import { copyCookies, createBuyer } from './buyer.ts';
import type { ClientRecord } from './record.ts';

/** Hashing passwords is slow on purpose: so many people sign up at once. */
const SIGN_UPS_AT_ONCE = 4;
const BUYERS = 14;
const PATIENCE_MS = 20_000;

export type People = Awaited<ReturnType<typeof gatherPeople>>;

/** Signed up once per cluster, for all of its scenarios. */
export async function gatherPeople(cluster: Cluster) {
  const [first, second] = cluster.sides;
  const seed = createSeed({ endpoint: first.endpoint, admin: cluster.admin });
  const organizer = await seed.organizer();
  const admin = await seed.admin();
  const doors = [createGraphqlClient(first.endpoint), createGraphqlClient(second.endpoint)] as const;
  for (const door of doors) copyCookies(organizer.cookies(), door);
  const people: { userId: string; cookies: string }[] = [];
  while (people.length < BUYERS) {
    const count = Math.min(SIGN_UPS_AT_ONCE, BUYERS - people.length);
    const some = await Promise.all(Array.from({ length: count }, () => seed.person()));
    people.push(...some.map((person) => ({ userId: person.userId, cookies: person.cookies() })));
  }
  return {
    event: (): Promise<string> => seed.event(organizer),
    cancelEvent: (eventId: string): Promise<unknown> =>
      organizer.data('mutation ($id: ID!) { cancelEvent(id: $id) { __typename } }', { id: eventId }),
    /** At the door; the name of the outcome, or of the reason why not. */
    async scan(side: SideNumber, eventId: string, code: string, nonce: string): Promise<{ outcome: string; replayed: boolean }> {
      const { data, errors } = await doors[side].request<{ checkIn: { __typename: string; reason?: string; replayed?: boolean } }>(
        'mutation ($input: CheckInInput!) { checkIn(input: $input) { __typename ... on CheckInPayload { replayed } ... on TicketNotValid { reason } } }',
        { input: { eventId, code, nonce } },
      );
      const { __typename, reason, replayed } = data?.checkIn ?? {};
      return { outcome: reason ?? __typename ?? String(errors?.[0]?.extensions?.['code']), replayed: replayed === true };
    },
    /** What the reconciliation report finds that should never be. */
    async differences(): Promise<string[]> {
      const deadline = Date.now() + PATIENCE_MS;
      for (;;) {
        const { data, errors } = await admin.request<{ reconciliation: { differences: { kind: string; message: string }[] } }>(
          '{ reconciliation { differences { kind message } } }',
        );
        if (data) return data.reconciliation.differences.map(({ kind, message }) => `${kind}: ${message}`);
        // The router's breaker may still be open from before.
        if (Date.now() > deadline) return [`the reconciliation report cannot be read: ${JSON.stringify(errors)}`];
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
    },
    /** Everyone, with an empty basket and a new page in the record. */
    buyers: (record: ClientRecord): Buyer[] =>
      people.map((person) => createBuyer({ ...person, record, endpoints: [first.endpoint, second.endpoint] })),
  };
}
