/** After this, a purchase says half as much about what its buyer likes. */
const HALF_LIFE_DAYS = 180;
const DAY_MS = 86_400_000;

export function purchaseWeight(confirmedAt: Date, now: Date): number {
  const ageDays = Math.max(0, now.getTime() - confirmedAt.getTime()) / DAY_MS;
  return 0.5 ** (ageDays / HALF_LIFE_DAYS);
}

const BEST_SELLER_DAYS = 30;
export const bestSellersSince = (now: Date): Date => new Date(now.getTime() - BEST_SELLER_DAYS * DAY_MS);

export type Purchase = {
  readonly orderId: string;
  readonly userId: string;
  readonly eventId: string;
  readonly ticketsLeft: number;
  readonly confirmedAt: Date;
};
