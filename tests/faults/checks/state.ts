import { Redis } from 'ioredis';
import type { ClientSession, Document } from 'mongodb';
import { MongoClient } from 'mongodb';
import { mendDriver } from '../../../kit/runtime/mongo-driver.ts';

/** What the databases say of some events, read at one moment; only what the checks look at. Amounts in minor units, times in milliseconds. */
export type Claim = { readonly eventId: string; readonly seatId: string; readonly orderId: string; readonly state: 'PENDING' | 'SOLD' };
export type OrderRow = {
  readonly id: string;
  readonly userId: string;
  readonly eventId: string;
  readonly holdId: string;
  readonly intentId: string;
  readonly status: string;
  readonly seatIds: readonly string[];
  readonly total: number;
  readonly placedAt: number;
};
export type TicketRow = {
  readonly id: string;
  readonly orderId: string;
  readonly eventId: string;
  readonly seatId: string;
  readonly status: string;
  readonly active: boolean;
  readonly price: number;
};
export type IntentRow = {
  readonly id: string;
  readonly holdId: string;
  readonly eventId: string;
  readonly userId: string;
  readonly status: string;
  readonly orderId: string | null;
  readonly amount: number;
  /** What the provider has. */
  readonly provider: { readonly status: string; readonly captured: number; readonly refunded: number } | null;
};
export type RefundRow = {
  readonly id: string;
  readonly intentId: string;
  readonly orderId: string | null;
  readonly amount: number;
  readonly status: string;
};
export type OutboxRow = {
  readonly id: string;
  readonly type: string;
  readonly aggregateId: string;
  readonly version: number;
  readonly shown: boolean;
  readonly sent: boolean;
};
/** What the events subgraph was told of an order. */
export type PurchaseFact = { readonly orderId: string; readonly ticketsLeft: number };
export type LiveHold = {
  readonly holdId: string;
  readonly eventId: string;
  readonly seatIds: readonly string[];
  readonly expiresAt: number;
};
export type HoldKey = { readonly eventId: string; readonly seatId: string; readonly holdId: string };

export type State = {
  readonly readAt: number;
  readonly claims: readonly Claim[];
  readonly orders: readonly OrderRow[];
  readonly tickets: readonly TicketRow[];
  readonly intents: readonly IntentRow[];
  readonly refunds: readonly RefundRow[];
  readonly outbox: readonly OutboxRow[];
  readonly facts: readonly PurchaseFact[];
  /** Null while Redis is away. */
  readonly holdKeys: readonly HoldKey[] | null;
  readonly holds: readonly LiveHold[];
};

const seatIdsOf = (order: Document): string[] => (order['seats'] as { seatId: string }[]).map(({ seatId }) => seatId);

export async function createStateReader(urls: { mongo: string; redis: string }) {
  mendDriver();
  const client = await MongoClient.connect(urls.mongo, { serverSelectionTimeoutMS: 10_000 });
  const redis = new Redis(`${urls.redis}/1`, { maxRetriesPerRequest: 1, commandTimeout: 2_000, retryStrategy: () => 100 });
  // Away when a scenario says so.
  redis.on('error', () => undefined);

  async function readMongo(eventIds: readonly string[]) {
    const of = { eventId: { $in: [...eventIds] } };
    const db = client.db('orders');
    const rows =
      (name: string, filter: Document) =>
      (session: ClientSession): Promise<Document[]> =>
        db.collection(name).find(filter, { session }).toArray();
    return client.withSession((session) =>
      // One snapshot: else a purchase between two reads would look like half of one.
      session.withTransaction(
        async () => {
          const orders = await rows('orders', of)(session);
          const intents = await rows('payment_intents', of)(session);
          const intentIds = intents.map((intent) => String(intent['_id']));
          return {
            orders,
            intents,
            claims: await rows('seat_claims', of)(session),
            tickets: await rows('tickets', of)(session),
            simulated: await rows('simulator_intents', { intentId: { $in: intentIds } })(session),
            refunds: await rows('refunds', { paymentIntentId: { $in: intentIds } })(session),
            outbox: await rows('outbox', { 'data.eventId': { $in: [...eventIds] } })(session),
            facts: await client.db('events').collection('purchases').find(of, { session }).toArray(),
          };
        },
        { readConcern: { level: 'snapshot' } },
      ),
    );
  }

  async function readHolds(eventIds: readonly string[]): Promise<{ holdKeys: HoldKey[] | null; holds: LiveHold[] }> {
    const holdKeys: HoldKey[] = [];
    const holds: LiveHold[] = [];
    try {
      const wanted = new Set(eventIds);
      // Once for all events: KEYS reads the whole keyspace each time.
      for (const key of await redis.keys('hold*')) {
        const found = /^(?<kind>hold|hold-details):\{(?<eventId>[^}]+)\}:(?<id>.+)$/.exec(key)?.groups;
        const [eventId = '', id = ''] = [found?.['eventId'], found?.['id']];
        if (!wanted.has(eventId)) continue;
        if (found?.['kind'] === 'hold') {
          const holdId = await redis.get(key);
          if (holdId !== null) holdKeys.push({ eventId, seatId: id, holdId });
          continue;
        }
        const details = await redis.hgetall(key);
        const expiresAt = Number(details['expiresAt'] ?? 0);
        if (details['seats'] === undefined || details['ended'] !== undefined || expiresAt <= Date.now()) continue;
        const seatIds = (JSON.parse(details['seats']) as { seatId: string }[]).map(({ seatId }) => seatId);
        holds.push({ holdId: id, eventId, seatIds, expiresAt });
      }
      return { holdKeys, holds };
    } catch {
      return { holdKeys: null, holds: [] };
    }
  }

  return {
    client,
    async read(eventIds: readonly string[]): Promise<State> {
      const readAt = Date.now();
      const mongo = await readMongo(eventIds);
      const simulated = new Map(mongo.simulated.map((intent) => [String(intent['intentId']), intent]));
      return {
        readAt,
        claims: mongo.claims.map(({ eventId, seatId, orderId, state }) => ({ eventId, seatId, orderId, state })),
        orders: mongo.orders.map((order) => ({
          id: String(order['_id']),
          userId: order['userId'],
          eventId: order['eventId'],
          holdId: order['holdId'],
          intentId: order['paymentIntentId'],
          status: order['status'],
          seatIds: seatIdsOf(order),
          total: order['total'].amount,
          placedAt: (order['placedAt'] as Date).getTime(),
        })),
        tickets: mongo.tickets.map((ticket) => ({
          id: String(ticket['_id']),
          orderId: ticket['orderId'],
          eventId: ticket['eventId'],
          seatId: ticket['seatId'],
          status: ticket['status'],
          active: ticket['active'],
          price: ticket['seat'].price.amount,
        })),
        intents: mongo.intents.map((intent) => {
          const known = simulated.get(String(intent['_id']));
          return {
            id: String(intent['_id']),
            holdId: intent['holdId'],
            eventId: intent['eventId'],
            userId: intent['userId'],
            status: intent['status'],
            orderId: intent['orderId'],
            amount: intent['amount'].amount,
            provider: known ? { status: known['status'], captured: known['captured'], refunded: known['refunded'] } : null,
          };
        }),
        refunds: mongo.refunds.map((refund) => ({
          id: String(refund['_id']),
          intentId: refund['paymentIntentId'],
          orderId: refund['orderId'],
          amount: refund['amount'].amount,
          status: refund['status'],
        })),
        outbox: mongo.outbox.map((row) => ({
          id: String(row['_id']),
          type: row['type'],
          aggregateId: row['aggregateId'],
          version: row['version'],
          shown: row['shown'],
          sent: row['sent'],
        })),
        facts: mongo.facts.map((fact) => ({ orderId: String(fact['_id']), ticketsLeft: fact['ticketsLeft'] })),
        ...(await readHolds(eventIds)),
      };
    },
    async close(): Promise<void> {
      redis.disconnect();
      await client.close();
    },
  };
}
export type StateReader = Awaited<ReturnType<typeof createStateReader>>;
