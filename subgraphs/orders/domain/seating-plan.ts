import type { Money } from '../../../kit/values/money.ts';

export type SeatFeature = 'ACCESSIBLE' | 'COMPANION' | 'RESTRICTED_VIEW' | 'AISLE';

export type PlanRow = { readonly label: string; readonly seatCount: number; readonly firstNumber: number };
export type PlanSection = { readonly name: string; readonly price: Money; readonly rows: readonly PlanRow[] };
/** A section as its organizer lays it out: the lists name seats of its own rows. */
export type SectionLayout = PlanSection & {
  readonly features: Readonly<Partial<Record<SeatFeature, readonly string[]>>>;
  readonly blockedSeats: readonly string[];
};

/** A seat as the plan has it; whether it is free is another question. */
export type PlanSeat = {
  readonly seatId: string;
  readonly section: string;
  readonly row: string;
  readonly number: number;
  readonly price: Money;
  readonly features: readonly SeatFeature[];
  readonly blocked: boolean;
};

export type SeatingPlan = {
  /** Grows with every plan that the event is given; 0 for the default one. */
  readonly revision: number;
  readonly currency: string;
  readonly sections: readonly PlanSection[];
  /** In the order of sections, rows and numbers. */
  readonly seats: ReadonlyMap<string, PlanSeat>;
};

/** As the subject of a domain event: its versions are the plan's revisions; the event's own versions are another's. */
export const planAggregateOf = (eventId: string): string => `seating:${eventId}`;

export const SEATS_PER_PLAN_MAX = 20_000;

/** Section, row and number; the section is left out where there is just one without a name. */
export function seatIdOf(section: string, row: string, number: number): string {
  return section === '' ? `${row}-${number}` : `${section}-${row}-${number}`;
}

export function seatIdsOfRow(section: string, row: PlanRow): string[] {
  return Array.from({ length: row.seatCount }, (_, index) => seatIdOf(section, row.label, row.firstNumber + index));
}

const FEATURES = ['ACCESSIBLE', 'COMPANION', 'RESTRICTED_VIEW', 'AISLE'] as const;

export function createSeatingPlan(revision: number, currency: string, layouts: readonly SectionLayout[]): SeatingPlan {
  const seats = new Map<string, PlanSeat>();
  for (const { name, price, rows, features, blockedSeats } of layouts) {
    const blocked = new Set(blockedSeats);
    const featured = new Map<string, SeatFeature[]>();
    for (const feature of FEATURES)
      for (const seatId of features[feature] ?? []) featured.set(seatId, [...(featured.get(seatId) ?? []), feature]);
    for (const row of rows) {
      seatIdsOfRow(name, row).forEach((seatId, index) =>
        seats.set(seatId, {
          seatId,
          section: name,
          row: row.label,
          number: row.firstNumber + index,
          price,
          features: featured.get(seatId) ?? [],
          blocked: blocked.has(seatId),
        }),
      );
    }
  }
  return { revision, currency, sections: layouts.map(({ name, price, rows }) => ({ name, price, rows })), seats };
}

const DEFAULT_ROWS = ['A', 'B', 'C', 'D', 'E'];
const DEFAULT_SEATS_PER_ROW = 10;

/** What an event has whose organizer laid out nothing: rows A to E of 10 seats, in one unnamed section, all at one price. */
export function defaultSeatingPlan(price: Money): SeatingPlan {
  const rows = DEFAULT_ROWS.map((label) => ({ label, seatCount: DEFAULT_SEATS_PER_ROW, firstNumber: 1 }));
  return createSeatingPlan(0, price.currency, [{ name: '', price, rows, features: {}, blockedSeats: [] }]);
}

/** Seats of `inUse` that the new plan would take away, block or reprice: what somebody holds or has bought stays as it is. */
export function seatsInTheWay(current: SeatingPlan, next: SeatingPlan, inUse: Iterable<string>): string[] {
  const inTheWay: string[] = [];
  for (const seatId of inUse) {
    const [before, after] = [current.seats.get(seatId), next.seats.get(seatId)];
    // Not in the current plan either: nothing that this change does to it.
    if (!before) continue;
    const kept = after && !after.blocked && after.price.amount === before.price.amount && after.price.currency === before.price.currency;
    if (!kept) inTheWay.push(seatId);
  }
  return inTheWay;
}

/** Whether a seat that was held, perhaps before this plan, can still be sold. Its price is the hold's affair; the event's takings are one sum. */
export function canSell(plan: SeatingPlan, held: { readonly seatId: string; readonly price: Money }): boolean {
  const seat = plan.seats.get(held.seatId);
  return seat !== undefined && !seat.blocked && held.price.currency === plan.currency;
}

export function priceRange(plan: SeatingPlan): { min: Money; max: Money } {
  const amounts = plan.sections.map((section) => section.price.amount);
  return { min: { amount: Math.min(...amounts), currency: plan.currency }, max: { amount: Math.max(...amounts), currency: plan.currency } };
}
