import type { GraphqlClient } from '../../../local/graphql-client.ts';
import { createGraphqlClient } from '../../../local/graphql-client.ts';
import type { Bought, ClientRecord, Failure, HoldRecord, PurchaseRecord, Refusal, SeatConflict } from './record.ts';

/** One of the two routers. */
export type SideNumber = 0 | 1;
export const otherSide = (side: SideNumber): SideNumber => (side === 0 ? 1 : 0);

export type Paid = { readonly kind: 'paid'; readonly intentId: string; readonly status: string };
type Outcome = { readonly __typename: string; readonly conflicts?: readonly SeatConflict[] };

/** Longer than anything takes that a client waits for. */
const ANSWER_MS = 15_000;
/** Whoever pays has two minutes from then on. */
const LIFE_WHILE_PAYING_MS = 120_000;

const HOLD = 'hold { id expiresAt }';
const REFUSAL = '... on SeatsUnavailable { conflicts { seatId reason } }';

const refusal = (outcome: Outcome): Refusal => ({ kind: 'refused', type: outcome.__typename, conflicts: outcome.conflicts ?? [] });

/** One session at two routers: they know it by the same cookies. */
export function copyCookies(cookies: string, to: GraphqlClient): void {
  for (const cookie of cookies.split('; ')) {
    const at = cookie.indexOf('=');
    to.setCookie(cookie.slice(0, at), cookie.slice(at + 1));
  }
}

export type Buyer = ReturnType<typeof createBuyer>;

/** One person with a client at each router. Writes down everything that is asked and told. */
export function createBuyer(settings: { userId: string; cookies: string; endpoints: readonly [string, string]; record: ClientRecord }) {
  const { userId, record } = settings;
  const clients = settings.endpoints.map((endpoint) => {
    const client = createGraphqlClient(endpoint);
    copyCookies(settings.cookies, client);
    return client;
  });

  function failed(code: string): Failure {
    record.failures.set(code, (record.failures.get(code) ?? 0) + 1);
    return { kind: 'failed', code };
  }

  // The caller names the shape that its own query asks for.
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters
  async function ask<Data>(side: SideNumber, query: string, variables: Record<string, unknown>): Promise<{ data: Data } | Failure> {
    const client = clients[side] as GraphqlClient;
    try {
      const { data, errors } = await client.request<Data>(query, variables);
      const code = errors?.[0]?.extensions?.['code'];
      if (errors) return failed(typeof code === 'string' ? code : 'ERROR_WITHOUT_CODE');
      return data == null ? failed('NO_DATA') : { data };
    } catch {
      return failed('NO_ANSWER');
    }
  }

  async function hold(
    side: SideNumber,
    eventId: string,
    seatIds: readonly string[],
    replaces: HoldRecord | null = null,
  ): Promise<HoldRecord> {
    const entry: HoldRecord = {
      userId,
      eventId,
      seatIds,
      replaces: replaces?.holdId ?? null,
      askedAt: Date.now(),
      answeredAt: null,
      holdId: null,
      expiresAt: 0,
      mayLastUntil: Number.POSITIVE_INFINITY,
      endedAt: null,
      answer: 'open',
    };
    record.holds.push(entry);
    const answer = await ask<{ holdSeats: Outcome & { hold?: { id: string; expiresAt: string } } }>(
      side,
      `mutation ($input: HoldSeatsInput!) { holdSeats(input: $input) { __typename ... on HoldSeatsPayload { ${HOLD} } ${REFUSAL} } }`,
      { input: { eventId, seatIds, replacesHoldId: replaces?.holdId ?? null } },
    );
    entry.answeredAt = Date.now();
    if ('kind' in answer) {
      entry.answer = answer;
      // It may have replaced the old one, or not.
      if (replaces) replaces.endedAt = entry.askedAt;
    } else if (answer.data.holdSeats.hold) {
      entry.answer = 'held';
      entry.holdId = answer.data.holdSeats.hold.id;
      entry.expiresAt = Date.parse(answer.data.holdSeats.hold.expiresAt);
      entry.mayLastUntil = entry.expiresAt;
      if (replaces) replaces.endedAt = entry.answeredAt;
    } else {
      entry.answer = refusal(answer.data.holdSeats);
      entry.mayLastUntil = entry.answeredAt;
    }
    return entry;
  }

  const mayExtend = (entry: HoldRecord, milliseconds: number): void => {
    entry.mayLastUntil = Math.max(entry.mayLastUntil, Date.now() + milliseconds);
  };

  async function refresh(side: SideNumber, entry: HoldRecord, extendSeconds: number): Promise<string> {
    mayExtend(entry, extendSeconds * 1_000 + ANSWER_MS);
    const answer = await ask<{ refreshHold: Outcome & { hold?: { id: string; expiresAt: string } } }>(
      side,
      `mutation ($input: RefreshHoldInput!) { refreshHold(input: $input) { __typename ... on RefreshHoldPayload { ${HOLD} } } }`,
      { input: { holdId: entry.holdId, extendSeconds } },
    );
    if ('kind' in answer) return answer.code;
    const { hold: refreshed, __typename } = answer.data.refreshHold;
    if (refreshed && entry.userId === userId) entry.expiresAt = Math.max(entry.expiresAt, Date.parse(refreshed.expiresAt));
    return __typename;
  }

  async function release(side: SideNumber, entry: HoldRecord): Promise<string> {
    const askedAt = Date.now();
    const answer = await ask<{ releaseHold: { released: boolean } }>(
      side,
      'mutation ($holdId: ID!) { releaseHold(holdId: $holdId) { released } }',
      {
        holdId: entry.holdId,
      },
    );
    if ('kind' in answer) {
      if (entry.userId === userId) entry.endedAt ??= askedAt;
      return answer.code;
    }
    if (answer.data.releaseHold.released && entry.userId === userId) entry.endedAt = Date.now();
    return answer.data.releaseHold.released ? 'released' : 'not released';
  }

  async function pay(side: SideNumber, entry: HoldRecord, paymentMethod = 'pm_card_visa'): Promise<Paid | Refusal | Failure> {
    type Intent = { id: string; clientSecret: string; status: string };
    mayExtend(entry, LIFE_WHILE_PAYING_MS + ANSWER_MS);
    const created = await ask<{ createPaymentIntent: Outcome & { paymentIntent?: Intent } }>(
      side,
      'mutation ($input: CreatePaymentIntentInput!) { createPaymentIntent(input: $input) { __typename ... on CreatePaymentIntentPayload { paymentIntent { id clientSecret status } } } }',
      { input: { holdId: entry.holdId } },
    );
    if ('kind' in created) return created;
    const intent = created.data.createPaymentIntent.paymentIntent;
    if (!intent) return refusal(created.data.createPaymentIntent);
    const askedAt = Date.now();
    const confirmed = await ask<{ confirmPayment: Outcome & { paymentIntent?: Intent } }>(
      side,
      'mutation ($input: ConfirmPaymentInput!) { confirmPayment(input: $input) { __typename ... on ConfirmPaymentPayload { paymentIntent { id clientSecret status } } } }',
      { input: { paymentIntentId: intent.id, clientSecret: intent.clientSecret, paymentMethod } },
    );
    if ('kind' in confirmed) return confirmed;
    const { paymentIntent } = confirmed.data.confirmPayment;
    if (!paymentIntent) return refusal(confirmed.data.confirmPayment);
    if (paymentIntent.status === 'SUCCEEDED' || paymentIntent.status === 'REQUIRES_CAPTURE')
      entry.expiresAt = Math.max(entry.expiresAt, askedAt + LIFE_WHILE_PAYING_MS);
    return { kind: 'paid', intentId: paymentIntent.id, status: paymentIntent.status };
  }

  function intend(held: HoldRecord, intentId: string, key: string | null): PurchaseRecord {
    if (held.holdId === null) throw new Error('Only what is held can be bought.');
    const entry: PurchaseRecord = {
      userId,
      eventId: held.eventId,
      holdId: held.holdId,
      intentId,
      key,
      seatIds: held.seatIds,
      answers: [],
    };
    record.purchases.push(entry);
    return entry;
  }

  async function purchase(side: SideNumber, entry: PurchaseRecord): Promise<Bought | Refusal | Failure> {
    const askedAt = Date.now();
    type Order = { id: string; status: string; tickets: { seat: { seatId: string } }[] };
    const reply = await ask<{ purchase: Outcome & { order?: Order; replayed?: boolean } }>(
      side,
      `mutation ($input: PurchaseInput!) { purchase(input: $input) { __typename ... on PurchasePayload { replayed order { id status tickets { seat { seatId } } } } ${REFUSAL} } }`,
      { input: { eventId: entry.eventId, holdId: entry.holdId, paymentIntentId: entry.intentId, idempotencyKey: entry.key } },
    );
    const { order, replayed } = 'kind' in reply ? {} : reply.data.purchase;
    const answer: Bought | Refusal | Failure =
      'kind' in reply
        ? reply
        : order
          ? {
              kind: 'bought',
              orderId: order.id,
              status: order.status,
              seatIds: order.tickets.map(({ seat }) => seat.seatId),
              replayed: replayed === true,
            }
          : refusal(reply.data.purchase);
    // Written down only where it was this person's to buy.
    if (entry.userId === userId) entry.answers.push({ at: Date.now(), askedAt, answer });
    return answer;
  }

  /** One ticket of it, or all; the name of the outcome, or an error's code. */
  async function refund(side: SideNumber, orderId: string, what: { all: boolean; key: string }): Promise<string> {
    record.refundsAsked.add(orderId);
    const found = await ask<{ order: { tickets: { id: string }[] } | null }>(
      side,
      'query ($id: ID!) { order(id: $id) { tickets { id } } }',
      { id: orderId },
    );
    const first = 'kind' in found ? undefined : found.data.order?.tickets[0];
    if (!what.all && !first) return 'its tickets cannot be read';
    const answer = await ask<{ refundOrder: Outcome }>(
      side,
      'mutation ($input: RefundOrderInput!) { refundOrder(input: $input) { __typename } }',
      { input: { orderId, ticketIds: what.all ? null : [first?.id], idempotencyKey: what.key } },
    );
    return 'kind' in answer ? answer.code : answer.data.refundOrder.__typename;
  }

  /** Null where it cannot be seen, or where nobody answers. */
  async function orderStatus(side: SideNumber, orderId: string): Promise<string | null> {
    const answer = await ask<{ order: { status: string } | null }>(side, 'query ($id: ID!) { order(id: $id) { status } }', { id: orderId });
    return 'kind' in answer ? null : (answer.data.order?.status ?? null);
  }

  return { userId, ask, hold, refresh, release, pay, intend, purchase, refund, orderStatus };
}
