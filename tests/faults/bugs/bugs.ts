import type { ClientSession, Db } from 'mongodb';
import type { RedisClient } from '../../../kit/runtime/redis.ts';
import type { OrdersDeps } from '../../../subgraphs/orders/app.ts';
import { orderIdOf } from '../../../subgraphs/orders/domain/order.ts';
import { createClaimRepository } from '../../../subgraphs/orders/repositories/claim-repository.ts';
import { createOrderRepository } from '../../../subgraphs/orders/repositories/order-repository.ts';
import { createClaimSeats } from '../../../subgraphs/orders/usecases/claim-seats.ts';
import { createFinishOrder } from '../../../subgraphs/orders/usecases/finish-order.ts';
import { createPlaceSeats } from '../../../subgraphs/orders/usecases/place-seats.ts';
import { createPurchase } from '../../../subgraphs/orders/usecases/purchase.ts';
import { createReconcile } from '../../../subgraphs/orders/usecases/reconcile.ts';
import { insteadOf, rewritingScripts } from './redis-scripts.ts';

/** What could have been written instead; each must be noticed. Made of the product's own parts, one of them changed. */
export const BUG_NAMES = [
  'none',
  'no unique guard on seats',
  'holds set without looking',
  'idempotency only in Redis',
  'no second look at the claims',
  'constant states published',
  'recovery point ignored',
  'answer before commit',
] as const;
export type BugName = (typeof BUG_NAMES)[number];

type Bug = (deps: OrdersDeps) => OrdersDeps;
type Parts = NonNullable<OrdersDeps['parts']>;

function unguardedClaims({ db }: { db: Db }): ReturnType<typeof createClaimRepository> {
  type Claim = { _id: string; eventId: string; seatId: string; orderId: string; state: 'PENDING' | 'SOLD' };
  const claims = db.collection<Claim>('seat_claims');
  const ofOrder = (eventId: string, orderId: string, seatIds: readonly string[]) => ({ eventId, orderId, seatId: { $in: [...seatIds] } });
  return {
    ...createClaimRepository({ db }),
    async ofSeats(eventId: string, seatIds: readonly string[]) {
      const found = await claims.find({ eventId, seatId: { $in: [...seatIds] } }).toArray();
      return new Map(found.map(({ seatId, state }) => [seatId, state]));
    },
    async insertPending(session: ClientSession, eventId: string, orderId: string, seatIds: readonly string[]) {
      const made = seatIds.map((seatId): Claim => ({ _id: `${eventId}:${seatId}:${orderId}`, eventId, seatId, orderId, state: 'PENDING' }));
      await claims.insertMany(made, { session });
    },
    async markSold(session: ClientSession, eventId: string, orderId: string, seatIds: readonly string[]) {
      const sold = await claims.updateMany(ofOrder(eventId, orderId, seatIds), { $set: { state: 'SOLD' } }, { session });
      return sold.modifiedCount;
    },
    async remove(session: ClientSession, eventId: string, orderId: string, seatIds: readonly string[]) {
      await claims.deleteMany(ofOrder(eventId, orderId, seatIds), { session });
    },
  };
}

function unguardedTickets(deps: { db: Db }): ReturnType<typeof createOrderRepository> {
  const orders = createOrderRepository(deps);
  return {
    ...orders,
    async ensureIndexes() {
      // Of two processes one may find it gone already.
      await deps.db
        .collection('tickets')
        .dropIndex('one_active_per_seat')
        .catch(() => undefined);
    },
  };
}

/** Answers of purchases are kept in Redis, and nobody looks for the order of a key. */
function forgetfulPurchase(redis: RedisClient): typeof createPurchase {
  return (deps) => {
    const attempts = new Map<string, string>();
    const purchase = createPurchase({
      ...deps,
      orders: { ...deps.orders, find: () => Promise.resolve(null), liveOfHold: () => Promise.resolve(null) },
      idempotency: {
        ...deps.idempotency,
        begin: (id, _fingerprint, attempt) => {
          attempts.set(id, attempt);
          return Promise.resolve(null);
        },
        find: (id) => {
          const attempt = attempts.get(id);
          if (attempt === undefined) return Promise.resolve(null);
          const now = new Date();
          return Promise.resolve({
            _id: id,
            fingerprint: '',
            attempt,
            state: 'IN_PROGRESS',
            answer: null,
            lockedUntil: now,
            createdAt: now,
          });
        },
        remove: () => Promise.resolve(true),
      },
    });
    return async (viewer, input) => {
      const answerKey = `answer:${orderIdOf(viewer.userId, input.idempotencyKey ?? input.holdId)}`;
      const orderId = await redis.get(answerKey);
      const known = orderId === null ? null : await deps.orders.find(orderId);
      if (known) return { kind: 'PurchasePayload', order: known, replayed: true };
      const outcome = await purchase(viewer, input);
      if (outcome.kind === 'PurchasePayload') await redis.set(answerKey, outcome.order.id, 'EX', 86_400);
      return outcome;
    };
  };
}

async function* nothing(): AsyncIterable<never> {
  // There is nothing to find.
}

/** What a dead process has left is nobody's: neither the retry with its key nor the reconciler goes on with it. */
function ignoringRecoveryPoints(): Parts {
  const ownOrders = new Set<string>();
  return {
    createClaimSeats: (deps) => {
      const claimSeats = createClaimSeats(deps);
      return async (attempt, secured) => {
        const claimed = await claimSeats(attempt, secured);
        if (claimed.kind === 'claimed') ownOrders.add(claimed.order.id);
        return claimed;
      };
    },
    createPurchase: (deps) =>
      createPurchase({
        ...deps,
        finishOrder: (order) =>
          ownOrders.has(order.id) || order.status !== 'PENDING_PAYMENT'
            ? deps.finishOrder(order)
            : Promise.resolve({ kind: 'unknown', order }),
      }),
    createReconcile: (deps) => createReconcile({ ...deps, orders: { ...deps.orders, pendingSince: nothing } }),
  };
}

const COMMITS_LATER_MS = 1_000;

/** The buyer hears of the sale first; it is written a second later. */
function answeringFirst(): Parts {
  const later = new Map<string, Promise<unknown>>();
  return {
    createClaimSeats: (deps) =>
      createClaimSeats({
        ...deps,
        ledger: {
          ...deps.ledger,
          claimSeats: (order, intent) => {
            const pause = new Promise((resolve) => setTimeout(resolve, COMMITS_LATER_MS));
            later.set(
              order.id,
              pause.then(() => deps.ledger.claimSeats(order, intent)),
            );
            return Promise.resolve('claimed');
          },
        },
      }),
    createFinishOrder: (deps) => {
      const finishOrder = createFinishOrder(deps);
      return (order) => {
        const committed = later.get(order.id);
        if (!committed) return finishOrder(order);
        void committed.then(() => finishOrder(order)).catch(() => undefined);
        return Promise.resolve({ kind: 'decided', order: { ...order, status: 'CONFIRMED' } });
      };
    },
  };
}

const withParts =
  (parts: (deps: OrdersDeps) => Parts): Bug =>
  (deps) => ({ ...deps, parts: parts(deps) });

const withScripts =
  (rewrite: (lua: string) => string): Bug =>
  (deps) => ({ ...deps, redis: rewritingScripts(deps.redis, { rewrite }) });

export const BUGS: Record<BugName, Bug> = {
  none: (deps) => deps,
  'no unique guard on seats': withParts(() => ({ createClaimRepository: unguardedClaims, createOrderRepository: unguardedTickets })),
  'holds set without looking': withScripts(insteadOf.conflicts('')),
  'idempotency only in Redis': withParts(({ redis }) => ({ createPurchase: forgetfulPurchase(redis) })),
  'no second look at the claims': withParts(() => ({
    createPlaceSeats: (deps) => createPlaceSeats({ ...deps, claims: { ...deps.claims, ofSeats: () => Promise.resolve(new Map()) } }),
  })),
  'constant states published': withScripts(insteadOf.freedStatus("do return 'AVAILABLE' end")),
  'recovery point ignored': withParts(ignoringRecoveryPoints),
  'answer before commit': withParts(answeringFirst),
};
