import type { MongoConnection } from '../../../kit/runtime/mongo.ts';
import type { RedisClient } from '../../../kit/runtime/redis.ts';
import { connectRedis } from '../../../kit/runtime/redis.ts';
import { silentLogger } from '../../../kit/runtime/logger.ts';
import { newId } from '../../../kit/values/ids.ts';
import { freshMongo, freshRedisUrl } from '../../../tests/harness/fresh.ts';
import { createKeys } from '../../../local/keys.ts';
import { createTicketCodes } from '../tickets/ticket-codes.ts';
import type { OrdersCore } from '../core.ts';
import { createOrdersCore } from '../core.ts';
import type { Hold } from '../domain/hold.ts';
import type { PaymentIntent } from '../domain/payment-intent.ts';
import type { PaymentProvider } from '../domain/payment-provider.ts';
import type { ReachedPoint } from '../domain/purchase-points.ts';
import type { Viewer } from '../domain/viewer.ts';
import { createSeatFeed } from '../repositories/seat-feed.ts';
import { createSeatHints } from '../repositories/seat-hints.ts';
import { createClaimSeats } from '../usecases/claim-seats.ts';
import { createSimulatorPayments } from '../repositories/simulator-payments.ts';

export type OrdersFixture = Awaited<ReturnType<typeof startOrders>>;

/** A time that tests can move; Redis keeps its own. */
export function movableClock() {
  let offset = 0;
  return {
    now: () => new Date(Date.now() + offset),
    advance: (milliseconds: number): void => {
      offset += milliseconds;
    },
  };
}

/** Orders on the real driver and the real Redis, without a server: what use cases and feeds run on. */
export async function startOrders(
  options: {
    capture?: 'automatic' | 'manual';
    holdLifeSeconds?: number;
    provider?: (real: PaymentProvider) => PaymentProvider;
    reached?: ReachedPoint;
  } = {},
) {
  const mongo: MongoConnection = await freshMongo('orders');
  const redisUrl = await freshRedisUrl();
  const connect = (name: string, blocking = false): Promise<RedisClient> =>
    connectRedis({ url: redisUrl, name, logger: silentLogger, blocking });
  const [redis, subscriber] = await Promise.all([connect('test'), connect('test-hints', true)]);
  const clock = movableClock();
  const simulator = createSimulatorPayments({
    db: mongo.db,
    clock,
    capture: options.capture ?? 'automatic',
    actionUrl: (providerIntentId, token) => `http://127.0.0.1/payments/actions/${providerIntentId}?token=${token}`,
  });
  const provider = options.provider?.(simulator) ?? simulator;
  const settings = {
    holdLifeSeconds: options.holdLifeSeconds ?? 300,
    defaultSeatPrice: 2_500,
    defaultCurrency: 'EUR',
    idempotencyLifeSeconds: 86_400,
    reconcileGraceSeconds: 20,
  };
  const errors: unknown[] = [];
  let beforeClaiming: (() => Promise<void>) | null = null;
  const core: OrdersCore = createOrdersCore({
    mongo,
    redis,
    provider,
    clock,
    settings,
    ticketCodes: await createTicketCodes({ signingKey: (await createKeys()).tickets, formerKeys: null }),
    events: { findListings: () => Promise.resolve([]), findFacts: () => Promise.resolve(null) },
    onCommitted: () => undefined,
    logError: (error) => void errors.push(error),
    ...(options.reached ? { reached: options.reached } : {}),
    parts: {
      createClaimSeats: (deps) => {
        const claimSeats = createClaimSeats(deps);
        return async (...request) => {
          const interrupt = beforeClaiming;
          beforeClaiming = null;
          await interrupt?.();
          return claimSeats(...request);
        };
      },
    },
  });
  await Promise.all([core.ensureIndexes(), simulator.ensureIndexes()]);

  const viewer = (name = newId('usr')): Viewer => ({ userId: name, roles: ['ATTENDEE'] });

  async function publishedEvent(): Promise<string> {
    const eventId = newId('evt');
    await core.repositories.listings.apply(
      {
        eventId,
        organizerId: 'usr_organizer',
        status: 'PUBLISHED',
        deleted: false,
        title: 'Concert',
        startsAt: new Date(Date.now() + 86_400_000 * 30),
        timeZone: 'UTC',
        version: 1,
      },
      clock.now(),
    );
    return eventId;
  }

  async function hold(who: Viewer, eventId: string, seatIds: readonly string[], replacesHoldId: string | null = null): Promise<Hold> {
    const outcome = await core.holdSeats(who, { eventId, seatIds, replacesHoldId });
    if (outcome.kind !== 'HoldSeatsPayload') throw new Error(`Not held: ${JSON.stringify(outcome)}`);
    return outcome.hold;
  }

  async function intend(who: Viewer, held: Hold): Promise<PaymentIntent> {
    const outcome = await core.createPaymentIntent(who, held.id);
    if (outcome.kind !== 'CreatePaymentIntentPayload') throw new Error(`No intent: ${outcome.kind}`);
    return outcome.paymentIntent;
  }

  async function pay(who: Viewer, held: Hold, paymentMethod: string | null = null): Promise<PaymentIntent> {
    const intent = await intend(who, held);
    const outcome = await core.confirmPayment(who, { paymentIntentId: intent.id, clientSecret: intent.clientSecret ?? '', paymentMethod });
    if (outcome.kind !== 'ConfirmPaymentPayload') throw new Error(`Not paid: ${outcome.kind}`);
    return outcome.paymentIntent;
  }

  const purchase = (who: Viewer, held: Hold, intent: PaymentIntent, idempotencyKey: string | null = null) =>
    core.purchase(who, { eventId: held.eventId, holdId: held.id, seatIds: null, paymentIntentId: intent.id, idempotencyKey });

  async function openFeed() {
    const hints = await createSeatHints({ redis, subscriber, logger: silentLogger });
    const feed = createSeatFeed({ store: core.repositories.map, hints, planOf: core.repositories.plans.of, logger: silentLogger });
    return {
      feed,
      hints,
      close: () => {
        feed.close();
        hints.close();
      },
    };
  }

  async function statusOf(eventId: string, seatId: string): Promise<string> {
    const shown = await redis.hget(`seat-shown:{${eventId}}`, seatId);
    return shown?.split(':')[0] ?? 'AVAILABLE';
  }

  return {
    core,
    clock,
    mongo,
    redis,
    subscriber,
    redisUrl,
    simulator,
    errors,
    viewer,
    publishedEvent,
    hold,
    intend,
    pay,
    purchase,
    /** What happens between P1 and P2 of the next purchase, while that stands still. */
    beforeClaiming: (interrupt: () => Promise<void>): void => {
      beforeClaiming = interrupt;
    },
    openFeed,
    statusOf,
    close: async (): Promise<void> => {
      redis.disconnect();
      subscriber.disconnect();
      await mongo.close();
    },
  };
}
