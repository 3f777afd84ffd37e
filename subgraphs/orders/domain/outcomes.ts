import type { EventKey } from './entity-keys.ts';
import type { Hold } from './hold.ts';
import type { Order, Ticket } from './order.ts';
import type { PaymentIntent, PaymentIntentStatus } from './payment-intent.ts';

/** Expected answers; `kind` is the type's name in the schema. `path` names the input field that a refusal is about. */
type Refusal<Kind extends string> = { readonly kind: Kind; readonly message: string; readonly path: readonly string[] };

export type SeatConflictReason = 'HELD' | 'RESERVED' | 'BLOCKED' | 'UNKNOWN_SEAT';
export type SeatConflict = { readonly seatId: string; readonly reason: SeatConflictReason };

export type SeatsUnavailable = Refusal<'SeatsUnavailable'> & { readonly conflicts: readonly SeatConflict[] };
export type HoldLimitReached = Refusal<'HoldLimitReached'> & { readonly limit: number };
export type HoldExpired = Refusal<'HoldExpired'>;
export type SalesClosed = Refusal<'SalesClosed'>;
export type EventNotFound = Refusal<'EventNotFound'>;
export type OrderProcessing = Refusal<'OrderProcessing'> & { readonly pendingOrder: Order | null };
export type PaymentNotConfirmed = Refusal<'PaymentNotConfirmed'> & { readonly status: PaymentIntentStatus };
export type PaymentIntentNotFound = Refusal<'PaymentIntentNotFound'>;
export type PaymentDeclined = Refusal<'PaymentDeclined'> & { readonly reason: string };
export type IdempotencyKeyReused = Refusal<'IdempotencyKeyReused'>;

export type SeatsInUse = Refusal<'SeatsInUse'> & { readonly seatIds: readonly string[] };

export type HoldSeatsOutcome =
  | { readonly kind: 'HoldSeatsPayload'; readonly hold: Hold }
  | SeatsUnavailable
  | HoldLimitReached
  | SalesClosed
  | EventNotFound;
export type ConfigureSeatingOutcome = { readonly kind: 'ConfigureSeatingPayload'; readonly event: EventKey } | SeatsInUse | EventNotFound;
export type RefundRefusal = 'NOT_CONFIRMED' | 'ALREADY_REFUNDED' | 'CHECKED_IN' | 'EVENT_STARTED' | 'PROVIDER_REFUSED';
export type OrderNotRefundable = Refusal<'OrderNotRefundable'> & { readonly reason: RefundRefusal };
export type RefundOrderOutcome = { readonly kind: 'RefundOrderPayload'; readonly order: Order } | OrderNotRefundable | IdempotencyKeyReused;
export type TicketRefusal = 'UNKNOWN' | 'WRONG_EVENT' | 'ALREADY_CHECKED_IN' | 'REFUNDED';
export type TicketNotValid = Refusal<'TicketNotValid'> & { readonly reason: TicketRefusal; readonly checkedInAt: Date | null };
export type CheckInOutcome = { readonly kind: 'CheckInPayload'; readonly ticket: Ticket; readonly replayed: boolean } | TicketNotValid;
export type RefreshHoldOutcome = { readonly kind: 'RefreshHoldPayload'; readonly hold: Hold } | HoldExpired;
export type CreatePaymentIntentOutcome =
  | { readonly kind: 'CreatePaymentIntentPayload'; readonly paymentIntent: PaymentIntent }
  | HoldExpired
  | SalesClosed;
export type ConfirmPaymentOutcome =
  | { readonly kind: 'ConfirmPaymentPayload'; readonly paymentIntent: PaymentIntent }
  | PaymentDeclined
  | PaymentIntentNotFound
  | HoldExpired
  | SalesClosed;
export type PurchaseOutcome =
  | { readonly kind: 'PurchasePayload'; readonly order: Order; readonly replayed: boolean }
  | OrderProcessing
  | SeatsUnavailable
  | HoldExpired
  | PaymentNotConfirmed
  | PaymentDeclined
  | SalesClosed
  | IdempotencyKeyReused;

export const seatsUnavailable = (path: readonly string[], conflicts: readonly SeatConflict[]): SeatsUnavailable => ({
  kind: 'SeatsUnavailable',
  message: 'Some of these seats cannot be had any more. Choose others.',
  path,
  conflicts,
});
export const nothingFits = (): SeatsUnavailable => ({
  kind: 'SeatsUnavailable',
  message: 'There are not enough seats left that fit. Ask for fewer, or for another section or price.',
  path: ['input', 'quantity'],
  conflicts: [],
});
/** Of a plan that is in the way of a whole stadium, enough to see which. */
const SEATS_NAMED_MAX = 100;

export const seatsInUse = (seatIds: readonly string[]): SeatsInUse => ({
  kind: 'SeatsInUse',
  message: 'This plan would take away, block or reprice seats that somebody holds or has bought.',
  path: ['input', 'sections'],
  seatIds: seatIds.slice(0, SEATS_NAMED_MAX),
});
export const holdLimitReached = (limit: number): HoldLimitReached => ({
  kind: 'HoldLimitReached',
  message: `You can hold at most ${limit} seats of one event. Release some first.`,
  path: ['input', 'seatIds'],
  limit,
});
export const holdExpired = (): HoldExpired => ({
  kind: 'HoldExpired',
  message: 'This hold has ended. Choose seats again.',
  path: ['input', 'holdId'],
});
export const salesClosed = (path: readonly string[]): SalesClosed => ({ kind: 'SalesClosed', message: 'This event is not on sale.', path });
export const eventNotFound = (): EventNotFound => ({
  kind: 'EventNotFound',
  message: 'There is no such event.',
  path: ['input', 'eventId'],
});
export const orderProcessing = (pendingOrder: Order | null): OrderProcessing => ({
  kind: 'OrderProcessing',
  message: "The payment's outcome is not known yet. Ask again in a moment, with the same idempotency key.",
  path: [],
  pendingOrder,
});
export const paymentNotConfirmed = (status: PaymentIntentStatus): PaymentNotConfirmed => ({
  kind: 'PaymentNotConfirmed',
  message: 'Confirm the payment first.',
  path: ['input', 'paymentIntentId'],
  status,
});
export const paymentIntentNotFound = (): PaymentIntentNotFound => ({
  kind: 'PaymentIntentNotFound',
  message: 'There is no such payment intent, or the client secret is not its own.',
  path: ['input', 'paymentIntentId'],
});
export const paymentDeclined = (reason: string): PaymentDeclined => ({
  kind: 'PaymentDeclined',
  message: 'The payment was declined. Try another payment method.',
  path: ['input', 'paymentMethod'],
  reason,
});
export const idempotencyKeyReused = (): IdempotencyKeyReused => ({
  kind: 'IdempotencyKeyReused',
  message: 'This idempotency key was used for another request. Mint a new one for each attempt.',
  path: ['input', 'idempotencyKey'],
});

const REFUND_REFUSALS = {
  NOT_CONFIRMED: 'This order was never paid for.',
  ALREADY_REFUNDED: 'The money for these tickets is back already, or on its way.',
  CHECKED_IN: 'A ticket that was let in cannot be given back.',
  EVENT_STARTED: 'The event has begun. Ask its organizer.',
  PROVIDER_REFUSED: 'The payment provider has refused. Nothing has changed; ask the organizer.',
} as const satisfies Record<RefundRefusal, string>;
export const orderNotRefundable = (reason: RefundRefusal): OrderNotRefundable => ({
  kind: 'OrderNotRefundable',
  message: REFUND_REFUSALS[reason],
  path: ['input', reason === 'CHECKED_IN' ? 'ticketIds' : 'orderId'],
  reason,
});

const TICKET_REFUSALS = {
  UNKNOWN: 'This is not a ticket of ours.',
  WRONG_EVENT: 'This ticket is for another event.',
  ALREADY_CHECKED_IN: 'This ticket was let in already.',
  REFUNDED: 'This ticket was given back.',
} as const satisfies Record<TicketRefusal, string>;
export const ticketNotValid = (reason: TicketRefusal, checkedInAt: Date | null = null): TicketNotValid => ({
  kind: 'TicketNotValid',
  message: TICKET_REFUSALS[reason],
  path: ['input', 'code'],
  reason,
  checkedInAt,
});
