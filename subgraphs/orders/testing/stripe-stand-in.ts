import { createHmac, randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { eventually } from '../../../tests/harness/fresh.ts';
import { createStripeAccount, invalid, StripeRefusal } from './stripe-account.ts';

export type StripeOperation = 'create' | 'confirm' | 'capture' | 'cancel' | 'refund' | 'retrieve' | 'list refunds';
/**
 * `delay`: acts, and answers late. `drop`: acts, and cuts the connection instead of answering. `cut`: cuts it before acting. `fail`: 500, kept under the key
 * like any answer. `limit`: 429, which is not kept. `lock`: 429 because the object is being changed.
 */
export type StripeFault =
  | { readonly kind: 'delay'; readonly milliseconds: number }
  | { readonly kind: 'drop' | 'cut' | 'fail' | 'limit' | 'lock' };

const API_VERSION = '2026-10-28.endive';
/** What the endpoints take of what Stripe offers; anything else is refused, so that a parameter nobody knows of cannot slip in. */
const PARAMETERS: Readonly<Record<StripeOperation, readonly string[]>> = {
  create: ['amount', 'currency', 'capture_method', 'allowed_payment_method_types', 'metadata'],
  confirm: ['payment_method', 'return_url'],
  capture: [],
  cancel: [],
  refund: ['payment_intent', 'amount', 'metadata'],
  retrieve: ['expand'],
  'list refunds': ['payment_intent', 'limit'],
};

type Route = { readonly operation: StripeOperation; readonly id: string };
const ROUTES: readonly (readonly [string, RegExp, StripeOperation])[] = [
  ['POST', /^\/v1\/payment_intents$/, 'create'],
  ['GET', /^\/v1\/payment_intents\/(?<id>[^/]+)$/, 'retrieve'],
  ['POST', /^\/v1\/payment_intents\/(?<id>[^/]+)\/confirm$/, 'confirm'],
  ['POST', /^\/v1\/payment_intents\/(?<id>[^/]+)\/capture$/, 'capture'],
  ['POST', /^\/v1\/payment_intents\/(?<id>[^/]+)\/cancel$/, 'cancel'],
  ['POST', /^\/v1\/refunds$/, 'refund'],
  ['GET', /^\/v1\/refunds$/, 'list refunds'],
];

function routeOf(method: string, path: string): Route | null {
  for (const [verb, pattern, operation] of ROUTES) {
    const match = verb === method ? pattern.exec(path) : null;
    if (match) return { operation, id: match.groups?.['id'] ?? '' };
  }
  return null;
}

/** `a[b]=c` and `a[0]=c`, as Stripe's clients write them. */
function formOf(text: string) {
  const given = new URLSearchParams(text);
  const entries = [...given].map(([name, value]) => {
    const [, head = name, key] = /^([^[]+)\[([^\]]*)\]$/.exec(name) ?? [];
    return { head, key, value };
  });
  return {
    heads: new Set(entries.map(({ head }) => head)),
    text: (name: string): string | undefined => given.get(name) ?? undefined,
    number: (name: string): number | undefined => (given.has(name) ? Number(given.get(name)) : undefined),
    list: (name: string): string[] => entries.filter(({ head }) => head === name).map(({ value }) => value),
    map: (name: string): Record<string, string> =>
      Object.fromEntries(entries.flatMap(({ head, key, value }) => (head === name && key !== undefined ? [[key, value]] : []))),
  };
}

type Answer = { readonly status: number; readonly body: Record<string, unknown> };

/** Stripe's HTTP API for exactly the calls that are made, on a port of this machine; it can be slow, lose its answers and fail, and sign webhooks. */
export async function startStripeStandIn() {
  const secretKey = `sk_test_${randomBytes(8).toString('hex')}`;
  const webhookSecret = `whsec_${randomBytes(16).toString('hex')}`;
  let refundsStayPending = false;
  let origin = '';
  const account = createStripeAccount({
    authenticationUrl: (id) => `${origin}/authenticate/${id}`,
    refundsStayPending: () => refundsStayPending,
  });
  const faults: { operation: StripeOperation; fault: StripeFault }[] = [];
  const received: { operation: StripeOperation; key: string | null; acted: boolean }[] = [];
  const keys = new Map<string, { fingerprint: string; answer: Answer | null }>();

  function act({ operation, id }: Route, form: ReturnType<typeof formOf>): Record<string, unknown> {
    switch (operation) {
      case 'create':
        return account.create({
          amount: form.number('amount') ?? Number.NaN,
          currency: form.text('currency') ?? '',
          capture: form.text('capture_method') === 'manual' ? 'manual' : 'automatic',
          metadata: form.map('metadata'),
        });
      case 'confirm':
        return account.confirm(id, { method: form.text('payment_method'), returnUrl: form.text('return_url') });
      case 'capture':
        return account.capture(id);
      case 'cancel':
        return account.cancel(id);
      case 'refund':
        return account.refund({
          payment: form.text('payment_intent') ?? '',
          amount: form.number('amount'),
          metadata: form.map('metadata'),
        });
      case 'retrieve':
        return account.show(account.find(id), form.list('expand'));
      case 'list refunds':
        return {
          object: 'list',
          has_more: false,
          url: '/v1/refunds',
          data: account.refunds.filter(({ payment }) => payment === form.text('payment_intent')).map(account.showRefund),
        };
    }
  }

  function check(request: IncomingMessage, { operation }: Route, form: ReturnType<typeof formOf>): void {
    if (request.headers.authorization !== `Bearer ${secretKey}`)
      throw new StripeRefusal(401, { type: 'invalid_request_error', message: 'Invalid API Key provided' }, false);
    if (request.headers['stripe-version'] !== API_VERSION) throw invalid(`This stand-in speaks ${API_VERSION}`);
    if (form.heads.has('payment_method_types')) throw invalid('Not any more', { code: 'payment_method_types_no_longer_supported' });
    for (const name of form.heads)
      if (!PARAMETERS[operation].includes(name))
        throw invalid(`Received unknown parameter: ${name}`, { code: 'parameter_unknown', param: name });
  }

  function attempt(route: Route, form: ReturnType<typeof formOf>, fault: StripeFault | undefined): Answer & { saved: boolean } {
    try {
      if (fault?.kind === 'fail') throw new StripeRefusal(500, { type: 'api_error', message: 'An error occurred.' });
      return { status: 200, body: act(route, form), saved: true };
    } catch (error) {
      if (!(error instanceof StripeRefusal)) throw error;
      return { status: error.status, body: error.body, saved: error.saved };
    }
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const url = new URL(request.url ?? '/', 'http://stripe');
    const body = request.method === 'GET' ? url.search.slice(1) : Buffer.concat(chunks).toString();
    const route = routeOf(request.method ?? '', url.pathname);
    const send = ({ status, body: json }: Answer, replayed = false): void => {
      response.writeHead(status, {
        'content-type': 'application/json',
        'request-id': `req_${randomBytes(6).toString('hex')}`,
        ...(replayed ? { 'idempotent-replayed': 'true' } : {}),
      });
      response.end(JSON.stringify(json));
    };
    if (!route) return send({ status: 404, body: { error: { type: 'invalid_request_error', message: 'Unrecognized request URL' } } });
    const form = formOf(body);
    try {
      check(request, route, form);
    } catch (error) {
      if (!(error instanceof StripeRefusal)) throw error;
      return send(error);
    }
    const waiting = faults.findIndex(({ operation }) => operation === route.operation);
    const fault = waiting < 0 ? undefined : faults.splice(waiting, 1)[0]?.fault;
    const header = request.headers['idempotency-key'];
    const key = typeof header === 'string' ? header : null;
    const seen = { operation: route.operation, key, acted: false };
    received.push(seen);
    if (fault?.kind === 'cut') return void request.socket.destroy();
    if (fault?.kind === 'limit')
      return send({ status: 429, body: { error: { type: 'invalid_request_error', code: 'rate_limit', message: 'Too many' } } });
    if (fault?.kind === 'lock')
      return send({ status: 429, body: { error: { type: 'invalid_request_error', code: 'lock_timeout', message: 'Locked' } } });

    const fingerprint = `${url.pathname}?${body}`;
    const before = key === null ? undefined : keys.get(key);
    if (before?.answer === null)
      return send({ status: 409, body: { error: { type: 'idempotency_error', code: 'idempotency_key_in_use', message: 'In progress' } } });
    if (before && before.fingerprint !== fingerprint)
      return send({
        status: 400,
        body: { error: { type: 'idempotency_error', message: 'Keys can only be used with the same parameters' } },
      });
    if (before?.answer) return fault?.kind === 'drop' ? void request.socket.destroy() : send(before.answer, true);

    if (key !== null) keys.set(key, { fingerprint, answer: null });
    // The key is taken before anything happens and answered after: two requests with it can meet.
    await new Promise((resolve) => setImmediate(resolve));
    const answer = attempt(route, form, fault);
    seen.acted = answer.status === 200;
    if (fault?.kind === 'delay') await new Promise((resolve) => setTimeout(resolve, fault.milliseconds));
    if (key !== null && answer.saved) keys.set(key, { fingerprint, answer });
    else if (key !== null) keys.delete(key);
    if (fault?.kind === 'drop') return void request.socket.destroy();
    send(answer);
  }

  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    account,
    apiUrl: origin,
    secretKey,
    webhookSecret,
    /** Of what has reached the stand-in; `acted` false: refused, replayed, or cut before. */
    received,
    /** For the next requests of this kind, in order. Stripe's client asks once more by itself when a connection is cut, so losing an answer takes two. */
    fail: (operation: StripeOperation, fault: StripeFault, times = 1): void => {
      for (let time = 0; time < times; time += 1) faults.push({ operation, fault });
    },
    /** Resolves once a request of this kind has acted. */
    reached: (operation: StripeOperation): Promise<unknown> =>
      eventually(`a request to ${operation}`, () => received.some((one) => one.operation === operation && one.acted)),
    /** As Stripe does after a day or more. */
    forgetKeys: (): void => keys.clear(),
    leaveRefundsPending: (pending: boolean): void => {
      refundsStayPending = pending;
    },
    /** A webhook delivery: https://docs.stripe.com/webhooks#verify-manually. The body says what it is given, true or not. */
    webhook(type: string, object: Record<string, unknown>, options: { id?: string; secret?: string; secondsAgo?: number } = {}) {
      const body = JSON.stringify({
        id: options.id ?? `evt_${randomBytes(12).toString('hex')}`,
        object: 'event',
        api_version: API_VERSION,
        created: Math.floor(Date.now() / 1_000),
        type,
        data: { object },
      });
      const timestamp = Math.floor(Date.now() / 1_000) - (options.secondsAgo ?? 0);
      const signature = createHmac('sha256', options.secret ?? webhookSecret)
        .update(`${timestamp}.${body}`)
        .digest('hex');
      return { body, signature: `t=${timestamp},v1=${signature}` };
    },
    close: async (): Promise<void> => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
export type StripeStandIn = Awaited<ReturnType<typeof startStripeStandIn>>;
