import { z } from 'zod';
import { idSchema } from '../../../kit/graphql/input-schemas.ts';
import type { SectionLayout } from '../domain/seating-plan.ts';
import { SEATS_PER_PLAN_MAX, seatIdsOfRow } from '../domain/seating-plan.ts';
import type { PlanLayout } from '../repositories/seating-plan-repository.ts';

const SECTIONS_MAX = 200;
const PRICE_MAX = 100_000_000;

const rowSchema = z.strictObject({
  label: z.string().regex(/^[\p{L}\p{N}._]{1,10}$/u, 'must have 1 to 10 letters, digits, dots or underscores'),
  seatCount: z.int().min(1, 'must be at least 1').max(500, 'must be at most 500'),
  firstNumber: z.int().min(0, 'must be at least 0').max(10_000, 'must be at most 10000'),
});

const seatListSchema = z
  .array(z.string().max(80, 'is not a seat id'))
  .max(SEATS_PER_PLAN_MAX, `must name at most ${SEATS_PER_PLAN_MAX} seats`);

const LISTS = ['accessibleSeats', 'companionSeats', 'restrictedViewSeats', 'aisleSeats', 'blockedSeats'] as const;

const sectionSchema = z.strictObject({
  name: z.string().regex(/^[\p{L}\p{N} ._]{0,40}$/u, 'must have at most 40 letters, digits, spaces, dots or underscores'),
  price: z.int().min(0, 'must be at least 0').max(PRICE_MAX, `must be at most ${PRICE_MAX}`),
  rows: z.array(rowSchema).min(1, 'must have at least one row').max(SEATS_PER_PLAN_MAX, `must have at most ${SEATS_PER_PLAN_MAX} rows`),
  accessibleSeats: seatListSchema,
  companionSeats: seatListSchema,
  restrictedViewSeats: seatListSchema,
  aisleSeats: seatListSchema,
  blockedSeats: seatListSchema,
});
type SectionInput = z.output<typeof sectionSchema>;
type Complain = (path: (string | number)[], message: string) => void;

/** Each seat once, each name known. Counting comes first: nothing is built of a plan that is too large. */
function checkSections(sections: readonly SectionInput[], complain: Complain): void {
  const count = sections.reduce((sum, section) => sum + section.rows.reduce((seats, row) => seats + row.seatCount, 0), 0);
  if (count > SEATS_PER_PLAN_MAX) return complain(['sections'], `must have at most ${SEATS_PER_PLAN_MAX} seats in all, not ${count}`);
  const names = new Set<string>();
  sections.forEach((section, at) => {
    const here = ['sections', at];
    if (section.name !== section.name.trim()) complain([...here, 'name'], 'must not begin or end with a space');
    if (section.name === '' && sections.length > 1) complain([...here, 'name'], 'must not be empty beside other sections');
    if (names.has(section.name)) complain([...here, 'name'], 'is the name of another section');
    names.add(section.name);
    const seats = new Set<string>();
    section.rows.forEach((row, rowAt) => {
      const ids = seatIdsOfRow(section.name, row);
      if (ids.some((id) => seats.has(id))) complain([...here, 'rows', rowAt], 'has seats of another row with the same label');
      for (const id of ids) seats.add(id);
    });
    for (const list of LISTS) {
      const seen = new Set<string>();
      section[list].forEach((id, seatAt) => {
        if (!seats.has(id)) complain([...here, list, seatAt], 'is not a seat of this section');
        else if (seen.has(id)) complain([...here, list, seatAt], 'is named twice');
        seen.add(id);
      });
    }
  });
}

const toLayout = (currency: string, section: SectionInput): SectionLayout => ({
  name: section.name,
  price: { amount: section.price, currency },
  rows: section.rows,
  features: {
    ACCESSIBLE: section.accessibleSeats,
    COMPANION: section.companionSeats,
    RESTRICTED_VIEW: section.restrictedViewSeats,
    AISLE: section.aisleSeats,
  },
  blockedSeats: section.blockedSeats,
});

/** Complaints beyond these say nothing new. */
const COMPLAINTS_MAX = 50;

export const configureSeatingSchema = z
  .strictObject({
    eventId: idSchema,
    currency: z.string(),
    sections: z
      .array(sectionSchema)
      .min(1, 'must have at least one section')
      .max(SECTIONS_MAX, `must have at most ${SECTIONS_MAX} sections`),
  })
  .superRefine((input, context) => {
    let complaints = 0;
    checkSections(input.sections, (path, message) => {
      complaints += 1;
      if (complaints <= COMPLAINTS_MAX) context.addIssue({ code: 'custom', path, message });
    });
  })
  .transform(({ eventId, currency, sections }): { eventId: string; layout: PlanLayout } => ({
    eventId,
    layout: { currency, sections: sections.map((section) => toLayout(currency, section)) },
  }));
