import { randomBytes } from 'node:crypto';
import type { Money } from '../../../kit/values/money.ts';
import { sumMoney } from '../../../kit/values/money.ts';
import type { SeatFeature } from './seating-plan.ts';

export type HoldStatus = 'ACTIVE' | 'CONSUMED' | 'RELEASED' | 'EXPIRED';

/** A seat with the price that it had when the hold was placed; that price stays for the hold's life. */
export type HeldSeat = {
  readonly seatId: string;
  readonly section: string;
  readonly row: string;
  readonly number: number;
  readonly price: Money;
  readonly features: readonly SeatFeature[];
};

export type Hold = {
  readonly id: string;
  readonly eventId: string;
  readonly userId: string;
  readonly seats: readonly HeldSeat[];
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly expiresAtLatest: Date;
  /** How it ended, if not by itself. */
  readonly ended: 'CONSUMED' | 'RELEASED' | null;
  readonly endedAt: Date | null;
};

export const SEATS_PER_HOLD_MAX = 10;
/** Seats in live holds of one user on one event. */
export const HELD_SEATS_PER_USER_MAX = 10;
/** However often it is refreshed, a hold ends this long after it was placed; who is paying by then gets the extra below. */
export const HOLD_LIFE_MAX_SECONDS = 15 * 60;
export const PAYING_EXTRA_SECONDS = 120;

/** Carries the event's id, so that a hold can be found in the event's own slot by its id alone. */
export function newHoldId(eventId: string): string {
  return `${eventId}-h${randomBytes(8).toString('hex')}`;
}

/** Null when it is not a hold id. */
export function eventIdOfHold(holdId: string): string | null {
  return /^(?<eventId>[A-Za-z0-9_]+)-h[0-9a-f]{16}$/.exec(holdId)?.groups?.['eventId'] ?? null;
}

/** EXPIRED is computed, never stored: nothing has to run for a hold to end. */
export function holdStatus(hold: Hold, now: Date): HoldStatus {
  return hold.ended ?? (hold.expiresAt > now ? 'ACTIVE' : 'EXPIRED');
}

/** When it ended; null while it lives. */
export function holdEndedAt(hold: Hold, now: Date): Date | null {
  if (hold.ended !== null) return hold.endedAt;
  return hold.expiresAt > now ? null : hold.expiresAt;
}

export function holdTotal(seats: readonly HeldSeat[]): Money {
  const currency = seats[0]?.price.currency;
  if (currency === undefined) throw new Error('A hold has at least one seat.');
  return sumMoney(
    seats.map((seat) => seat.price),
    currency,
  );
}
