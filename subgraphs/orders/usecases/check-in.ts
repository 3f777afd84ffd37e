import type { Clock } from '../../../kit/values/clock.ts';
import { Unavailable } from '../../../kit/values/unavailable.ts';
import { canManageListing } from '../domain/listing.ts';
import type { CheckInOutcome } from '../domain/outcomes.ts';
import { ticketNotValid } from '../domain/outcomes.ts';
import type { Viewer } from '../domain/viewer.ts';
import type { OrderRepository } from '../repositories/order-repository.ts';
import type { TicketCodes } from '../tickets/ticket-codes.ts';
import type { ReadListings } from './read-listings.ts';

const TRIES_MAX = 5;

export type CheckInInput = { readonly eventId: string; readonly code: string; readonly nonce: string | null };

/** Lets a ticket in once. Many devices may scan the same code at once: the first compare-and-set is the one that counts. */
export function createCheckIn(deps: {
  orders: OrderRepository;
  codes: Pick<TicketCodes, 'read'>;
  readListings: ReadListings;
  clock: Clock;
}) {
  const { orders } = deps;

  return async function checkIn(viewer: Viewer, input: CheckInInput): Promise<CheckInOutcome | { kind: 'NotThere' }> {
    const listing = (await deps.readListings([input.eventId])).get(input.eventId);
    if (!listing || !canManageListing(viewer, listing)) return { kind: 'NotThere' };
    const claims = await deps.codes.read(input.code);
    if (!claims) return ticketNotValid('UNKNOWN');
    if (claims.eventId !== input.eventId) return ticketNotValid('WRONG_EVENT');

    for (let tries = 0; tries < TRIES_MAX; tries += 1) {
      const admitted = await orders.checkIn(claims.ticketId, input.eventId, { at: deps.clock.now(), nonce: input.nonce });
      if (admitted) return { kind: 'CheckInPayload', ticket: admitted, replayed: false };
      const found = await orders.ticketWithNonce(claims.ticketId);
      if (!found || found.ticket.eventId !== input.eventId) return ticketNotValid('UNKNOWN');
      const { ticket } = found;
      // Its refund was refused meanwhile: it lets in again.
      if (ticket.status === 'VALID') continue;
      if (ticket.status !== 'CHECKED_IN') return ticketNotValid('REFUNDED', ticket.checkedInAt);
      // The answer to this very scan was lost on its way.
      if (input.nonce !== null && found.nonce === input.nonce) return { kind: 'CheckInPayload', ticket, replayed: true };
      return ticketNotValid('ALREADY_CHECKED_IN', ticket.checkedInAt);
    }
    throw new Unavailable('The ticket changes faster than it can be checked in.');
  };
}
export type CheckIn = ReturnType<typeof createCheckIn>;
