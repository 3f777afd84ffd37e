import type { ClientSession, Db } from 'mongodb';
import type { SeatClaim } from '../domain/audit.ts';
import type { ClaimState } from '../domain/seat-map.ts';

type ClaimDocument = { _id: string; eventId: string; seatId: string; orderId: string; state: ClaimState };

const toClaim = ({ eventId, seatId, orderId, state }: ClaimDocument): SeatClaim => ({ eventId, seatId, orderId, state });

/** Events in a list: a bound on what one read may bring. */
const EVENTS_PER_READ_MAX = 100;

/** The guard against double sale: `_id` is the seat. Claims are made and removed only together with their order's change, in one transaction. */
export function createClaimRepository(deps: { db: Db }) {
  const claims = deps.db.collection<ClaimDocument>('seat_claims');
  const idOf = (eventId: string, seatId: string): string => `${eventId}:${seatId}`;

  return {
    async ensureIndexes(): Promise<void> {
      await claims.createIndex({ eventId: 1 });
      await claims.createIndex({ orderId: 1 });
    },
    async ofSeats(eventId: string, seatIds: readonly string[]): Promise<Map<string, ClaimState>> {
      const found = await claims
        .find({ _id: { $in: seatIds.map((seatId) => idOf(eventId, seatId)) } }, { projection: { seatId: 1, state: 1 } })
        .toArray();
      return new Map(found.map(({ seatId, state }) => [seatId, state]));
    },
    /** Every claim of each of these events. */
    async ofEvents(eventIds: readonly string[]): Promise<Map<string, Map<string, ClaimState>>> {
      if (eventIds.length > EVENTS_PER_READ_MAX) throw new Error(`At most ${EVENTS_PER_READ_MAX} events at once.`);
      const byEvent = new Map(eventIds.map((eventId) => [eventId, new Map<string, ClaimState>()]));
      for await (const claim of claims.find({ eventId: { $in: [...eventIds] } }, { projection: { eventId: 1, seatId: 1, state: 1 } }))
        byEvent.get(claim.eventId)?.set(claim.seatId, claim.state);
      return byEvent;
    },
    async ofOrders(orderIds: readonly string[], session?: ClientSession): Promise<readonly SeatClaim[]> {
      return (await claims.find({ orderId: { $in: [...orderIds] } }, session ? { session } : {}).toArray()).map(toClaim);
    },
    async *all(): AsyncIterable<SeatClaim> {
      for await (const claim of claims.find({}).batchSize(1_000)) yield toClaim(claim);
    },
    /** Throws a duplicate-key error when any of the seats is taken: the transaction must end with it. */
    async insertPending(session: ClientSession, eventId: string, orderId: string, seatIds: readonly string[]): Promise<void> {
      await claims.insertMany(
        seatIds.map((seatId) => ({ _id: idOf(eventId, seatId), eventId, seatId, orderId, state: 'PENDING' as const })),
        { session },
      );
    },
    /** How many became SOLD. */
    async markSold(session: ClientSession, eventId: string, orderId: string, seatIds: readonly string[]): Promise<number> {
      const result = await claims.updateMany(
        { _id: { $in: seatIds.map((seatId) => idOf(eventId, seatId)) }, orderId, state: 'PENDING' },
        { $set: { state: 'SOLD' } },
        { session },
      );
      return result.modifiedCount;
    },
    async remove(session: ClientSession, eventId: string, orderId: string, seatIds: readonly string[]): Promise<void> {
      await claims.deleteMany({ _id: { $in: seatIds.map((seatId) => idOf(eventId, seatId)) }, orderId }, { session });
    },
  };
}
export type ClaimRepository = ReturnType<typeof createClaimRepository>;
