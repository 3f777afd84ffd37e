import type { ClientSession, Collection, Db, MongoClient } from 'mongodb';
import type { OutboxDocument } from '../../../kit/runtime/outbox.ts';
import { inTransaction } from '../../../kit/runtime/transaction.ts';
import type { OrderFacts, SeatClaim } from '../domain/audit.ts';
import type { Order } from '../domain/order.ts';
import type { PaymentIntent } from '../domain/payment-intent.ts';
import type { Refund } from '../domain/refund.ts';
import type { ClaimRepository } from './claim-repository.ts';
import type { OrderDocument, OrderRepository } from './order-repository.ts';
import type { PaymentIntentRepository } from './payment-intent-repository.ts';
import type { RefundRepository } from './refund-repository.ts';

const BATCH = 500;

function byOrder<Fact extends { readonly orderId: string }>(facts: readonly Fact[]): ReadonlyMap<string, readonly Fact[]> {
  const groups = new Map<string, Fact[]>();
  for (const fact of facts) groups.set(fact.orderId, [...(groups.get(fact.orderId) ?? []), fact]);
  return groups;
}

/** Reads the inventory whole, in batches: for the report, and nothing else. */
export function createAuditRepository(deps: {
  client: MongoClient;
  db: Db;
  rows: Collection<OutboxDocument>;
  orders: OrderRepository;
  claims: ClaimRepository;
  intents: PaymentIntentRepository;
  refunds: RefundRepository;
}) {
  const orderIds = deps.db.collection<OrderDocument>('orders');

  async function factsOf(ids: readonly string[], session?: ClientSession): Promise<readonly OrderFacts[]> {
    const orders = await deps.orders.findMany(ids, session);
    const tickets = byOrder(await deps.orders.ticketsOfOrders(ids, session));
    const claims = byOrder(await deps.claims.ofOrders(ids, session));
    const intents = await deps.intents.findMany(
      orders.map((order) => order.paymentIntentId),
      session,
    );
    return orders.map((order) => ({
      order,
      tickets: tickets.get(order.id) ?? [],
      claims: claims.get(order.id) ?? [],
      intent: intents.get(order.paymentIntentId) ?? null,
    }));
  }

  async function* batches<Item>(items: AsyncIterable<Item>): AsyncIterable<Item[]> {
    let batch: Item[] = [];
    for await (const item of items) {
      batch.push(item);
      if (batch.length < BATCH) continue;
      yield batch;
      batch = [];
    }
    if (batch.length > 0) yield batch;
  }

  return {
    /** Newest first. What changes while a batch is read may look wrong in it; `factsAtOnce` tells. */
    async *orders(since: Date): AsyncIterable<readonly OrderFacts[]> {
      const found = orderIds
        .find({ placedAt: { $gte: since } }, { projection: { _id: 1 } })
        .sort({ placedAt: -1 })
        .batchSize(BATCH);
      for await (const batch of batches(found)) yield factsOf(batch.map(({ _id }) => _id));
    },
    factsOf: (ids: readonly string[]): Promise<readonly OrderFacts[]> => factsOf(ids),
    /** Of one moment: read in one snapshot. */
    factsAtOnce: (id: string): Promise<OrderFacts | null> =>
      inTransaction(deps.client, async (session) => (await factsOf([id], session))[0] ?? null, { readConcern: { level: 'snapshot' } }),
    async *claims(): AsyncIterable<readonly { claim: SeatClaim; order: Order | null }[]> {
      for await (const batch of batches(deps.claims.all())) {
        const orders = new Map(
          (await deps.orders.findMany([...new Set(batch.map((claim) => claim.orderId))])).map((order) => [order.id, order]),
        );
        yield batch.map((claim) => ({ claim, order: orders.get(claim.orderId) ?? null }));
      }
    },
    /** The most recently changed, past REQUIRES_CONFIRMATION. */
    payments: (since: Date, limit: number): Promise<readonly PaymentIntent[]> => deps.intents.changedSince(since, limit),
    payment: deps.intents.find,
    stuckPayments: (before: Date, limit: number): Promise<readonly PaymentIntent[]> => deps.intents.takenWithoutOrder(before, limit),
    stuckRefunds: (before: Date, limit: number): Promise<readonly Refund[]> => deps.refunds.allPendingSince(before, limit),
    untoldEvents: (before: Date): Promise<number> =>
      deps.rows.countDocuments({ $or: [{ sent: false }, { shown: false }], occurredAt: { $lte: before } }),
  };
}
export type AuditRepository = ReturnType<typeof createAuditRepository>;
