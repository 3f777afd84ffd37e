import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Agent, request as send } from 'undici';
import type { RateLimits } from '../limits/rate-limits.ts';
import { networkOf } from './client-address.ts';

const BODY_LIMIT_BYTES = 256 * 1024;
const ANSWER_LIMIT_BYTES = 256 * 1024;
const DEADLINE_MS = 10_000;
/** Neither cookies nor who is asking: these paths carry their own proof, a token in the address or a signature over the body. */
const PASSED_ON = ['content-type', 'stripe-signature'] as const;
const PASSED_BACK = ['content-type', 'content-security-policy', 'referrer-policy', 'cache-control', 'retry-after'] as const;

type Headers = Readonly<Record<string, string | string[] | undefined>>;

function only(names: readonly string[], headers: Headers): Record<string, string> {
  const entries = names.flatMap((name): [string, string][] => {
    const value = headers[name];
    return typeof value === 'string' ? [[name, value]] : [];
  });
  return Object.fromEntries(entries);
}

/**
 * The public door to what payers' browsers and payment providers need of the orders subgraph, so that its own port stays private. These paths and no others;
 * bytes are passed on as they came, because a signature covers them.
 */
export function servePayments(deps: { app: FastifyInstance; ordersUrl: string | undefined; rateLimits: RateLimits }): {
  readonly close: () => Promise<void>;
} {
  const { app, ordersUrl, rateLimits } = deps;
  if (ordersUrl === undefined) return { close: () => Promise.resolve() };
  const origin = new URL(ordersUrl).origin;
  const agent = new Agent({ connections: 32, maxResponseSize: ANSWER_LIMIT_BYTES });

  /** Null for what means two things: the route takes `..\..\graphql` for an id, and an URL takes it for a path. */
  function targetOf(url: string): URL | null {
    if (!URL.canParse(`${origin}${url}`)) return null;
    const target = new URL(`${origin}${url}`);
    return target.origin === origin && target.pathname === url.split('?', 1)[0] ? target : null;
  }

  const passOn = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const target = targetOf(request.url);
    if (target === null) {
      reply.callNotFound();
      return reply;
    }
    try {
      const answer = await send(target, {
        method: request.method === 'POST' ? 'POST' : 'GET',
        headers: only(PASSED_ON, request.headers),
        body: Buffer.isBuffer(request.body) ? request.body : null,
        dispatcher: agent,
        signal: AbortSignal.timeout(DEADLINE_MS),
      });
      const body = await answer.body.text();
      return await reply.code(answer.statusCode).headers(only(PASSED_BACK, answer.headers)).send(body);
    } catch {
      return reply
        .code(503)
        .header('retry-after', '10')
        .type('text/plain')
        .send('Payments cannot be reached right now. Try again shortly.\n');
    }
  };
  const handler = (request: FastifyRequest, reply: FastifyReply) => passOn(request, reply);

  const limited = (limit: 'address' | 'webhook-address') => async (request: FastifyRequest) =>
    rateLimits.consume([{ limit, key: networkOf(request.ip) }]);

  app.register((payments, _options, done) => {
    payments.removeAllContentTypeParsers();
    payments.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: BODY_LIMIT_BYTES }, (_request, body, parsed) => parsed(null, body));
    payments.get('/payments/return', { onRequest: limited('address') }, handler);
    payments.get('/payments/actions/:id', { onRequest: limited('address') }, handler);
    payments.post('/payments/actions/:id', { onRequest: limited('address') }, handler);
    payments.get('/tickets/jwks.json', { onRequest: limited('address') }, handler);
    payments.post('/payments/webhooks/stripe', { onRequest: limited('webhook-address'), bodyLimit: BODY_LIMIT_BYTES }, handler);
    done();
  });
  return { close: () => agent.close() };
}
