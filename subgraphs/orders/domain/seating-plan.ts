import type { Money } from '../../../kit/values/money.ts';

export type SeatFeature = 'ACCESSIBLE' | 'COMPANION' | 'RESTRICTED_VIEW' | 'AISLE';

export type PlanRow = { readonly label: string; readonly seatCount: number; readonly firstNumber: number };
export type PlanSection = { readonly name: string; readonly price: Money; readonly rows: readonly PlanRow[] };

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
  readonly currency: string;
  readonly sections: readonly PlanSection[];
  /** In the order of sections, rows and numbers. */
  readonly seats: ReadonlyMap<string, PlanSeat>;
};

/** Section, row and number; the section is left out where there is just one without a name. */
export function seatIdOf(section: string, row: string, number: number): string {
  return section === '' ? `${row}-${number}` : `${section}-${row}-${number}`;
}

export function createSeatingPlan(currency: string, sections: readonly PlanSection[]): SeatingPlan {
  const seats = new Map<string, PlanSeat>();
  for (const section of sections) {
    for (const row of section.rows) {
      for (let number = row.firstNumber; number < row.firstNumber + row.seatCount; number += 1) {
        const seatId = seatIdOf(section.name, row.label, number);
        seats.set(seatId, { seatId, section: section.name, row: row.label, number, price: section.price, features: [], blocked: false });
      }
    }
  }
  return { currency, sections, seats };
}

const DEFAULT_ROWS = ['A', 'B', 'C', 'D', 'E'];
const DEFAULT_SEATS_PER_ROW = 10;

/** What an event has whose organizer laid out nothing: rows A to E of 10 seats, in one unnamed section, all at one price. */
export function defaultSeatingPlan(price: Money): SeatingPlan {
  return createSeatingPlan(price.currency, [
    { name: '', price, rows: DEFAULT_ROWS.map((label) => ({ label, seatCount: DEFAULT_SEATS_PER_ROW, firstNumber: 1 })) },
  ]);
}

export function priceRange(plan: SeatingPlan): { min: Money; max: Money } {
  const amounts = plan.sections.map((section) => section.price.amount);
  return { min: { amount: Math.min(...amounts), currency: plan.currency }, max: { amount: Math.max(...amounts), currency: plan.currency } };
}
