import { z } from 'zod';
import type { PurchaseRepository } from '../repositories/purchase-repository.ts';

type OrderFact = Parameters<PurchaseRepository['recordOnce']>[0];
type Log = { readonly error: (details: Record<string, unknown>, message: string) => void };

const confirmedSchema = z.object({ orderId: z.string(), userId: z.string(), eventId: z.string(), ticketCount: z.int().min(0) });
const releasedSchema = z.object({
  orderId: z.string(),
  userId: z.string(),
  eventId: z.string(),
  reason: z.string(),
  ticketsLeft: z.int().min(0).default(0),
});

/** Keeps what users bought, from what the orders subgraph tells. Every delivery may be a repeat. */
export function createLearnFromOrders(deps: { purchases: PurchaseRepository; logger: Log }) {
  return async function learnFromOrders(fact: OrderFact): Promise<void> {
    switch (fact.type) {
      case 'order.confirmed': {
        const data = confirmedSchema.safeParse(fact.data);
        // Delivering it again would not make it readable.
        if (!data.success) return deps.logger.error({ event: fact.id, issues: data.error.issues }, 'an order.confirmed could not be read');
        const { ticketCount, ...purchase } = data.data;
        return deps.purchases.recordOnce(fact, { ...purchase, ticketsLeft: ticketCount, confirmedAt: fact.occurredAt });
      }
      case 'seats.released': {
        const data = releasedSchema.safeParse(fact.data);
        if (!data.success) return deps.logger.error({ event: fact.id, issues: data.error.issues }, 'a seats.released could not be read');
        const { reason, ...purchase } = data.data;
        return reason === 'REFUNDED' ? deps.purchases.recordOnce(fact, { ...purchase, confirmedAt: fact.occurredAt }) : undefined;
      }
      default:
        return undefined;
    }
  };
}
