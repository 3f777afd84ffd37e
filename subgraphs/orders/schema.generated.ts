import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { EventKey as EventKeyModel, UserKey as UserKeyModel } from './domain/entity-keys.ts';
import type { Money as MoneyModel } from '../../kit/values/money.ts';
import type { SeatView as SeatModel, SeatMapView as SeatMapModel } from './domain/seat.ts';
import type { PlanSection as PlanSectionModel } from './domain/seating-plan.ts';
import type { Hold as HoldModel } from './domain/hold.ts';
import type { PaymentIntent as PaymentIntentModel } from './domain/payment-intent.ts';
import type { Order as OrderModel, Ticket as TicketModel } from './domain/order.ts';
import type { SeatMapUpdate as SeatMapUpdateModel } from './domain/seat-map.ts';
import type { HoldSeatsOutcome, RefreshHoldOutcome, CreatePaymentIntentOutcome, ConfirmPaymentOutcome, PurchaseOutcome, ConfigureSeatingOutcome, RefundOrderOutcome, CheckInOutcome } from './domain/outcomes.ts';
import type { SalesReport as SalesReportModel } from './domain/sales.ts';
import type { Difference as DifferenceModel } from './domain/audit.ts';
import type { Context } from './context.ts';
export type Maybe<T> = T | null;
export type InputMaybe<T> = T | null | undefined;
export type Omit<T, K extends keyof T> = Pick<T, Exclude<keyof T, K>>;
export type RequireFields<T, K extends keyof T> = Omit<T, K> & { [P in K]-?: NonNullable<T[P]> };
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /** ISO 4217. */
  CurrencyCode: { input: string; output: string; }
  DateTime: { input: Date; output: Date; }
  /** A whole number of the currency's smallest unit, up to 2^53-1. */
  MinorUnits: { input: number; output: number; }
  /** A whole number up to 2^53-1 that only grows, per event. */
  SeatMapVersion: { input: number; output: number; }
  _FieldSet: { input: string; output: string; }
};

export type CheckInInput = {
  /** As scanned: Ticket.code. */
  readonly code: Scalars['String']['input'];
  readonly eventId: Scalars['ID']['input'];
  /** 1 to 255 characters, one per scan, so that a scan whose answer was lost can be sent again. */
  readonly nonce?: InputMaybe<Scalars['String']['input']>;
};

export type CheckInPayload = {
  /** True when the ticket was let in earlier and this is the answer for the same nonce. */
  readonly replayed: Scalars['Boolean']['output'];
  readonly ticket: Ticket;
};

export type CheckInResult = CheckInPayload | TicketNotValid;

export type ConfigureSeatingInput = {
  /** Of every price. Stays the same once orders were placed. */
  readonly currency: Scalars['CurrencyCode']['input'];
  readonly eventId: Scalars['ID']['input'];
  /** 1 to 200, with different names, and at most 20,000 seats in all. In the order in which they are to be chosen: the front first. */
  readonly sections: ReadonlyArray<SeatSectionInput>;
};

export type ConfigureSeatingPayload = {
  readonly event: Event;
};

export type ConfigureSeatingResult = ConfigureSeatingPayload | EventNotFound | SeatsInUse;

export type ConfirmPaymentInput = {
  readonly clientSecret: Scalars['String']['input'];
  readonly paymentIntentId: Scalars['ID']['input'];
  /** A provider's token for a card; the simulator knows pm_card_visa (default), pm_card_declined and others. */
  readonly paymentMethod?: InputMaybe<Scalars['String']['input']>;
};

export type ConfirmPaymentPayload = {
  readonly paymentIntent: PaymentIntent;
};

export type ConfirmPaymentResult = ConfirmPaymentPayload | HoldExpired | PaymentDeclined | PaymentIntentNotFound | SalesClosed;

export type CreatePaymentIntentInput = {
  readonly holdId: Scalars['ID']['input'];
};

export type CreatePaymentIntentPayload = {
  readonly paymentIntent: PaymentIntent;
};

export type CreatePaymentIntentResult = CreatePaymentIntentPayload | HoldExpired | SalesClosed;

export type DailySales = {
  /** YYYY-MM-DD */
  readonly day: Scalars['String']['output'];
  readonly gross: Money;
  readonly ticketsSold: Scalars['Int']['output'];
};

export type Event = {
  /** Null where seatMap is. */
  readonly availability: Maybe<SeatAvailability>;
  readonly id: Scalars['ID']['output'];
  /** The event's organizer and admins only, else null. Newest first. */
  readonly orders: Maybe<OrderConnection>;
  readonly priceRange: Maybe<PriceRange>;
  /** The event's organizer and admins only, else null. */
  readonly sales: Maybe<SalesReport>;
  /** Null for a draft that is not the viewer's. */
  readonly seatMap: Maybe<SeatMap>;
};


export type EventOrdersArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: Scalars['Int']['input'];
};

export type EventNotFound = UserError & {
  readonly message: Scalars['String']['output'];
  readonly path: ReadonlyArray<Scalars['String']['output']>;
};

/** Seats kept for one user until a stated time. Never the last word: the sale is decided when it commits. */
export type Hold = {
  /** Null while it cannot be read. */
  readonly event: Maybe<Event>;
  readonly expiresAt: Scalars['DateTime']['output'];
  /** Refreshing cannot go past this. */
  readonly expiresAtLatest: Scalars['DateTime']['output'];
  /** 0 once it has ended. */
  readonly expiresInSeconds: Scalars['Int']['output'];
  readonly id: Scalars['ID']['output'];
  /** Null until one was created. */
  readonly paymentIntent: Maybe<PaymentIntent>;
  /** With the prices of the moment when the hold was placed. */
  readonly seats: ReadonlyArray<Seat>;
  readonly status: HoldStatus;
  readonly total: Money;
};

/**
 * Seats of one row, side by side, leaving no single seat alone if that can be, nearest the front centre (rows count as they are listed: the first row of the first section is the
 * front); split over rows only if nothing adjacent is left. Accessible and companion seats are chosen only for whom they are meant.
 */
export type HoldBestAvailableInput = {
  /** So many of the quantity are accessible seats; the others are their companions', beside them. 0 to the quantity. */
  readonly accessible?: Scalars['Int']['input'];
  readonly eventId: Scalars['ID']['input'];
  /** Per seat, in the smallest unit of the event's currency. */
  readonly maxPrice?: InputMaybe<Scalars['MinorUnits']['input']>;
  /** 1 to 10. */
  readonly quantity: Scalars['Int']['input'];
  /** Only seats of this section. */
  readonly section?: InputMaybe<Scalars['String']['input']>;
};

export type HoldExpired = UserError & {
  readonly message: Scalars['String']['output'];
  readonly path: ReadonlyArray<Scalars['String']['output']>;
};

export type HoldLimitReached = UserError & {
  readonly limit: Scalars['Int']['output'];
  readonly message: Scalars['String']['output'];
  readonly path: ReadonlyArray<Scalars['String']['output']>;
};

export type HoldSeatsInput = {
  readonly eventId: Scalars['ID']['input'];
  /** A live hold of the viewer on this event that the new one replaces, seats in both included: together or not at all. Refused once its payment was confirmed. The new hold ends no later than the old one could have. */
  readonly replacesHoldId?: InputMaybe<Scalars['ID']['input']>;
  /** 1 to 10, distinct. */
  readonly seatIds: ReadonlyArray<Scalars['ID']['input']>;
};

export type HoldSeatsPayload = {
  readonly hold: Hold;
};

export type HoldSeatsResult = EventNotFound | HoldLimitReached | HoldSeatsPayload | SalesClosed | SeatsUnavailable;

export type HoldStatus =
  | 'ACTIVE'
  | 'CONSUMED'
  | 'EXPIRED'
  | 'RELEASED';

export type IdempotencyKeyReused = UserError & {
  readonly message: Scalars['String']['output'];
  readonly path: ReadonlyArray<Scalars['String']['output']>;
};

export type Money = {
  readonly amount: Scalars['MinorUnits']['output'];
  readonly currency: Scalars['CurrencyCode']['output'];
  /** How many of the digits are behind the decimal point: 2 for EUR, 0 for JPY, 3 for KWD. */
  readonly decimals: Scalars['Int']['output'];
};

export type Mutation = {
  /** Lets a ticket in once. The same nonce repeats its first answer. The event's organizer and admins; for others error NOT_FOUND. */
  readonly checkIn: CheckInResult;
  /** The event's organizer and admins. Refused while it would remove, block or reprice a seat that is held or sold. Takes the place of the whole plan; every open seat map starts anew with a SNAPSHOT. */
  readonly configureSeating: ConfigureSeatingResult;
  /** Only while the hold lives; then the hold stays alive long enough to purchase. With automatic capture the answer is SUCCEEDED, else REQUIRES_CAPTURE. */
  readonly confirmPayment: ConfirmPaymentResult;
  /** For the hold's total. One per hold: repeated, it gives the same intent, whatever its status, unless that was cancelled. A total of 0 is confirmed without a payment; one that the payment provider does not take, e.g. below its minimum, is error BAD_USER_INPUT. */
  readonly createPaymentIntent: CreatePaymentIntentResult;
  /** Picks the best seats together and holds them in one step. */
  readonly holdBestAvailable: HoldSeatsResult;
  /** All of the seats, or none. At most 10 seats held per user and event. */
  readonly holdSeats: HoldSeatsResult;
  /**
   * Turns a hold and its confirmed payment into an order. Safe to retry: a purchase that succeeded is answered again, never made again, with or without a key. A stored refusal
   * is answered again only for the same key; mint a new key for a new attempt.
   */
  readonly purchase: PurchaseResult;
  /** Moves the end of every seat of the hold at once. */
  readonly refreshHold: RefreshHoldResult;
  /** The buyer until the event starts; its organizer and admins at any time. Frees the seats once the refund has settled. */
  readonly refundOrder: RefundOrderResult;
  /** Safe to repeat. */
  readonly releaseHold: ReleaseHoldPayload;
};


export type MutationCheckInArgs = {
  input: CheckInInput;
};


export type MutationConfigureSeatingArgs = {
  input: ConfigureSeatingInput;
};


export type MutationConfirmPaymentArgs = {
  input: ConfirmPaymentInput;
};


export type MutationCreatePaymentIntentArgs = {
  input: CreatePaymentIntentInput;
};


export type MutationHoldBestAvailableArgs = {
  input: HoldBestAvailableInput;
};


export type MutationHoldSeatsArgs = {
  input: HoldSeatsInput;
};


export type MutationPurchaseArgs = {
  input: PurchaseInput;
};


export type MutationRefreshHoldArgs = {
  input: RefreshHoldInput;
};


export type MutationRefundOrderArgs = {
  input: RefundOrderInput;
};


export type MutationReleaseHoldArgs = {
  holdId: Scalars['ID']['input'];
};

export type Order = {
  /** Null while it cannot be read. */
  readonly buyer: Maybe<User>;
  /** Also of a cancelled or deleted event; null while it cannot be read. */
  readonly event: Maybe<Event>;
  readonly id: Scalars['ID']['output'];
  readonly placedAt: Scalars['DateTime']['output'];
  readonly refunded: Money;
  readonly status: OrderStatus;
  readonly tickets: ReadonlyArray<Ticket>;
  readonly total: Money;
};

export type OrderConnection = {
  readonly edges: ReadonlyArray<OrderEdge>;
  readonly pageInfo: PageInfo;
};

export type OrderEdge = {
  readonly cursor: Scalars['String']['output'];
  readonly node: Order;
};

export type OrderNotRefundable = UserError & {
  readonly message: Scalars['String']['output'];
  readonly path: ReadonlyArray<Scalars['String']['output']>;
  readonly reason: RefundRefusal;
};

/** The payment's outcome is not known yet; ask order(id) again, or retry with the same key. */
export type OrderProcessing = UserError & {
  readonly message: Scalars['String']['output'];
  readonly path: ReadonlyArray<Scalars['String']['output']>;
  /** Null until it exists. */
  readonly pendingOrder: Maybe<Order>;
};

export type OrderStatus =
  | 'CONFIRMED'
  | 'EXPIRED'
  | 'PARTIALLY_REFUNDED'
  | 'PAYMENT_FAILED'
  | 'PENDING_PAYMENT'
  | 'REFUNDED'
  | 'REFUND_PENDING';

export type PageInfo = {
  readonly endCursor: Maybe<Scalars['String']['output']>;
  readonly hasNextPage: Scalars['Boolean']['output'];
  readonly hasPreviousPage: Scalars['Boolean']['output'];
  readonly startCursor: Maybe<Scalars['String']['output']>;
};

/** What the payer must do before the payment can go on, e.g. a bank's confirmation page. */
export type PaymentAction = {
  readonly url: Scalars['String']['output'];
};

export type PaymentDeclined = UserError & {
  readonly message: Scalars['String']['output'];
  readonly path: ReadonlyArray<Scalars['String']['output']>;
  /** The provider's word, e.g. insufficient_funds. */
  readonly reason: Scalars['String']['output'];
};

export type PaymentIntent = {
  readonly amount: Money;
  /** For the payer's own client, to confirm with. */
  readonly clientSecret: Scalars['String']['output'];
  readonly id: Scalars['ID']['output'];
  /** Only with REQUIRES_ACTION. */
  readonly nextAction: Maybe<PaymentAction>;
  readonly status: PaymentIntentStatus;
};

/** Also the answer for a wrong clientSecret. */
export type PaymentIntentNotFound = UserError & {
  readonly message: Scalars['String']['output'];
  readonly path: ReadonlyArray<Scalars['String']['output']>;
};

export type PaymentIntentStatus =
  | 'CANCELLED'
  | 'PROCESSING'
  | 'REFUNDED'
  /** The money is on its way back: the seats could not be sold. */
  | 'REFUND_PENDING'
  | 'REQUIRES_ACTION'
  /** Authorised; taken with the purchase. */
  | 'REQUIRES_CAPTURE'
  | 'REQUIRES_CONFIRMATION'
  | 'SUCCEEDED';

export type PaymentNotConfirmed = UserError & {
  readonly message: Scalars['String']['output'];
  readonly path: ReadonlyArray<Scalars['String']['output']>;
  readonly status: PaymentIntentStatus;
};

export type PriceRange = {
  readonly max: Money;
  readonly min: Money;
};

export type PurchaseInput = {
  readonly eventId: Scalars['ID']['input'];
  readonly holdId: Scalars['ID']['input'];
  /** 1 to 255 characters, one per attempt. The Idempotency-Key header says the same; if both are there they must agree. */
  readonly idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  readonly paymentIntentId: Scalars['ID']['input'];
  /** If given, exactly the hold's seats. */
  readonly seatIds?: InputMaybe<ReadonlyArray<Scalars['ID']['input']>>;
};

export type PurchasePayload = {
  readonly order: Order;
  /** True when a retry got the answer of the first attempt. */
  readonly replayed: Scalars['Boolean']['output'];
};

export type PurchaseResult = HoldExpired | IdempotencyKeyReused | OrderProcessing | PaymentDeclined | PaymentNotConfirmed | PurchasePayload | SalesClosed | SeatsUnavailable;

export type Query = {
  /** The owner's, in any status for 15 minutes after its end; null otherwise. */
  readonly hold: Maybe<Hold>;
  /** For its buyer, the event's organizer and admins; null otherwise. */
  readonly order: Maybe<Order>;
  /** For admins: what in the inventory should never be. No difference is the normal answer; what is one is reported and never repaired by itself. */
  readonly reconciliation: ReconciliationReport;
};


export type QueryHoldArgs = {
  id: Scalars['ID']['input'];
};


export type QueryOrderArgs = {
  id: Scalars['ID']['input'];
};


export type QueryReconciliationArgs = {
  since?: InputMaybe<Scalars['DateTime']['input']>;
};

export type ReconciliationDifference = {
  readonly eventId: Maybe<Scalars['ID']['output']>;
  readonly kind: ReconciliationDifferenceKind;
  readonly message: Scalars['String']['output'];
  readonly orderId: Maybe<Scalars['ID']['output']>;
  readonly paymentIntentId: Maybe<Scalars['ID']['output']>;
};

export type ReconciliationDifferenceKind =
  | 'CLAIM_DIFFERS_FROM_TICKETS'
  /** A seat is kept from everyone for an order that is not there, or let go of it. */
  | 'CLAIM_WITHOUT_ORDER'
  /** Committed over 60 s ago, and not on the bus or not on the seat map. */
  | 'EVENT_NOT_TOLD'
  | 'ORDER_DIFFERS_FROM_TICKETS'
  /** Pending for over 60 s. */
  | 'ORDER_STUCK'
  | 'PAYMENT_DIFFERS_AT_PROVIDER'
  | 'PAYMENT_DIFFERS_FROM_ORDER'
  /** Taken or promised for over 60 s after its hold's last possible end, and for no order. */
  | 'PAYMENT_STUCK'
  /** Not settled for over 60 s; tried again with growing pauses. */
  | 'REFUND_STUCK'
  | 'SEAT_NOT_IN_PLAN';

export type ReconciliationReport = {
  readonly checkedAt: Scalars['DateTime']['output'];
  /** Seats sold or being sold that were looked at. */
  readonly claims: Scalars['Int']['output'];
  /** False when the time for a request, or room for 500 differences, ran out before everything was looked at, or the provider did not answer. */
  readonly complete: Scalars['Boolean']['output'];
  readonly differences: ReadonlyArray<ReconciliationDifference>;
  /** How many were looked at. */
  readonly orders: Scalars['Int']['output'];
  /** Payments that the provider was asked about: the last 200 at most. */
  readonly paymentsAtProvider: Scalars['Int']['output'];
};

export type RefreshHoldInput = {
  /** From now. Default: the hold's usual life. */
  readonly extendSeconds?: InputMaybe<Scalars['Int']['input']>;
  readonly holdId: Scalars['ID']['input'];
};

export type RefreshHoldPayload = {
  readonly hold: Hold;
};

export type RefreshHoldResult = HoldExpired | RefreshHoldPayload;

export type RefundOrderInput = {
  /** 1 to 255 characters, one per attempt: repeated with the same input it is the same refund. The Idempotency-Key header says the same; if both are there they must agree. */
  readonly idempotencyKey?: InputMaybe<Scalars['String']['input']>;
  readonly orderId: Scalars['ID']['input'];
  /** Default: all that are still valid. 1 to 10, distinct. */
  readonly ticketIds?: InputMaybe<ReadonlyArray<Scalars['ID']['input']>>;
};

export type RefundOrderPayload = {
  /** REFUND_PENDING while the provider has not answered yet. */
  readonly order: Order;
};

export type RefundOrderResult = IdempotencyKeyReused | OrderNotRefundable | RefundOrderPayload;

export type RefundRefusal =
  /** The money is back, or on its way. */
  | 'ALREADY_REFUNDED'
  | 'CHECKED_IN'
  | 'EVENT_STARTED'
  | 'NOT_CONFIRMED'
  /** By the payment provider, for good. Nothing has changed. */
  | 'PROVIDER_REFUSED';

export type ReleaseHoldPayload = {
  readonly released: Scalars['Boolean']['output'];
};

export type SalesClosed = UserError & {
  readonly message: Scalars['String']['output'];
  readonly path: ReadonlyArray<Scalars['String']['output']>;
};

export type SalesReport = {
  /** One entry a day with sales, in the event's time zone, the first day first. */
  readonly byDay: ReadonlyArray<DailySales>;
  /** Orders that were ever confirmed, those refunded since included. */
  readonly confirmedOrders: Scalars['Int']['output'];
  /** Of all tickets ever sold. */
  readonly gross: Money;
  /** What of it went back. */
  readonly refunded: Money;
  readonly ticketsCheckedIn: Scalars['Int']['output'];
  /** Tickets ever sold, those refunded since included. */
  readonly ticketsSold: Scalars['Int']['output'];
};

/** A seat of one event. Its name is seatId, not id: it is unique within the event only, so caches must not key it by itself. */
export type Seat = {
  readonly features: ReadonlyArray<SeatFeature>;
  readonly number: Scalars['Int']['output'];
  readonly price: Money;
  readonly row: Scalars['String']['output'];
  /** Section, row and number, e.g. Stalls-C-7; in a plan with one unnamed section C-7. */
  readonly seatId: Scalars['ID']['output'];
  readonly section: Scalars['String']['output'];
  readonly status: SeatStatus;
};

export type SeatAvailability = {
  readonly available: Scalars['Int']['output'];
  readonly blocked: Scalars['Int']['output'];
  readonly held: Scalars['Int']['output'];
  readonly reserved: Scalars['Int']['output'];
  readonly soldOut: Scalars['Boolean']['output'];
  readonly total: Scalars['Int']['output'];
};

export type SeatConflict = {
  readonly reason: SeatConflictReason;
  readonly seatId: Scalars['ID']['output'];
};

export type SeatConflictReason =
  | 'BLOCKED'
  | 'HELD'
  | 'RESERVED'
  | 'UNKNOWN_SEAT';

export type SeatFeature =
  | 'ACCESSIBLE'
  | 'AISLE'
  | 'COMPANION'
  | 'RESTRICTED_VIEW';

/** A reading of all seats at one version. An event without a seating plan has the default one: 5 rows of 10. */
export type SeatMap = {
  /** With more than 20,000 seats in all maps that one request asks for: BAD_USER_INPUT for those beyond. */
  readonly seats: ReadonlyArray<Seat>;
  readonly sections: ReadonlyArray<SeatSection>;
  readonly serverTime: Scalars['DateTime']['output'];
  readonly version: Scalars['SeatMapVersion']['output'];
};

export type SeatMapUpdate = {
  /** Null while it cannot be read. */
  readonly event: Maybe<Event>;
  readonly kind: SeatMapUpdateKind;
  /** The version that a DELTA applies to; null for a SNAPSHOT. */
  readonly previousVersion: Maybe<Scalars['SeatMapVersion']['output']>;
  readonly seats: ReadonlyArray<SeatState>;
  readonly version: Scalars['SeatMapVersion']['output'];
};

export type SeatMapUpdateKind =
  | 'DELTA'
  | 'SNAPSHOT';

export type SeatRow = {
  /** The number of its first seat. */
  readonly firstNumber: Scalars['Int']['output'];
  readonly label: Scalars['String']['output'];
  readonly seatCount: Scalars['Int']['output'];
};

export type SeatRowInput = {
  /** The number of its first seat, 0 to 10,000. */
  readonly firstNumber?: Scalars['Int']['input'];
  /** Letters, digits, dot and underscore, at most 10. */
  readonly label: Scalars['String']['input'];
  /** 1 to 500. */
  readonly seatCount: Scalars['Int']['input'];
};

export type SeatSection = {
  readonly name: Scalars['String']['output'];
  readonly price: Money;
  readonly rows: ReadonlyArray<SeatRow>;
};

/** The lists of seats name seats of this section's rows, by their ids as in Seat.seatId. */
export type SeatSectionInput = {
  /** For wheelchairs. */
  readonly accessibleSeats?: ReadonlyArray<Scalars['ID']['input']>;
  readonly aisleSeats?: ReadonlyArray<Scalars['ID']['input']>;
  /** Not for sale. */
  readonly blockedSeats?: ReadonlyArray<Scalars['ID']['input']>;
  /** For whoever comes with someone in an accessible seat beside it. */
  readonly companionSeats?: ReadonlyArray<Scalars['ID']['input']>;
  /** Empty only if it is the one section. Letters, digits, space, dot and underscore, at most 40. */
  readonly name: Scalars['String']['input'];
  /** Per seat, 0 to 100,000,000. */
  readonly price: Scalars['MinorUnits']['input'];
  readonly restrictedViewSeats?: ReadonlyArray<Scalars['ID']['input']>;
  /** From the front. Parts of one row on both sides of an aisle are two rows with the same label and different numbers. */
  readonly rows: ReadonlyArray<SeatRowInput>;
};

export type SeatState = {
  readonly seatId: Scalars['ID']['output'];
  readonly status: SeatStatus;
};

export type SeatStatus =
  | 'AVAILABLE'
  /** Not for sale. */
  | 'BLOCKED'
  /** In someone's basket, or being paid for. */
  | 'HELD'
  /** Sold. */
  | 'RESERVED';

/** The plan would remove, block or reprice seats that are held or sold. */
export type SeatsInUse = UserError & {
  readonly message: Scalars['String']['output'];
  readonly path: ReadonlyArray<Scalars['String']['output']>;
  /** At most 100 of them. */
  readonly seatIds: ReadonlyArray<Scalars['ID']['output']>;
};

export type SeatsUnavailable = UserError & {
  readonly conflicts: ReadonlyArray<SeatConflict>;
  readonly message: Scalars['String']['output'];
  readonly path: ReadonlyArray<Scalars['String']['output']>;
};

export type Subscription = {
  /**
   * The seat map of a published event, live: a SNAPSHOT first, or with a sinceVersion still in the log the DELTAs after it; then DELTAs in order, none missing; a SNAPSHOT again
   * whenever that cannot be promised. Apply a DELTA if previousVersion <= your version < version (states are absolute); ignore it if version <= yours; otherwise subscribe anew.
   * Ends after the last change of a cancelled event. An event that is unknown or a draft: error NOT_FOUND.
   */
  readonly seatMapChanged: SeatMapUpdate;
};


export type SubscriptionSeatMapChangedArgs = {
  eventId: Scalars['ID']['input'];
  sinceVersion?: InputMaybe<Scalars['SeatMapVersion']['input']>;
};

export type Ticket = {
  /** Null until it was let in. */
  readonly checkedInAt: Maybe<Scalars['DateTime']['output']>;
  /** What the QR code holds: a signed, compact token (JWS, EdDSA). It can be checked offline with the keys at /tickets/jwks.json; whether it still lets in only checkIn tells. */
  readonly code: Scalars['String']['output'];
  readonly id: Scalars['ID']['output'];
  readonly price: Money;
  /** As it was sold. */
  readonly seat: Seat;
  readonly status: TicketStatus;
};

export type TicketNotValid = UserError & {
  /** When it was let in, with ALREADY_CHECKED_IN. */
  readonly checkedInAt: Maybe<Scalars['DateTime']['output']>;
  readonly message: Scalars['String']['output'];
  readonly path: ReadonlyArray<Scalars['String']['output']>;
  readonly reason: TicketRefusal;
};

export type TicketRefusal =
  | 'ALREADY_CHECKED_IN'
  /** Given back, or on its way back. */
  | 'REFUNDED'
  /** Not signed by us. */
  | 'UNKNOWN'
  | 'WRONG_EVENT';

export type TicketStatus =
  | 'CHECKED_IN'
  | 'REFUNDED'
  | 'REFUND_PENDING'
  | 'VALID';

export type User = {
  /** The user's live holds; the user only, else null. */
  readonly holds: Maybe<ReadonlyArray<Hold>>;
  readonly id: Scalars['ID']['output'];
  /** The user and admins only, else null. Newest first. */
  readonly orders: Maybe<OrderConnection>;
};


export type UserOrdersArgs = {
  after?: InputMaybe<Scalars['String']['input']>;
  first?: Scalars['Int']['input'];
};

export type UserError = {
  readonly message: Scalars['String']['output'];
  readonly path: ReadonlyArray<Scalars['String']['output']>;
};



export type ResolverTypeWrapper<T> = Promise<T> | T;

export type ReferenceResolver<TResult, TReference, TContext> = (
      reference: TReference,
      context: TContext,
      info: GraphQLResolveInfo
    ) => Promise<TResult> | TResult;

      type ScalarCheck<T, S> = S extends true ? T : NullableCheck<T, S>;
      type NullableCheck<T, S> = Maybe<T> extends T ? Maybe<ListCheck<NonNullable<T>, S>> : ListCheck<T, S>;
      type ListCheck<T, S> = T extends (infer U)[] ? NullableCheck<U, S>[] : GraphQLRecursivePick<T, S>;
      export type GraphQLRecursivePick<T, S> = { [K in keyof T & keyof S]: ScalarCheck<T[K], S[K]> };
    

export type ResolverWithResolve<TResult, TParent, TContext, TArgs> = {
  resolve: ResolverFn<TResult, TParent, TContext, TArgs>;
};
export type Resolver<TResult, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = ResolverFn<TResult, TParent, TContext, TArgs> | ResolverWithResolve<TResult, TParent, TContext, TArgs>;

export type ResolverFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => Promise<TResult> | TResult;

export type SubscriptionSubscribeFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => AsyncIterable<TResult> | Promise<AsyncIterable<TResult>>;

export type SubscriptionResolveFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

export interface SubscriptionSubscriberObject<TResult, TKey extends string, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<{ [key in TKey]: TResult }, TParent, TContext, TArgs>;
  resolve?: SubscriptionResolveFn<TResult, { [key in TKey]: TResult }, TContext, TArgs>;
}

export interface SubscriptionResolverObject<TResult, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<any, TParent, TContext, TArgs>;
  resolve: SubscriptionResolveFn<TResult, any, TContext, TArgs>;
}

export type SubscriptionObject<TResult, TKey extends string, TParent, TContext, TArgs> =
  | SubscriptionSubscriberObject<TResult, TKey, TParent, TContext, TArgs>
  | SubscriptionResolverObject<TResult, TParent, TContext, TArgs>;

export type SubscriptionResolver<TResult, TKey extends string, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> =
  | ((...args: any[]) => SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>)
  | SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>;

export type TypeResolveFn<TTypes, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (
  parent: TParent,
  context: TContext,
  info: GraphQLResolveInfo
) => Maybe<TTypes> | Promise<Maybe<TTypes>>;

export type IsTypeOfResolverFn<T = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (obj: T, context: TContext, info: GraphQLResolveInfo) => boolean | Promise<boolean>;

export type NextResolverFn<T> = () => Promise<T>;

export type DirectiveResolverFn<TResult = Record<PropertyKey, never>, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = (
  next: NextResolverFn<TResult>,
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

/** Mapping of federation types */
export type FederationTypes = {
  Event: Event;
  Order: Order;
  User: User;
};

/** Mapping of federation reference types */
export type FederationReferenceTypes = {
  Event:
    ( { __typename: 'Event' }
    & GraphQLRecursivePick<FederationTypes['Event'], {"id":true}> );
  Order:
    ( { __typename: 'Order' }
    & GraphQLRecursivePick<FederationTypes['Order'], {"id":true}> );
  User:
    ( { __typename: 'User' }
    & GraphQLRecursivePick<FederationTypes['User'], {"id":true}> );
};


/** Mapping of interface types */
export type ResolversInterfaceTypes<_RefType extends Record<string, unknown>> = {
  UserError:
    | ( EventNotFound )
    | ( HoldExpired )
    | ( HoldLimitReached )
    | ( IdempotencyKeyReused )
    | ( OrderNotRefundable )
    | ( Omit<OrderProcessing, 'pendingOrder'> & { pendingOrder?: Maybe<_RefType['Order']> } )
    | ( PaymentDeclined )
    | ( PaymentIntentNotFound )
    | ( PaymentNotConfirmed )
    | ( SalesClosed )
    | ( SeatsInUse )
    | ( SeatsUnavailable )
    | ( TicketNotValid )
  ;
};

/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  CheckInInput: CheckInInput;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  CheckInPayload: ResolverTypeWrapper<Omit<CheckInPayload, 'ticket'> & { ticket: ResolversTypes['Ticket'] }>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  CheckInResult: ResolverTypeWrapper<CheckInOutcome>;
  ConfigureSeatingInput: ConfigureSeatingInput;
  ConfigureSeatingPayload: ResolverTypeWrapper<Omit<ConfigureSeatingPayload, 'event'> & { event: ResolversTypes['Event'] }>;
  ConfigureSeatingResult: ResolverTypeWrapper<ConfigureSeatingOutcome>;
  ConfirmPaymentInput: ConfirmPaymentInput;
  ConfirmPaymentPayload: ResolverTypeWrapper<Omit<ConfirmPaymentPayload, 'paymentIntent'> & { paymentIntent: ResolversTypes['PaymentIntent'] }>;
  ConfirmPaymentResult: ResolverTypeWrapper<ConfirmPaymentOutcome>;
  CreatePaymentIntentInput: CreatePaymentIntentInput;
  CreatePaymentIntentPayload: ResolverTypeWrapper<Omit<CreatePaymentIntentPayload, 'paymentIntent'> & { paymentIntent: ResolversTypes['PaymentIntent'] }>;
  CreatePaymentIntentResult: ResolverTypeWrapper<CreatePaymentIntentOutcome>;
  CurrencyCode: ResolverTypeWrapper<Scalars['CurrencyCode']['output']>;
  DailySales: ResolverTypeWrapper<Omit<DailySales, 'gross'> & { gross: ResolversTypes['Money'] }>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  Event: ResolverTypeWrapper<EventKeyModel>;
  EventNotFound: ResolverTypeWrapper<EventNotFound>;
  Hold: ResolverTypeWrapper<HoldModel>;
  HoldBestAvailableInput: HoldBestAvailableInput;
  HoldExpired: ResolverTypeWrapper<HoldExpired>;
  HoldLimitReached: ResolverTypeWrapper<HoldLimitReached>;
  HoldSeatsInput: HoldSeatsInput;
  HoldSeatsPayload: ResolverTypeWrapper<Omit<HoldSeatsPayload, 'hold'> & { hold: ResolversTypes['Hold'] }>;
  HoldSeatsResult: ResolverTypeWrapper<HoldSeatsOutcome>;
  HoldStatus: HoldStatus;
  IdempotencyKeyReused: ResolverTypeWrapper<IdempotencyKeyReused>;
  MinorUnits: ResolverTypeWrapper<Scalars['MinorUnits']['output']>;
  Money: ResolverTypeWrapper<MoneyModel>;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Order: ResolverTypeWrapper<OrderModel>;
  OrderConnection: ResolverTypeWrapper<Omit<OrderConnection, 'edges'> & { edges: ReadonlyArray<ResolversTypes['OrderEdge']> }>;
  OrderEdge: ResolverTypeWrapper<Omit<OrderEdge, 'node'> & { node: ResolversTypes['Order'] }>;
  OrderNotRefundable: ResolverTypeWrapper<OrderNotRefundable>;
  OrderProcessing: ResolverTypeWrapper<Omit<OrderProcessing, 'pendingOrder'> & { pendingOrder?: Maybe<ResolversTypes['Order']> }>;
  OrderStatus: OrderStatus;
  PageInfo: ResolverTypeWrapper<PageInfo>;
  PaymentAction: ResolverTypeWrapper<PaymentAction>;
  PaymentDeclined: ResolverTypeWrapper<PaymentDeclined>;
  PaymentIntent: ResolverTypeWrapper<PaymentIntentModel>;
  PaymentIntentNotFound: ResolverTypeWrapper<PaymentIntentNotFound>;
  PaymentIntentStatus: PaymentIntentStatus;
  PaymentNotConfirmed: ResolverTypeWrapper<PaymentNotConfirmed>;
  PriceRange: ResolverTypeWrapper<Omit<PriceRange, 'max' | 'min'> & { max: ResolversTypes['Money'], min: ResolversTypes['Money'] }>;
  PurchaseInput: PurchaseInput;
  PurchasePayload: ResolverTypeWrapper<Omit<PurchasePayload, 'order'> & { order: ResolversTypes['Order'] }>;
  PurchaseResult: ResolverTypeWrapper<PurchaseOutcome>;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  ReconciliationDifference: ResolverTypeWrapper<DifferenceModel>;
  ReconciliationDifferenceKind: ReconciliationDifferenceKind;
  ReconciliationReport: ResolverTypeWrapper<Omit<ReconciliationReport, 'differences'> & { differences: ReadonlyArray<ResolversTypes['ReconciliationDifference']> }>;
  RefreshHoldInput: RefreshHoldInput;
  RefreshHoldPayload: ResolverTypeWrapper<Omit<RefreshHoldPayload, 'hold'> & { hold: ResolversTypes['Hold'] }>;
  RefreshHoldResult: ResolverTypeWrapper<RefreshHoldOutcome>;
  RefundOrderInput: RefundOrderInput;
  RefundOrderPayload: ResolverTypeWrapper<Omit<RefundOrderPayload, 'order'> & { order: ResolversTypes['Order'] }>;
  RefundOrderResult: ResolverTypeWrapper<RefundOrderOutcome>;
  RefundRefusal: RefundRefusal;
  ReleaseHoldPayload: ResolverTypeWrapper<ReleaseHoldPayload>;
  SalesClosed: ResolverTypeWrapper<SalesClosed>;
  SalesReport: ResolverTypeWrapper<SalesReportModel>;
  Seat: ResolverTypeWrapper<SeatModel>;
  SeatAvailability: ResolverTypeWrapper<SeatAvailability>;
  SeatConflict: ResolverTypeWrapper<SeatConflict>;
  SeatConflictReason: SeatConflictReason;
  SeatFeature: SeatFeature;
  SeatMap: ResolverTypeWrapper<SeatMapModel>;
  SeatMapUpdate: ResolverTypeWrapper<SeatMapUpdateModel>;
  SeatMapUpdateKind: SeatMapUpdateKind;
  SeatMapVersion: ResolverTypeWrapper<Scalars['SeatMapVersion']['output']>;
  SeatRow: ResolverTypeWrapper<SeatRow>;
  SeatRowInput: SeatRowInput;
  SeatSection: ResolverTypeWrapper<PlanSectionModel>;
  SeatSectionInput: SeatSectionInput;
  SeatState: ResolverTypeWrapper<SeatState>;
  SeatStatus: SeatStatus;
  SeatsInUse: ResolverTypeWrapper<SeatsInUse>;
  SeatsUnavailable: ResolverTypeWrapper<SeatsUnavailable>;
  Subscription: ResolverTypeWrapper<Record<PropertyKey, never>>;
  Ticket: ResolverTypeWrapper<TicketModel>;
  TicketNotValid: ResolverTypeWrapper<TicketNotValid>;
  TicketRefusal: TicketRefusal;
  TicketStatus: TicketStatus;
  User: ResolverTypeWrapper<UserKeyModel>;
  UserError: ResolverTypeWrapper<ResolversInterfaceTypes<ResolversTypes>['UserError']>;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  CheckInInput: CheckInInput;
  String: Scalars['String']['output'];
  ID: Scalars['ID']['output'];
  CheckInPayload: Omit<CheckInPayload, 'ticket'> & { ticket: ResolversParentTypes['Ticket'] };
  Boolean: Scalars['Boolean']['output'];
  CheckInResult: CheckInOutcome;
  ConfigureSeatingInput: ConfigureSeatingInput;
  ConfigureSeatingPayload: Omit<ConfigureSeatingPayload, 'event'> & { event: ResolversParentTypes['Event'] };
  ConfigureSeatingResult: ConfigureSeatingOutcome;
  ConfirmPaymentInput: ConfirmPaymentInput;
  ConfirmPaymentPayload: Omit<ConfirmPaymentPayload, 'paymentIntent'> & { paymentIntent: ResolversParentTypes['PaymentIntent'] };
  ConfirmPaymentResult: ConfirmPaymentOutcome;
  CreatePaymentIntentInput: CreatePaymentIntentInput;
  CreatePaymentIntentPayload: Omit<CreatePaymentIntentPayload, 'paymentIntent'> & { paymentIntent: ResolversParentTypes['PaymentIntent'] };
  CreatePaymentIntentResult: CreatePaymentIntentOutcome;
  CurrencyCode: Scalars['CurrencyCode']['output'];
  DailySales: Omit<DailySales, 'gross'> & { gross: ResolversParentTypes['Money'] };
  Int: Scalars['Int']['output'];
  DateTime: Scalars['DateTime']['output'];
  Event: EventKeyModel;
  EventNotFound: EventNotFound;
  Hold: HoldModel;
  HoldBestAvailableInput: HoldBestAvailableInput;
  HoldExpired: HoldExpired;
  HoldLimitReached: HoldLimitReached;
  HoldSeatsInput: HoldSeatsInput;
  HoldSeatsPayload: Omit<HoldSeatsPayload, 'hold'> & { hold: ResolversParentTypes['Hold'] };
  HoldSeatsResult: HoldSeatsOutcome;
  IdempotencyKeyReused: IdempotencyKeyReused;
  MinorUnits: Scalars['MinorUnits']['output'];
  Money: MoneyModel;
  Mutation: Record<PropertyKey, never>;
  Order: OrderModel;
  OrderConnection: Omit<OrderConnection, 'edges'> & { edges: ReadonlyArray<ResolversParentTypes['OrderEdge']> };
  OrderEdge: Omit<OrderEdge, 'node'> & { node: ResolversParentTypes['Order'] };
  OrderNotRefundable: OrderNotRefundable;
  OrderProcessing: Omit<OrderProcessing, 'pendingOrder'> & { pendingOrder?: Maybe<ResolversParentTypes['Order']> };
  PageInfo: PageInfo;
  PaymentAction: PaymentAction;
  PaymentDeclined: PaymentDeclined;
  PaymentIntent: PaymentIntentModel;
  PaymentIntentNotFound: PaymentIntentNotFound;
  PaymentNotConfirmed: PaymentNotConfirmed;
  PriceRange: Omit<PriceRange, 'max' | 'min'> & { max: ResolversParentTypes['Money'], min: ResolversParentTypes['Money'] };
  PurchaseInput: PurchaseInput;
  PurchasePayload: Omit<PurchasePayload, 'order'> & { order: ResolversParentTypes['Order'] };
  PurchaseResult: PurchaseOutcome;
  Query: Record<PropertyKey, never>;
  ReconciliationDifference: DifferenceModel;
  ReconciliationReport: Omit<ReconciliationReport, 'differences'> & { differences: ReadonlyArray<ResolversParentTypes['ReconciliationDifference']> };
  RefreshHoldInput: RefreshHoldInput;
  RefreshHoldPayload: Omit<RefreshHoldPayload, 'hold'> & { hold: ResolversParentTypes['Hold'] };
  RefreshHoldResult: RefreshHoldOutcome;
  RefundOrderInput: RefundOrderInput;
  RefundOrderPayload: Omit<RefundOrderPayload, 'order'> & { order: ResolversParentTypes['Order'] };
  RefundOrderResult: RefundOrderOutcome;
  ReleaseHoldPayload: ReleaseHoldPayload;
  SalesClosed: SalesClosed;
  SalesReport: SalesReportModel;
  Seat: SeatModel;
  SeatAvailability: SeatAvailability;
  SeatConflict: SeatConflict;
  SeatMap: SeatMapModel;
  SeatMapUpdate: SeatMapUpdateModel;
  SeatMapVersion: Scalars['SeatMapVersion']['output'];
  SeatRow: SeatRow;
  SeatRowInput: SeatRowInput;
  SeatSection: PlanSectionModel;
  SeatSectionInput: SeatSectionInput;
  SeatState: SeatState;
  SeatsInUse: SeatsInUse;
  SeatsUnavailable: SeatsUnavailable;
  Subscription: Record<PropertyKey, never>;
  Ticket: TicketModel;
  TicketNotValid: TicketNotValid;
  User: UserKeyModel;
  UserError: ResolversInterfaceTypes<ResolversParentTypes>['UserError'];
};

export type CheckInPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CheckInPayload'] = ResolversParentTypes['CheckInPayload']> = {
  replayed?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  ticket?: Resolver<ResolversTypes['Ticket'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type CheckInResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CheckInResult'] = ResolversParentTypes['CheckInResult']> = {
  __resolveType: TypeResolveFn<'CheckInPayload' | 'TicketNotValid', ParentType, ContextType>;
};

export type ConfigureSeatingPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ConfigureSeatingPayload'] = ResolversParentTypes['ConfigureSeatingPayload']> = {
  event?: Resolver<ResolversTypes['Event'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ConfigureSeatingResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ConfigureSeatingResult'] = ResolversParentTypes['ConfigureSeatingResult']> = {
  __resolveType: TypeResolveFn<'ConfigureSeatingPayload' | 'EventNotFound' | 'SeatsInUse', ParentType, ContextType>;
};

export type ConfirmPaymentPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ConfirmPaymentPayload'] = ResolversParentTypes['ConfirmPaymentPayload']> = {
  paymentIntent?: Resolver<ResolversTypes['PaymentIntent'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type ConfirmPaymentResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ConfirmPaymentResult'] = ResolversParentTypes['ConfirmPaymentResult']> = {
  __resolveType: TypeResolveFn<'ConfirmPaymentPayload' | 'HoldExpired' | 'PaymentDeclined' | 'PaymentIntentNotFound' | 'SalesClosed', ParentType, ContextType>;
};

export type CreatePaymentIntentPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CreatePaymentIntentPayload'] = ResolversParentTypes['CreatePaymentIntentPayload']> = {
  paymentIntent?: Resolver<ResolversTypes['PaymentIntent'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type CreatePaymentIntentResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['CreatePaymentIntentResult'] = ResolversParentTypes['CreatePaymentIntentResult']> = {
  __resolveType: TypeResolveFn<'CreatePaymentIntentPayload' | 'HoldExpired' | 'SalesClosed', ParentType, ContextType>;
};

export interface CurrencyCodeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['CurrencyCode'], any> {
  name: 'CurrencyCode';
}

export type DailySalesResolvers<ContextType = Context, ParentType extends ResolversParentTypes['DailySales'] = ResolversParentTypes['DailySales']> = {
  day?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  gross?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  ticketsSold?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export type EventResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Event'] = ResolversParentTypes['Event'], FederationReferenceType extends FederationReferenceTypes['Event'] = FederationReferenceTypes['Event']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Event']> | FederationReferenceType, FederationReferenceType, ContextType>;
  availability?: Resolver<Maybe<ResolversTypes['SeatAvailability']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  orders?: Resolver<Maybe<ResolversTypes['OrderConnection']>, ParentType, ContextType, RequireFields<EventOrdersArgs, 'first'>>;
  priceRange?: Resolver<Maybe<ResolversTypes['PriceRange']>, ParentType, ContextType>;
  sales?: Resolver<Maybe<ResolversTypes['SalesReport']>, ParentType, ContextType>;
  seatMap?: Resolver<Maybe<ResolversTypes['SeatMap']>, ParentType, ContextType>;
};

export type EventNotFoundResolvers<ContextType = Context, ParentType extends ResolversParentTypes['EventNotFound'] = ResolversParentTypes['EventNotFound']> = {
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  path?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type HoldResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Hold'] = ResolversParentTypes['Hold']> = {
  event?: Resolver<Maybe<ResolversTypes['Event']>, ParentType, ContextType>;
  expiresAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  expiresAtLatest?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  expiresInSeconds?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  paymentIntent?: Resolver<Maybe<ResolversTypes['PaymentIntent']>, ParentType, ContextType>;
  seats?: Resolver<ReadonlyArray<ResolversTypes['Seat']>, ParentType, ContextType>;
  status?: Resolver<ResolversTypes['HoldStatus'], ParentType, ContextType>;
  total?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
};

export type HoldExpiredResolvers<ContextType = Context, ParentType extends ResolversParentTypes['HoldExpired'] = ResolversParentTypes['HoldExpired']> = {
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  path?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type HoldLimitReachedResolvers<ContextType = Context, ParentType extends ResolversParentTypes['HoldLimitReached'] = ResolversParentTypes['HoldLimitReached']> = {
  limit?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  path?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type HoldSeatsPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['HoldSeatsPayload'] = ResolversParentTypes['HoldSeatsPayload']> = {
  hold?: Resolver<ResolversTypes['Hold'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type HoldSeatsResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['HoldSeatsResult'] = ResolversParentTypes['HoldSeatsResult']> = {
  __resolveType: TypeResolveFn<'EventNotFound' | 'HoldLimitReached' | 'HoldSeatsPayload' | 'SalesClosed' | 'SeatsUnavailable', ParentType, ContextType>;
};

export type IdempotencyKeyReusedResolvers<ContextType = Context, ParentType extends ResolversParentTypes['IdempotencyKeyReused'] = ResolversParentTypes['IdempotencyKeyReused']> = {
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  path?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export interface MinorUnitsScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['MinorUnits'], any> {
  name: 'MinorUnits';
}

export type MoneyResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Money'] = ResolversParentTypes['Money']> = {
  amount?: Resolver<ResolversTypes['MinorUnits'], ParentType, ContextType>;
  currency?: Resolver<ResolversTypes['CurrencyCode'], ParentType, ContextType>;
  decimals?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type MutationResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = {
  checkIn?: Resolver<ResolversTypes['CheckInResult'], ParentType, ContextType, RequireFields<MutationCheckInArgs, 'input'>>;
  configureSeating?: Resolver<ResolversTypes['ConfigureSeatingResult'], ParentType, ContextType, RequireFields<MutationConfigureSeatingArgs, 'input'>>;
  confirmPayment?: Resolver<ResolversTypes['ConfirmPaymentResult'], ParentType, ContextType, RequireFields<MutationConfirmPaymentArgs, 'input'>>;
  createPaymentIntent?: Resolver<ResolversTypes['CreatePaymentIntentResult'], ParentType, ContextType, RequireFields<MutationCreatePaymentIntentArgs, 'input'>>;
  holdBestAvailable?: Resolver<ResolversTypes['HoldSeatsResult'], ParentType, ContextType, RequireFields<MutationHoldBestAvailableArgs, 'input'>>;
  holdSeats?: Resolver<ResolversTypes['HoldSeatsResult'], ParentType, ContextType, RequireFields<MutationHoldSeatsArgs, 'input'>>;
  purchase?: Resolver<ResolversTypes['PurchaseResult'], ParentType, ContextType, RequireFields<MutationPurchaseArgs, 'input'>>;
  refreshHold?: Resolver<ResolversTypes['RefreshHoldResult'], ParentType, ContextType, RequireFields<MutationRefreshHoldArgs, 'input'>>;
  refundOrder?: Resolver<ResolversTypes['RefundOrderResult'], ParentType, ContextType, RequireFields<MutationRefundOrderArgs, 'input'>>;
  releaseHold?: Resolver<ResolversTypes['ReleaseHoldPayload'], ParentType, ContextType, RequireFields<MutationReleaseHoldArgs, 'holdId'>>;
};

export type OrderResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Order'] = ResolversParentTypes['Order'], FederationReferenceType extends FederationReferenceTypes['Order'] = FederationReferenceTypes['Order']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['Order']> | FederationReferenceType, FederationReferenceType, ContextType>;
  buyer?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  event?: Resolver<Maybe<ResolversTypes['Event']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  placedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  refunded?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  status?: Resolver<ResolversTypes['OrderStatus'], ParentType, ContextType>;
  tickets?: Resolver<ReadonlyArray<ResolversTypes['Ticket']>, ParentType, ContextType>;
  total?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
};

export type OrderConnectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['OrderConnection'] = ResolversParentTypes['OrderConnection']> = {
  edges?: Resolver<ReadonlyArray<ResolversTypes['OrderEdge']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type OrderEdgeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['OrderEdge'] = ResolversParentTypes['OrderEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Order'], ParentType, ContextType>;
};

export type OrderNotRefundableResolvers<ContextType = Context, ParentType extends ResolversParentTypes['OrderNotRefundable'] = ResolversParentTypes['OrderNotRefundable']> = {
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  path?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  reason?: Resolver<ResolversTypes['RefundRefusal'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type OrderProcessingResolvers<ContextType = Context, ParentType extends ResolversParentTypes['OrderProcessing'] = ResolversParentTypes['OrderProcessing']> = {
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  path?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  pendingOrder?: Resolver<Maybe<ResolversTypes['Order']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type PageInfoResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PageInfo'] = ResolversParentTypes['PageInfo']> = {
  endCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  hasNextPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  hasPreviousPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  startCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type PaymentActionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PaymentAction'] = ResolversParentTypes['PaymentAction']> = {
  url?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type PaymentDeclinedResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PaymentDeclined'] = ResolversParentTypes['PaymentDeclined']> = {
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  path?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  reason?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type PaymentIntentResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PaymentIntent'] = ResolversParentTypes['PaymentIntent']> = {
  amount?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  clientSecret?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  nextAction?: Resolver<Maybe<ResolversTypes['PaymentAction']>, ParentType, ContextType>;
  status?: Resolver<ResolversTypes['PaymentIntentStatus'], ParentType, ContextType>;
};

export type PaymentIntentNotFoundResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PaymentIntentNotFound'] = ResolversParentTypes['PaymentIntentNotFound']> = {
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  path?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type PaymentNotConfirmedResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PaymentNotConfirmed'] = ResolversParentTypes['PaymentNotConfirmed']> = {
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  path?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  status?: Resolver<ResolversTypes['PaymentIntentStatus'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type PriceRangeResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PriceRange'] = ResolversParentTypes['PriceRange']> = {
  max?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  min?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
};

export type PurchasePayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PurchasePayload'] = ResolversParentTypes['PurchasePayload']> = {
  order?: Resolver<ResolversTypes['Order'], ParentType, ContextType>;
  replayed?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type PurchaseResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['PurchaseResult'] = ResolversParentTypes['PurchaseResult']> = {
  __resolveType: TypeResolveFn<'HoldExpired' | 'IdempotencyKeyReused' | 'OrderProcessing' | 'PaymentDeclined' | 'PaymentNotConfirmed' | 'PurchasePayload' | 'SalesClosed' | 'SeatsUnavailable', ParentType, ContextType>;
};

export type QueryResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  hold?: Resolver<Maybe<ResolversTypes['Hold']>, ParentType, ContextType, RequireFields<QueryHoldArgs, 'id'>>;
  order?: Resolver<Maybe<ResolversTypes['Order']>, ParentType, ContextType, RequireFields<QueryOrderArgs, 'id'>>;
  reconciliation?: Resolver<ResolversTypes['ReconciliationReport'], ParentType, ContextType, Partial<QueryReconciliationArgs>>;
};

export type ReconciliationDifferenceResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ReconciliationDifference'] = ResolversParentTypes['ReconciliationDifference']> = {
  eventId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['ReconciliationDifferenceKind'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  orderId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  paymentIntentId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
};

export type ReconciliationReportResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ReconciliationReport'] = ResolversParentTypes['ReconciliationReport']> = {
  checkedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  claims?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  complete?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  differences?: Resolver<ReadonlyArray<ResolversTypes['ReconciliationDifference']>, ParentType, ContextType>;
  orders?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  paymentsAtProvider?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type RefreshHoldPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RefreshHoldPayload'] = ResolversParentTypes['RefreshHoldPayload']> = {
  hold?: Resolver<ResolversTypes['Hold'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type RefreshHoldResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RefreshHoldResult'] = ResolversParentTypes['RefreshHoldResult']> = {
  __resolveType: TypeResolveFn<'HoldExpired' | 'RefreshHoldPayload', ParentType, ContextType>;
};

export type RefundOrderPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RefundOrderPayload'] = ResolversParentTypes['RefundOrderPayload']> = {
  order?: Resolver<ResolversTypes['Order'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type RefundOrderResultResolvers<ContextType = Context, ParentType extends ResolversParentTypes['RefundOrderResult'] = ResolversParentTypes['RefundOrderResult']> = {
  __resolveType: TypeResolveFn<'IdempotencyKeyReused' | 'OrderNotRefundable' | 'RefundOrderPayload', ParentType, ContextType>;
};

export type ReleaseHoldPayloadResolvers<ContextType = Context, ParentType extends ResolversParentTypes['ReleaseHoldPayload'] = ResolversParentTypes['ReleaseHoldPayload']> = {
  released?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
};

export type SalesClosedResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SalesClosed'] = ResolversParentTypes['SalesClosed']> = {
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  path?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type SalesReportResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SalesReport'] = ResolversParentTypes['SalesReport']> = {
  byDay?: Resolver<ReadonlyArray<ResolversTypes['DailySales']>, ParentType, ContextType>;
  confirmedOrders?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  gross?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  refunded?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  ticketsCheckedIn?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  ticketsSold?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type SeatResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Seat'] = ResolversParentTypes['Seat']> = {
  features?: Resolver<ReadonlyArray<ResolversTypes['SeatFeature']>, ParentType, ContextType>;
  number?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  price?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  row?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  seatId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  section?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  status?: Resolver<ResolversTypes['SeatStatus'], ParentType, ContextType>;
};

export type SeatAvailabilityResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SeatAvailability'] = ResolversParentTypes['SeatAvailability']> = {
  available?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  blocked?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  held?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  reserved?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  soldOut?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  total?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type SeatConflictResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SeatConflict'] = ResolversParentTypes['SeatConflict']> = {
  reason?: Resolver<ResolversTypes['SeatConflictReason'], ParentType, ContextType>;
  seatId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
};

export type SeatMapResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SeatMap'] = ResolversParentTypes['SeatMap']> = {
  seats?: Resolver<ReadonlyArray<ResolversTypes['Seat']>, ParentType, ContextType>;
  sections?: Resolver<ReadonlyArray<ResolversTypes['SeatSection']>, ParentType, ContextType>;
  serverTime?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  version?: Resolver<ResolversTypes['SeatMapVersion'], ParentType, ContextType>;
};

export type SeatMapUpdateResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SeatMapUpdate'] = ResolversParentTypes['SeatMapUpdate']> = {
  event?: Resolver<Maybe<ResolversTypes['Event']>, ParentType, ContextType>;
  kind?: Resolver<ResolversTypes['SeatMapUpdateKind'], ParentType, ContextType>;
  previousVersion?: Resolver<Maybe<ResolversTypes['SeatMapVersion']>, ParentType, ContextType>;
  seats?: Resolver<ReadonlyArray<ResolversTypes['SeatState']>, ParentType, ContextType>;
  version?: Resolver<ResolversTypes['SeatMapVersion'], ParentType, ContextType>;
};

export interface SeatMapVersionScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['SeatMapVersion'], any> {
  name: 'SeatMapVersion';
}

export type SeatRowResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SeatRow'] = ResolversParentTypes['SeatRow']> = {
  firstNumber?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  label?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  seatCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type SeatSectionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SeatSection'] = ResolversParentTypes['SeatSection']> = {
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  price?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  rows?: Resolver<ReadonlyArray<ResolversTypes['SeatRow']>, ParentType, ContextType>;
};

export type SeatStateResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SeatState'] = ResolversParentTypes['SeatState']> = {
  seatId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  status?: Resolver<ResolversTypes['SeatStatus'], ParentType, ContextType>;
};

export type SeatsInUseResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SeatsInUse'] = ResolversParentTypes['SeatsInUse']> = {
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  path?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  seatIds?: Resolver<ReadonlyArray<ResolversTypes['ID']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type SeatsUnavailableResolvers<ContextType = Context, ParentType extends ResolversParentTypes['SeatsUnavailable'] = ResolversParentTypes['SeatsUnavailable']> = {
  conflicts?: Resolver<ReadonlyArray<ResolversTypes['SeatConflict']>, ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  path?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type SubscriptionResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Subscription'] = ResolversParentTypes['Subscription']> = {
  seatMapChanged?: SubscriptionResolver<ResolversTypes['SeatMapUpdate'], "seatMapChanged", ParentType, ContextType, RequireFields<SubscriptionSeatMapChangedArgs, 'eventId'>>;
};

export type TicketResolvers<ContextType = Context, ParentType extends ResolversParentTypes['Ticket'] = ResolversParentTypes['Ticket']> = {
  checkedInAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  code?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  price?: Resolver<ResolversTypes['Money'], ParentType, ContextType>;
  seat?: Resolver<ResolversTypes['Seat'], ParentType, ContextType>;
  status?: Resolver<ResolversTypes['TicketStatus'], ParentType, ContextType>;
};

export type TicketNotValidResolvers<ContextType = Context, ParentType extends ResolversParentTypes['TicketNotValid'] = ResolversParentTypes['TicketNotValid']> = {
  checkedInAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  path?: Resolver<ReadonlyArray<ResolversTypes['String']>, ParentType, ContextType>;
  reason?: Resolver<ResolversTypes['TicketRefusal'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type UserResolvers<ContextType = Context, ParentType extends ResolversParentTypes['User'] = ResolversParentTypes['User'], FederationReferenceType extends FederationReferenceTypes['User'] = FederationReferenceTypes['User']> = {
  __resolveReference?: ReferenceResolver<Maybe<ResolversTypes['User']> | FederationReferenceType, FederationReferenceType, ContextType>;
  holds?: Resolver<Maybe<ReadonlyArray<ResolversTypes['Hold']>>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  orders?: Resolver<Maybe<ResolversTypes['OrderConnection']>, ParentType, ContextType, RequireFields<UserOrdersArgs, 'first'>>;
};

export type UserErrorResolvers<ContextType = Context, ParentType extends ResolversParentTypes['UserError'] = ResolversParentTypes['UserError']> = {
  __resolveType: TypeResolveFn<'EventNotFound' | 'HoldExpired' | 'HoldLimitReached' | 'IdempotencyKeyReused' | 'OrderNotRefundable' | 'OrderProcessing' | 'PaymentDeclined' | 'PaymentIntentNotFound' | 'PaymentNotConfirmed' | 'SalesClosed' | 'SeatsInUse' | 'SeatsUnavailable' | 'TicketNotValid', ParentType, ContextType>;
};

export type Resolvers<ContextType = Context> = {
  CheckInPayload?: CheckInPayloadResolvers<ContextType>;
  CheckInResult?: CheckInResultResolvers<ContextType>;
  ConfigureSeatingPayload?: ConfigureSeatingPayloadResolvers<ContextType>;
  ConfigureSeatingResult?: ConfigureSeatingResultResolvers<ContextType>;
  ConfirmPaymentPayload?: ConfirmPaymentPayloadResolvers<ContextType>;
  ConfirmPaymentResult?: ConfirmPaymentResultResolvers<ContextType>;
  CreatePaymentIntentPayload?: CreatePaymentIntentPayloadResolvers<ContextType>;
  CreatePaymentIntentResult?: CreatePaymentIntentResultResolvers<ContextType>;
  CurrencyCode?: GraphQLScalarType;
  DailySales?: DailySalesResolvers<ContextType>;
  DateTime?: GraphQLScalarType;
  Event?: EventResolvers<ContextType>;
  EventNotFound?: EventNotFoundResolvers<ContextType>;
  Hold?: HoldResolvers<ContextType>;
  HoldExpired?: HoldExpiredResolvers<ContextType>;
  HoldLimitReached?: HoldLimitReachedResolvers<ContextType>;
  HoldSeatsPayload?: HoldSeatsPayloadResolvers<ContextType>;
  HoldSeatsResult?: HoldSeatsResultResolvers<ContextType>;
  IdempotencyKeyReused?: IdempotencyKeyReusedResolvers<ContextType>;
  MinorUnits?: GraphQLScalarType;
  Money?: MoneyResolvers<ContextType>;
  Mutation?: MutationResolvers<ContextType>;
  Order?: OrderResolvers<ContextType>;
  OrderConnection?: OrderConnectionResolvers<ContextType>;
  OrderEdge?: OrderEdgeResolvers<ContextType>;
  OrderNotRefundable?: OrderNotRefundableResolvers<ContextType>;
  OrderProcessing?: OrderProcessingResolvers<ContextType>;
  PageInfo?: PageInfoResolvers<ContextType>;
  PaymentAction?: PaymentActionResolvers<ContextType>;
  PaymentDeclined?: PaymentDeclinedResolvers<ContextType>;
  PaymentIntent?: PaymentIntentResolvers<ContextType>;
  PaymentIntentNotFound?: PaymentIntentNotFoundResolvers<ContextType>;
  PaymentNotConfirmed?: PaymentNotConfirmedResolvers<ContextType>;
  PriceRange?: PriceRangeResolvers<ContextType>;
  PurchasePayload?: PurchasePayloadResolvers<ContextType>;
  PurchaseResult?: PurchaseResultResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  ReconciliationDifference?: ReconciliationDifferenceResolvers<ContextType>;
  ReconciliationReport?: ReconciliationReportResolvers<ContextType>;
  RefreshHoldPayload?: RefreshHoldPayloadResolvers<ContextType>;
  RefreshHoldResult?: RefreshHoldResultResolvers<ContextType>;
  RefundOrderPayload?: RefundOrderPayloadResolvers<ContextType>;
  RefundOrderResult?: RefundOrderResultResolvers<ContextType>;
  ReleaseHoldPayload?: ReleaseHoldPayloadResolvers<ContextType>;
  SalesClosed?: SalesClosedResolvers<ContextType>;
  SalesReport?: SalesReportResolvers<ContextType>;
  Seat?: SeatResolvers<ContextType>;
  SeatAvailability?: SeatAvailabilityResolvers<ContextType>;
  SeatConflict?: SeatConflictResolvers<ContextType>;
  SeatMap?: SeatMapResolvers<ContextType>;
  SeatMapUpdate?: SeatMapUpdateResolvers<ContextType>;
  SeatMapVersion?: GraphQLScalarType;
  SeatRow?: SeatRowResolvers<ContextType>;
  SeatSection?: SeatSectionResolvers<ContextType>;
  SeatState?: SeatStateResolvers<ContextType>;
  SeatsInUse?: SeatsInUseResolvers<ContextType>;
  SeatsUnavailable?: SeatsUnavailableResolvers<ContextType>;
  Subscription?: SubscriptionResolvers<ContextType>;
  Ticket?: TicketResolvers<ContextType>;
  TicketNotValid?: TicketNotValidResolvers<ContextType>;
  User?: UserResolvers<ContextType>;
  UserError?: UserErrorResolvers<ContextType>;
};

