import type { FastifyInstance } from 'fastify';
import type { PaymentNotice } from '../domain/payment-notice.ts';
import type { FollowPayment } from '../usecases/follow-payment.ts';

/** Stripe's events are a few kilobytes. */
const BODY_LIMIT_BYTES = 256 * 1024;

/**
 * POST /payments/webhooks/stripe. 400: not signed by Stripe within five minutes; 503: could not be followed now, deliver it again; 200: followed, known, or
 * not about a payment of ours. The signature covers the bytes as they came, so nothing may parse them before it is checked.
 */
export function serveStripeWebhook(
  app: FastifyInstance,
  deps: {
    readNotice: (body: Buffer, signature: string) => PaymentNotice | null;
    followPayment: FollowPayment;
    logError: (error: unknown, what: string) => void;
  },
): void {
  app.register((webhooks, _options, done) => {
    webhooks.removeAllContentTypeParsers();
    webhooks.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: BODY_LIMIT_BYTES }, (_request, body, parsed) => parsed(null, body));
    webhooks.post('/payments/webhooks/stripe', async (request, reply) => {
      const signature = request.headers['stripe-signature'];
      const notice = Buffer.isBuffer(request.body) && typeof signature === 'string' ? deps.readNotice(request.body, signature) : null;
      if (notice === null) return reply.code(400).send({ error: 'This is not signed by Stripe, or too old.' });
      try {
        await deps.followPayment(notice);
      } catch (error) {
        // Whatever it was, nothing is lost: Stripe delivers it again, and the reconciler asks by itself.
        deps.logError(error, `following the payment notice ${notice.id}`);
        return reply.code(503).header('retry-after', '10').send({ error: 'Try again later.' });
      }
      return reply.send({ received: true });
    });
    done();
  });
}
