import DataLoader from 'dataloader';
import type { SubgraphRequest } from '../../kit/graphql/subgraph-request.ts';
import type { Clock } from '../../kit/values/clock.ts';
import type { Listing } from './domain/listing.ts';
import type { Ticket } from './domain/order.ts';
import type { PaymentIntent } from './domain/payment-intent.ts';
import type { SeatMapView } from './domain/seat.ts';
import type { SeatAllowance } from './domain/seat-allowance.ts';
import { createSeatAllowance } from './domain/seat-allowance.ts';
import { seatStatuses } from './domain/seat-map.ts';
import type { SeatingPlan } from './domain/seating-plan.ts';
import type { Viewer } from './domain/viewer.ts';
import type { HoldStore } from './repositories/hold-store.ts';
import type { ListingRepository } from './repositories/listing-repository.ts';
import type { OrderRepository } from './repositories/order-repository.ts';
import type { PaymentIntentRepository } from './repositories/payment-intent-repository.ts';
import type { SeatFeed } from './repositories/seat-feed.ts';
import type { SeatMapStore } from './repositories/seat-map-store.ts';
import type { SeatingPlanRepository } from './repositories/seating-plan-repository.ts';
import type { TicketCodes } from './tickets/ticket-codes.ts';
import type { CheckIn } from './usecases/check-in.ts';
import type { ConfigureSeating } from './usecases/configure-seating.ts';
import type { createConfirmPayment } from './usecases/confirm-payment.ts';
import type { createCreatePaymentIntent } from './usecases/create-payment-intent.ts';
import type { HoldBestAvailable } from './usecases/hold-best-available.ts';
import type { HoldSeats } from './usecases/hold-seats.ts';
import type { Purchase } from './usecases/purchase.ts';
import type { ReadListings } from './usecases/read-listings.ts';
import type { createRefreshHold } from './usecases/refresh-hold.ts';
import type { RefundOrder } from './usecases/refund-order.ts';
import type { createReleaseHold } from './usecases/release-hold.ts';
import type { ReportDifferences } from './usecases/report-differences.ts';
import type { ReportSales } from './usecases/report-sales.ts';

export type ContextDeps = {
  readonly clock: Clock;
  readonly plans: SeatingPlanRepository;
  readonly map: SeatMapStore;
  readonly holds: HoldStore;
  readonly orders: OrderRepository;
  readonly intents: PaymentIntentRepository;
  readonly listings: ListingRepository;
  readonly feed: SeatFeed;
  readonly readListings: ReadListings;
  readonly holdSeats: HoldSeats;
  readonly holdBestAvailable: HoldBestAvailable;
  readonly configureSeating: ConfigureSeating;
  readonly refreshHold: ReturnType<typeof createRefreshHold>;
  readonly releaseHold: ReturnType<typeof createReleaseHold>;
  readonly createPaymentIntent: ReturnType<typeof createCreatePaymentIntent>;
  readonly confirmPayment: ReturnType<typeof createConfirmPayment>;
  readonly purchase: Purchase;
  readonly refundOrder: RefundOrder;
  readonly checkIn: CheckIn;
  readonly reportSales: ReportSales;
  readonly reportDifferences: ReportDifferences;
  readonly ticketCodes: TicketCodes;
};

/** An event in one answer has one reading, however many fields ask for it. */
const EVENTS_PER_BATCH = 100;

function createLoaders(deps: ContextDeps) {
  return {
    listing: new DataLoader<string, Listing | null>(
      async (eventIds) => {
        const found = await deps.readListings(eventIds);
        return eventIds.map((eventId) => found.get(eventId) ?? null);
      },
      { maxBatchSize: EVENTS_PER_BATCH },
    ),
    seatMap: new DataLoader<string, SeatMapView>(
      async (eventIds) => {
        const readings = await deps.map.readEvents(eventIds);
        // After the versions, as the feed does: a newer plan than its version is made good by the reset that follows.
        const plans = await deps.plans.ofEvents(eventIds);
        return eventIds.map((eventId) => {
          const reading = readings.get(eventId);
          const plan = plans.get(eventId);
          if (!reading || !plan) return new Error(`The seats of ${eventId} could not be read.`);
          return { version: reading.version, plan, statuses: seatStatuses(plan, reading.claims, reading.held) };
        });
      },
      { maxBatchSize: EVENTS_PER_BATCH },
    ),
    seatingPlan: new DataLoader<string, SeatingPlan>(
      async (eventIds) => {
        const plans = await deps.plans.ofEvents(eventIds);
        return eventIds.map((eventId) => plans.get(eventId) ?? new Error(`The plan of ${eventId} could not be read.`));
      },
      { maxBatchSize: EVENTS_PER_BATCH },
    ),
    openIntentOfHold: new DataLoader<string, PaymentIntent | null>(async (holdIds) => {
      const found = await deps.intents.openOfHolds(holdIds);
      return holdIds.map((holdId) => found.get(holdId) ?? null);
    }),
    ticketsOfOrder: new DataLoader<string, readonly Ticket[]>(async (orderIds) => {
      const tickets = await deps.orders.ticketsOfOrders(orderIds);
      return orderIds.map((orderId) => tickets.filter((ticket) => ticket.orderId === orderId));
    }),
    order: new DataLoader(async (orderIds: readonly string[]) => {
      const found = new Map((await deps.orders.findMany(orderIds)).map((order) => [order.id, order]));
      return orderIds.map((orderId) => found.get(orderId) ?? null);
    }),
  };
}

export type Context = ContextDeps & {
  readonly viewer: Viewer | null;
  /** The Idempotency-Key header. */
  readonly idempotencyKey: string | undefined;
  readonly loaders: ReturnType<typeof createLoaders>;
  readonly seatAllowance: SeatAllowance;
};

export function createContextFactory(deps: ContextDeps): (request: SubgraphRequest) => Context {
  return (request) => ({
    ...deps,
    viewer: request.identity.viewer,
    idempotencyKey: request.idempotencyKey,
    loaders: createLoaders(deps),
    seatAllowance: createSeatAllowance(),
  });
}
