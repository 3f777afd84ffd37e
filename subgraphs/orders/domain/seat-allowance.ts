/** The largest plan: one hall of that size keeps a process busy for a third of a second, and nobody else is answered meanwhile. */
export const LISTED_SEATS_MAX = 20_000;

export type SeatAllowance = {
  /** False when the request has listed too many seats for so many more. */
  readonly take: (seats: number) => boolean;
};

/** How many seats one request may list, of all maps together. */
export function createSeatAllowance(): SeatAllowance {
  let left = LISTED_SEATS_MAX;
  return {
    take(seats) {
      if (seats > left) return false;
      left -= seats;
      return true;
    },
  };
}
