import type { FastifyInstance } from 'fastify';
import { sendPage } from './page.ts';

/** Where a payer's browser ends up when no shop of its own was named (PAYMENT_RETURN_URL). It says nothing of the payment: anybody can open it. */
export function serveReturnPage(app: FastifyInstance): void {
  app.get('/payments/return', (_request, reply) =>
    sendPage(reply, {
      title: 'Thank you',
      body: '<p>You can close this page. Go on with your purchase in the shop, which now asks how the payment went.</p>',
    }),
  );
}
