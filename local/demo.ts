import type { LocalKeys } from './keys.ts';
import type { GraphqlClient } from './graphql-client.ts';
import { createGraphqlClient } from './graphql-client.ts';

type Account = { readonly email: string; readonly password: string };
export type DemoAccounts = { readonly admin: Account; readonly organizer: Account; readonly attendee: Account };

export function demoAccounts(operator: Readonly<Record<string, string | undefined>>, keys: LocalKeys): DemoAccounts {
  return {
    admin: { email: operator['ADMIN_EMAIL'] || 'admin@seatgraph.example', password: operator['ADMIN_PASSWORD'] || keys.adminPassword },
    organizer: { email: 'organizer@seatgraph.example', password: keys.organizerPassword },
    attendee: { email: 'attendee@seatgraph.example', password: keys.attendeePassword },
  };
}

const SIGN_IN_RESULT = '__typename ... on SignedIn { user { id } } ... on UserError { message }';
type SignInResult = { __typename: string; user?: { id: string }; message?: string };

/** Signs up, or in where an earlier run got that far; the user's id. */
async function signIn(client: GraphqlClient, account: Account, displayName: string | null): Promise<string> {
  if (displayName !== null) {
    const { signUp } = await client.data<{ signUp: SignInResult }>(
      `mutation ($input: SignUpInput!) { signUp(input: $input) { ${SIGN_IN_RESULT} } }`,
      { input: { ...account, displayName } },
    );
    if (signUp.user) return signUp.user.id;
  }
  const { logIn } = await client.data<{ logIn: SignInResult }>(
    `mutation ($input: LogInInput!) { logIn(input: $input) { ${SIGN_IN_RESULT} } }`,
    { input: account },
  );
  if (!logIn.user) throw new Error(`${account.email} cannot log in: ${logIn.message ?? ''}`);
  return logIn.user.id;
}

const DAY_MS = 86_400_000;

function demoEvents(now: number): readonly Record<string, unknown>[] {
  const on = (days: number, hour: number): string => {
    const date = new Date(now + days * DAY_MS);
    date.setUTCHours(hour, 30, 0, 0);
    return date.toISOString();
  };
  const berlin = { timeZone: 'Europe/Berlin' };
  return [
    {
      title: 'String Quartet by Candlelight',
      description: 'Haydn, Ravel and a new work, played in the round.',
      startsAt: on(7, 18),
      endsAt: on(7, 20),
      location: 'Old Brewery Hall, Berlin',
      tags: ['classical', 'chamber music'],
      ...berlin,
    },
    {
      title: 'Piano Night: Chopin and Debussy',
      description: 'Nocturnes and preludes on a concert grand.',
      startsAt: on(12, 18),
      endsAt: on(12, 20),
      location: 'Old Brewery Hall, Berlin',
      tags: ['classical', 'piano'],
      ...berlin,
    },
    {
      title: 'Harbour Jazz Orchestra',
      description: 'Eighteen players, one river, and the music of Mingus.',
      startsAt: on(20, 19),
      location: 'Pier 3, Hamburg',
      tags: ['jazz', 'big band'],
      ...berlin,
    },
    {
      title: 'An Evening of Improvised Theatre',
      description: 'Four actors, no script; the audience decides how it ends.',
      startsAt: on(25, 18),
      location: 'Cellar Stage, Leipzig',
      tags: ['theatre', 'comedy'],
      ...berlin,
    },
    {
      title: 'Silent Film with Live Organ',
      description: 'Metropolis, restored, with the cinema organ of 1929.',
      startsAt: on(30, 19),
      location: 'Lichtburg, Essen',
      tags: ['film', 'organ'],
      ...berlin,
    },
    {
      title: 'Winter Jazz Matinee',
      description: 'Trio sets from noon, coffee included.',
      startsAt: on(40, 11),
      location: 'Pier 3, Hamburg',
      tags: ['jazz', 'trio'],
      ...berlin,
    },
  ];
}

/** Three accounts and a handful of events, made through the public API as anyone would. Safe to run again after it was interrupted. */
export async function addDemo(deps: { endpoint: string; accounts: DemoAccounts }): Promise<void> {
  const { accounts } = deps;
  const [admin, organizer, attendee] = [
    createGraphqlClient(deps.endpoint),
    createGraphqlClient(deps.endpoint),
    createGraphqlClient(deps.endpoint),
  ];
  const organizerId = await signIn(organizer, accounts.organizer, 'Olga Organizer');
  await signIn(attendee, accounts.attendee, 'Arne Attendee');
  await signIn(admin, accounts.admin, null);
  await admin.data('mutation ($input: SetUserRolesInput!) { setUserRoles(input: $input) { user { id } } }', {
    input: { userId: organizerId, roles: ['ATTENDEE', 'ORGANIZER'] },
  });
  // The new role is in the next token.
  await signIn(organizer, accounts.organizer, null);
  const { events } = await organizer.data<{ events: { edges: { node: { title: string } }[] } }>(
    'query ($id: ID!) { events(filter: { organizerId: $id }, first: 50) { edges { node { title } } } }',
    {
      id: organizerId,
    },
  );
  const existing = new Set(events.edges.map(({ node }) => node.title));
  for (const input of demoEvents(Date.now())) {
    if (!existing.has(String(input['title'])))
      await organizer.data('mutation ($input: CreateEventInput!) { createEvent(input: $input) { event { id } } }', { input });
  }
}
