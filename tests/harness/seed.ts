import { newId } from '../../kit/values/ids.ts';
import type { GraphqlClient } from '../../local/graphql-client.ts';
import { createGraphqlClient } from '../../local/graphql-client.ts';
import type { Stack } from './stack.ts';

export type Person = GraphqlClient & { readonly userId: string; readonly email: string };

const PASSWORD = 'a seat by the aisle';
const HOLD =
  '__typename ... on HoldSeatsPayload { hold { id eventId: event { id } expiresInSeconds } } ... on SeatsUnavailable { conflicts { seatId reason } } ... on UserError { message path }';
const INTENT = 'id clientSecret status amount { amount currency }';

export type HoldResult = {
  __typename: string;
  hold?: { id: string; expiresInSeconds: number };
  conflicts?: { seatId: string; reason: string }[];
};
export type Intent = { id: string; clientSecret: string; status: string };
export type PurchaseResult = {
  __typename: string;
  replayed?: boolean;
  order?: { id: string; status: string; tickets: { seat: { seatId: string } }[] };
};

/** Tells a story through the public API: who there is, what is on, who holds and buys what. */
export function createSeed(stack: Pick<Stack, 'endpoint' | 'admin'>) {
  async function person(endpoint = stack.endpoint): Promise<Person> {
    const client = createGraphqlClient(endpoint);
    const email = `${newId('person')}@example.com`;
    const { signUp } = await client.data<{ signUp: { user: { id: string } } }>(
      'mutation ($input: SignUpInput!) { signUp(input: $input) { ... on SignedIn { user { id } } } }',
      {
        input: { email, password: PASSWORD, displayName: 'A Person' },
      },
    );
    return { ...client, userId: signUp.user.id, email };
  }

  async function admin(): Promise<GraphqlClient> {
    const client = createGraphqlClient(stack.endpoint);
    await client.data('mutation ($input: LogInInput!) { logIn(input: $input) { __typename } }', { input: stack.admin });
    return client;
  }

  async function organizer(): Promise<Person> {
    const someone = await person();
    await (
      await admin()
    ).data('mutation ($input: SetUserRolesInput!) { setUserRoles(input: $input) { user { id } } }', {
      input: { userId: someone.userId, roles: ['ATTENDEE', 'ORGANIZER'] },
    });
    await someone.data('mutation ($input: LogInInput!) { logIn(input: $input) { __typename } }', {
      input: { email: someone.email, password: PASSWORD },
    });
    return someone;
  }

  async function event(by: GraphqlClient, fields: Record<string, unknown> = {}): Promise<string> {
    const startsAt = new Date(Date.now() + 30 * 86_400_000).toISOString();
    const { createEvent } = await by.data<{ createEvent: { event: { id: string } } }>(
      'mutation ($input: CreateEventInput!) { createEvent(input: $input) { event { id } } }',
      {
        input: { title: 'Concert', startsAt, ...fields },
      },
    );
    return createEvent.event.id;
  }

  async function hold(who: GraphqlClient, eventId: string, seatIds: readonly string[]): Promise<HoldResult> {
    return (
      await who.data<{ holdSeats: HoldResult }>(`mutation ($input: HoldSeatsInput!) { holdSeats(input: $input) { ${HOLD} } }`, {
        input: { eventId, seatIds },
      })
    ).holdSeats;
  }

  async function held(who: GraphqlClient, eventId: string, seatIds: readonly string[]): Promise<string> {
    const result = await hold(who, eventId, seatIds);
    if (!result.hold) throw new Error(`Not held: ${JSON.stringify(result)}`);
    return result.hold.id;
  }

  async function pay(who: GraphqlClient, holdId: string, paymentMethod = 'pm_card_visa'): Promise<Intent> {
    const { createPaymentIntent } = await who.data<{ createPaymentIntent: { paymentIntent: Intent } }>(
      `mutation ($input: CreatePaymentIntentInput!) { createPaymentIntent(input: $input) { ... on CreatePaymentIntentPayload { paymentIntent { ${INTENT} } } } }`,
      { input: { holdId } },
    );
    const { id, clientSecret } = createPaymentIntent.paymentIntent;
    const { confirmPayment } = await who.data<{ confirmPayment: { paymentIntent?: Intent; __typename: string } }>(
      `mutation ($input: ConfirmPaymentInput!) { confirmPayment(input: $input) { __typename ... on ConfirmPaymentPayload { paymentIntent { ${INTENT} } } } }`,
      { input: { paymentIntentId: id, clientSecret, paymentMethod } },
    );
    if (!confirmPayment.paymentIntent) throw new Error(`Not paid: ${confirmPayment.__typename}`);
    return confirmPayment.paymentIntent;
  }

  async function purchase(
    who: GraphqlClient,
    input: { eventId: string; holdId: string; paymentIntentId: string; idempotencyKey?: string },
  ): Promise<PurchaseResult> {
    return (
      await who.data<{ purchase: PurchaseResult }>(
        'mutation ($input: PurchaseInput!) { purchase(input: $input) { __typename ... on PurchasePayload { replayed order { id status tickets { seat { seatId } } } } } }',
        { input },
      )
    ).purchase;
  }

  return { person, admin, organizer, event, hold, held, pay, purchase };
}
export type Seed = ReturnType<typeof createSeed>;
