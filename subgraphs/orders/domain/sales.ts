import type { Money } from '../../../kit/values/money.ts';
import type { Order } from './order.ts';

export type DailySales = { readonly day: string; readonly ticketsSold: number; readonly gross: Money };
export type SalesReport = {
  readonly confirmedOrders: number;
  readonly ticketsSold: number;
  readonly ticketsCheckedIn: number;
  readonly gross: Money;
  readonly refunded: Money;
  readonly byDay: readonly DailySales[];
};

export type SoldOrder = Pick<Order, 'total' | 'refunded' | 'placedAt'> & { readonly ticketCount: number };

/** YYYY-MM-DD where the event takes place: its organizer's days, not ours. */
export function dayIn(timeZone: string): (at: Date) => string {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
  return (at) => format.format(at);
}

/** Adds up what was ever sold; what was given back is a sum of its own. */
export function createSalesCount(currency: string, timeZone: string) {
  const dayOf = dayIn(timeZone);
  const days = new Map<string, { ticketsSold: number; gross: number }>();
  let [confirmedOrders, ticketsSold, gross, refunded] = [0, 0, 0, 0];
  return {
    add(order: SoldOrder): void {
      if (order.total.currency !== currency) throw new Error(`An order in ${order.total.currency} among sales in ${currency}.`);
      confirmedOrders += 1;
      ticketsSold += order.ticketCount;
      gross += order.total.amount;
      refunded += order.refunded.amount;
      const day = dayOf(order.placedAt);
      const so = days.get(day) ?? { ticketsSold: 0, gross: 0 };
      days.set(day, { ticketsSold: so.ticketsSold + order.ticketCount, gross: so.gross + order.total.amount });
    },
    report: (ticketsCheckedIn: number): SalesReport => ({
      confirmedOrders,
      ticketsSold,
      ticketsCheckedIn,
      gross: { amount: gross, currency },
      refunded: { amount: refunded, currency },
      byDay: Array.from(days, ([day, sales]) => ({
        day,
        ticketsSold: sales.ticketsSold,
        gross: { amount: sales.gross, currency },
      })).toSorted((a, b) => a.day.localeCompare(b.day)),
    }),
  };
}
