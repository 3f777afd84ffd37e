import { canManageListing } from '../domain/listing.ts';
import type { SalesReport } from '../domain/sales.ts';
import { createSalesCount } from '../domain/sales.ts';
import type { Viewer } from '../domain/viewer.ts';
import type { OrderRepository } from '../repositories/order-repository.ts';
import type { SeatingPlanRepository } from '../repositories/seating-plan-repository.ts';
import type { ReadListings } from './read-listings.ts';

/** Null for everyone but the event's organizer and admins. */
export function createReportSales(deps: { orders: OrderRepository; plans: SeatingPlanRepository; readListings: ReadListings }) {
  return async function reportSales(viewer: Viewer | null, eventId: string): Promise<SalesReport | null> {
    const listing = (await deps.readListings([eventId])).get(eventId);
    if (!listing || !canManageListing(viewer, listing)) return null;
    // Of the orders, where there are any: the plan's currency may only change while there are none.
    const currency = (await deps.orders.currencyOfEvent(eventId)) ?? (await deps.plans.of(eventId)).currency;
    const count = createSalesCount(currency, listing.timeZone);
    for await (const order of deps.orders.soldOfEvent(eventId)) count.add(order);
    return count.report(await deps.orders.countCheckedIn(eventId));
  };
}
export type ReportSales = ReturnType<typeof createReportSales>;
