import { z } from 'zod';
import { idSchema, pageSchema, textSchema } from '../../../kit/graphql/input-schemas.ts';
import type { EventFilter } from '../domain/event-list.ts';
import { distinctTags } from '../domain/tags.ts';
import { endsAfterStart, endsTooEarly, timeProblems } from '../domain/times.ts';

const oneLine = (text: string): boolean => !/[\t\n\r]/.test(text);
const lineSchema = (minimum: number, maximum: number) => textSchema(minimum, maximum).refine(oneLine, 'must be one line');

const titleSchema = lineSchema(1, 200);
// Nothing typed is nothing said.
const emptyAsNull = (text: string | null): string | null => (text === '' ? null : text);
const descriptionSchema = textSchema(0, 10_000).nullable().transform(emptyAsNull);
const locationSchema = lineSchema(0, 300).nullable().transform(emptyAsNull);
const tagsSchema = z
  .array(lineSchema(1, 40))
  .max(100, 'must have at most 20 entries')
  .transform((tags) => distinctTags(tags))
  .refine((tags) => tags.length <= 20, 'must have at most 20 entries');
const timeZoneSchema = z.string().max(64);

export const idArgumentSchema = z.object({ id: idSchema });

const isDate = (value: unknown): value is Date => value instanceof Date;

/** Rules between fields are asked even when other fields are wrong: a client hears of everything at once. */
export function createEventSchema(rules: { now: Date; mayStartInPast: boolean }) {
  return z
    .object({
      title: titleSchema,
      description: descriptionSchema.optional().transform((text) => text ?? null),
      location: locationSchema.optional().transform((text) => text ?? null),
      tags: tagsSchema,
      startsAt: z.date(),
      endsAt: z
        .date()
        .nullish()
        .transform((date) => date ?? null),
      timeZone: timeZoneSchema,
      publish: z.boolean(),
    })
    .check(
      z.superRefine(
        (input, context) => {
          if (!isDate(input.startsAt)) return;
          const times = { startsAt: input.startsAt, endsAt: isDate(input.endsAt) ? input.endsAt : null };
          for (const { path, message } of timeProblems(times, { ...rules, published: input.publish }))
            context.addIssue({ code: 'custom', path: [...path], message });
        },
        { when: () => true },
      ),
    );
}

/** `undefined` leaves a field as it is; null is allowed where it can be cleared. */
export const updateEventSchema = z
  .object({
    id: idSchema,
    expectedVersion: z.int().min(1, 'must be at least 1').nullish(),
    title: titleSchema.optional(),
    description: descriptionSchema.optional(),
    location: locationSchema.optional(),
    tags: tagsSchema.optional(),
    startsAt: z.date().optional(),
    endsAt: z.date().nullable().optional(),
    timeZone: timeZoneSchema.optional(),
  })
  .refine(
    (input) => !isDate(input.startsAt) || !isDate(input.endsAt) || endsAfterStart({ startsAt: input.startsAt, endsAt: input.endsAt }),
    {
      path: [...endsTooEarly.path],
      message: endsTooEarly.message,
      when: () => true,
    },
  );

const filterSchema = z
  .object({
    text: textSchema(0, 200).nullish(),
    tags: z.array(lineSchema(1, 40)).max(20, 'must have at most 20 entries').nullish(),
    organizerId: idSchema.nullish(),
    startsAfter: z.date().nullish(),
    startsBefore: z.date().nullish(),
  })
  .nullish()
  .transform((filter): EventFilter => ({
    text: emptyAsNull(filter?.text ?? null),
    tags: distinctTags(filter?.tags ?? []),
    organizerId: filter?.organizerId ?? null,
    startsAfter: filter?.startsAfter ?? null,
    startsBefore: filter?.startsBefore ?? null,
  }));

export const eventsSchema = pageSchema.extend({
  filter: filterSchema,
  sort: z.enum(['STARTS_AT_ASC', 'STARTS_AT_DESC', 'NEWEST', 'RELEVANCE']),
});

export const organizedEventsSchema = pageSchema;

export const suggestionsSchema = pageSchema.pick({ first: true });
