import { createSeed } from '../../harness/seed.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { Buyer } from './buyer.ts';
import { createBuyer } from './buyer.ts';
import type { ClientRecord } from './record.ts';

/** Hashing passwords is slow on purpose: so many people sign up at once. */
const SIGN_UPS_AT_ONCE = 4;
const BUYERS = 14;

export type People = Awaited<ReturnType<typeof gatherPeople>>;

/** Signed up once per cluster, for all of its scenarios. */
export async function gatherPeople(cluster: Cluster) {
  const [first, second] = cluster.sides;
  const seed = createSeed({ endpoint: first.endpoint, admin: cluster.admin });
  const organizer = await seed.organizer();
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
    /** Everyone, with an empty basket and a new page in the record. */
    buyers: (record: ClientRecord): Buyer[] =>
      people.map((person) => createBuyer({ ...person, record, endpoints: [first.endpoint, second.endpoint] })),
  };
}
