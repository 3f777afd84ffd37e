import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Ticket } from '../domain/order.ts';
import type { Viewer } from '../domain/viewer.ts';
import type { OrdersFixture } from '../testing/orders-fixture.ts';
import { startOrders } from '../testing/orders-fixture.ts';
import { createCheckIn } from './check-in.ts';

let orders: OrdersFixture;
beforeAll(async () => {
  orders = await startOrders();
});
afterAll(() => orders.close());

const organizer: Viewer = { userId: 'usr_organizer', roles: ['ORGANIZER'] };

async function bought(seatIds: readonly string[], eventId?: string) {
  const buyer = orders.viewer();
  const held = await orders.hold(buyer, eventId ?? (await orders.publishedEvent()), seatIds);
  const outcome = await orders.purchase(buyer, held, await orders.pay(buyer, held));
  if (outcome.kind !== 'PurchasePayload') throw new Error(`Not bought: ${outcome.kind}`);
  const tickets = await orders.core.repositories.orders.ticketsOfOrders([outcome.order.id]);
  const [ticket] = tickets;
  if (!ticket) throw new Error('no ticket');
  return { buyer, eventId: held.eventId, order: outcome.order, ticket, code: await orders.core.ticketCodes.codeOf(ticket) };
}
const scan = (eventId: string, code: string, nonce: string | null = null, viewer = organizer) =>
  orders.core.checkIn(viewer, { eventId, code, nonce });

describe('checking in', () => {
  it('lets one of many scans of a ticket in, and tells the others when that was', async () => {
    const { eventId, code } = await bought(['A-1']);
    const outcomes = await Promise.all(Array.from({ length: 20 }, (_, index) => scan(eventId, code, `scan-${index}`)));
    const admitted = outcomes.filter((outcome) => outcome.kind === 'CheckInPayload');
    expect(admitted).toHaveLength(1);
    const refused = outcomes.filter((outcome) => outcome.kind === 'TicketNotValid');
    expect(refused).toHaveLength(19);
    for (const outcome of refused) expect(outcome).toMatchObject({ reason: 'ALREADY_CHECKED_IN', checkedInAt: expect.any(Date) });
  });

  it('repeats its answer to the same scan, and to no other', async () => {
    const { eventId, code } = await bought(['A-1']);
    expect(await scan(eventId, code, 'n')).toMatchObject({ kind: 'CheckInPayload', replayed: false, ticket: { status: 'CHECKED_IN' } });
    expect(await scan(eventId, code, 'n')).toMatchObject({ kind: 'CheckInPayload', replayed: true });
    expect(await scan(eventId, code, 'm')).toMatchObject({ kind: 'TicketNotValid' });
    expect(await scan(eventId, code)).toMatchObject({ kind: 'TicketNotValid' });
  });

  it('refuses what is forged, of another event, or of no ticket', async () => {
    const mine = await bought(['A-1']);
    const other = await bought(['A-1']);
    expect(await scan(mine.eventId, `${mine.code.slice(0, -4)}AAAA`)).toMatchObject({ reason: 'UNKNOWN' });
    expect(await scan(mine.eventId, 'hello')).toMatchObject({ reason: 'UNKNOWN' });
    expect(await scan(mine.eventId, other.code)).toMatchObject({ reason: 'WRONG_EVENT' });
    const gone: Ticket = { ...mine.ticket, id: 'tkt_gone' };
    expect(await scan(mine.eventId, await orders.core.ticketCodes.codeOf(gone))).toMatchObject({ reason: 'UNKNOWN' });
  });

  it('lets in a ticket whose refund was refused between the two looks at it', async () => {
    const { eventId, code, ticket } = await bought(['A-1']);
    const repository = orders.core.repositories.orders;
    const tickets = orders.mongo.db.collection<{ _id: string }>('tickets');
    await tickets.updateOne({ _id: ticket.id }, { $set: { status: 'REFUND_PENDING' } });
    const checkIn = createCheckIn({
      orders: {
        ...repository,
        ticketWithNonce: async (id) => {
          await tickets.updateOne({ _id: ticket.id, status: 'REFUND_PENDING' }, { $set: { status: 'VALID' } });
          return repository.ticketWithNonce(id);
        },
      },
      codes: orders.core.ticketCodes,
      readListings: orders.core.readListings,
      clock: orders.clock,
    });
    expect(await checkIn(organizer, { eventId, code, nonce: null })).toMatchObject({ kind: 'CheckInPayload', replayed: false });
  });

  it('refuses a ticket that was given back, and what was let in cannot be given back', async () => {
    const [back, inside] = [await bought(['A-1']), await bought(['A-1'])];
    await orders.core.refundOrder(back.buyer, { orderId: back.order.id, ticketIds: null, idempotencyKey: null });
    expect(await scan(back.eventId, back.code)).toMatchObject({ reason: 'REFUNDED' });
    await scan(inside.eventId, inside.code);
    expect(await orders.core.refundOrder(inside.buyer, { orderId: inside.order.id, ticketIds: null, idempotencyKey: null })).toMatchObject({
      reason: 'CHECKED_IN',
    });
  });

  it('and a refund at the same moment: one of them gets the ticket', async () => {
    for (let round = 0; round < 8; round += 1) {
      const { buyer, eventId, order, code } = await bought(['B-1']);
      const [admitted, refunded] = await Promise.all([
        scan(eventId, code),
        orders.core.refundOrder(buyer, { orderId: order.id, ticketIds: null, idempotencyKey: null }),
      ]);
      expect([admitted.kind === 'CheckInPayload', refunded.kind === 'RefundOrderPayload'].filter(Boolean)).toHaveLength(1);
    }
  });

  it("is the organizer's and admins' business", async () => {
    const { eventId, code, buyer } = await bought(['A-1']);
    expect(await scan(eventId, code, null, { userId: 'usr_other', roles: ['ORGANIZER'] })).toEqual({ kind: 'NotThere' });
    expect(await scan(eventId, code, null, buyer)).toEqual({ kind: 'NotThere' });
    expect(await scan('evt_unknown', code)).toEqual({ kind: 'NotThere' });
    expect(await scan(eventId, code, null, { userId: 'usr_admin', roles: ['ADMIN'] })).toMatchObject({ kind: 'CheckInPayload' });
  });

  it('gives the money back to those inside, too, when the event is cancelled', async () => {
    const { eventId, order, code } = await bought(['A-1']);
    await scan(eventId, code);
    const { listings } = orders.core.repositories;
    const [listing] = await listings.findMany([eventId]);
    if (!listing) throw new Error('the event is unknown');
    await listings.apply({ ...listing, status: 'CANCELLED', version: 2 }, orders.clock.now());
    await orders.core.refundClosedEvents();
    expect(await orders.core.repositories.orders.find(order.id)).toMatchObject({ status: 'REFUNDED' });
  });
});

describe('the sales report', () => {
  it('adds up what was sold, given back and let in, by the days of the event', async () => {
    const eventId = await orders.publishedEvent();
    const first = await bought(['A-1', 'A-2'], eventId);
    const second = await bought(['B-1'], eventId);
    await orders.core.refundOrder(first.buyer, { orderId: first.order.id, ticketIds: [first.ticket.id], idempotencyKey: null });
    await scan(eventId, second.code);
    expect(await orders.core.reportSales(organizer, eventId)).toMatchObject({
      confirmedOrders: 2,
      ticketsSold: 3,
      ticketsCheckedIn: 1,
      gross: { amount: 7_500, currency: 'EUR' },
      refunded: { amount: 2_500, currency: 'EUR' },
      byDay: [{ day: first.order.placedAt.toISOString().slice(0, 10), ticketsSold: 3, gross: { amount: 7_500 } }],
    });
  });

  it('is nothing but zeros before the first sale, and nothing at all for others', async () => {
    const eventId = await orders.publishedEvent();
    expect(await orders.core.reportSales(organizer, eventId)).toMatchObject({
      confirmedOrders: 0,
      gross: { amount: 0, currency: 'EUR' },
      byDay: [],
    });
    expect(await orders.core.reportSales(orders.viewer(), eventId)).toBeNull();
    expect(await orders.core.reportSales(null, eventId)).toBeNull();
  });
});
