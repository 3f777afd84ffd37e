import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import { moneyText } from '../../../kit/values/money.ts';
import type { SimulatorPayments } from '../repositories/simulator-payments.ts';
import { escapeHtml, sendPage } from './page.ts';

const BODY_LIMIT_BYTES = 1_024;

const addressSchema = z.object({
  params: z.object({ id: z.string().min(1).max(100) }),
  query: z.object({ token: z.string().min(1).max(100) }),
});
const decisionSchema = z.enum(['approve', 'decline']);

/**
 * The simulator's stand-in for a bank's confirmation page. Whoever has the address may decide, as with a real one: it holds a token of 128 random bits that
 * only the payer's own client is told. Looking changes nothing; deciding is a form's POST.
 */
export function serveActionPages(
  app: FastifyInstance,
  deps: { simulator: Pick<SimulatorPayments, 'findAction' | 'decideAction'>; returnUrl: string },
): void {
  const notFound = (reply: FastifyReply): FastifyReply =>
    sendPage(reply, { status: 404, title: 'No such payment', body: '<p>There is nothing to decide at this address.</p>' });
  const decided = (reply: FastifyReply): FastifyReply =>
    sendPage(reply, {
      title: 'Decided',
      body: `<p>This payment has your decision. <a href="${escapeHtml(deps.returnUrl)}">Back to the shop</a></p>`,
    });

  // In a scope of its own: forms are understood here and nowhere else.
  app.register((pages, _options, done) => {
    pages.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string', bodyLimit: BODY_LIMIT_BYTES },
      (_request, body, parsed) => parsed(null, new URLSearchParams(body.toString())),
    );

    pages.get('/payments/actions/:id', async (request, reply) => {
      const address = addressSchema.safeParse({ params: request.params, query: request.query });
      if (!address.success) return notFound(reply);
      const action = await deps.simulator.findAction(address.data.params.id, address.data.query.token);
      if (!action) return notFound(reply);
      if (action.decided) return decided(reply);
      return sendPage(reply, {
        title: 'Confirm your payment',
        body:
          `<p>A simulated bank asks: pay ${escapeHtml(moneyText(action.amount))}?</p><form method="post">` +
          '<button name="decision" value="approve">Approve</button><button name="decision" value="decline">Decline</button></form>',
      });
    });

    pages.post('/payments/actions/:id', async (request, reply) => {
      const address = addressSchema.safeParse({ params: request.params, query: request.query });
      const decision = decisionSchema.safeParse(request.body instanceof URLSearchParams ? request.body.get('decision') : null);
      if (!address.success) return notFound(reply);
      const { params, query } = address.data;
      if (!(await deps.simulator.findAction(params.id, query.token))) return notFound(reply);
      if (!decision.success)
        return sendPage(reply, { status: 400, title: 'Neither nor', body: '<p>Approve the payment, or decline it.</p>' });
      await deps.simulator.decideAction(params.id, query.token, decision.data);
      return decided(reply);
    });
    done();
  });
}
