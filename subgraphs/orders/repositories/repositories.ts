import type { Db, MongoClient } from 'mongodb';
import type { Outbox } from '../../../kit/runtime/outbox.ts';
import type { RedisClient } from '../../../kit/runtime/redis.ts';
import type { Clock } from '../../../kit/values/clock.ts';
import type { SeatingPlan } from '../domain/seating-plan.ts';
import { createAuditRepository } from './audit-repository.ts';
import { createClaimRepository } from './claim-repository.ts';
import { createHoldStore } from './hold-store.ts';
import { createIdempotencyRepository } from './idempotency-repository.ts';
import { createListingRepository } from './listing-repository.ts';
import { createMailRepository } from './mail-repository.ts';
import { createNoticeRepository } from './notice-repository.ts';
import { createOrderRepository } from './order-repository.ts';
import { createPaymentIntentRepository } from './payment-intent-repository.ts';
import { createRefundRepository } from './refund-repository.ts';
import { createSaleLedger } from './sale-ledger.ts';
import { createSeatMapStore } from './seat-map-store.ts';
import { createSeatPublisher } from './seat-publisher.ts';
import { createSeatingPlanRepository } from './seating-plan-repository.ts';
import { createUnshownRepository } from './unshown-repository.ts';

/** What guards a seat; fault tests take the guard away. */
export const REPOSITORY_PARTS = { createClaimRepository, createOrderRepository };

/** Everything that keeps something, over one database and one Redis. */
export function createRepositories(deps: {
  client: MongoClient;
  db: Db;
  redis: RedisClient;
  outbox: Outbox;
  clock: Clock;
  defaultPlan: SeatingPlan;
  idempotencyLifeSeconds: number;
  parts?: typeof REPOSITORY_PARTS;
}) {
  const { client, db, redis, outbox, clock, parts = REPOSITORY_PARTS } = deps;
  const claims = parts.createClaimRepository({ db });
  const orders = parts.createOrderRepository({ db });
  const intents = createPaymentIntentRepository({ db });
  const refunds = createRefundRepository({ db });
  const listings = createListingRepository({ db });
  const idempotency = createIdempotencyRepository({ db, lifeSeconds: deps.idempotencyLifeSeconds });
  const notices = createNoticeRepository({ db });
  const plans = createSeatingPlanRepository({ db, defaultPlan: deps.defaultPlan });
  const mails = createMailRepository({ db });
  const publisher = createSeatPublisher({ redis, claims, plans });
  return {
    claims,
    orders,
    intents,
    refunds,
    listings,
    idempotency,
    notices,
    plans,
    mails,
    ledger: createSaleLedger({
      client,
      clock,
      outbox,
      claims,
      orders,
      intents,
      refunds,
      listings,
      idempotency,
      plans,
    }),
    map: createSeatMapStore({
      redis,
      claims,
      publisher,
    }),
    holds: createHoldStore({
      redis,
      publisher,
    }),
    unshown: createUnshownRepository({ rows: outbox.rows }),
    audit: createAuditRepository({ client, db, rows: outbox.rows, orders, claims, intents, refunds }),
    async ensureIndexes(): Promise<void> {
      await Promise.all(
        [claims, orders, intents, refunds, listings, idempotency, notices, mails].map((repository) => repository.ensureIndexes()),
      );
    },
  };
}
