import type { InputProblem } from './outcomes.ts';

export type EventTimes = { readonly startsAt: Date; readonly endsAt: Date | null };

export const endsTooEarly: InputProblem = { path: ['endsAt'], message: 'must be after startsAt' };
export const startsInPast: InputProblem = { path: ['startsAt'], message: 'must be in the future for an event that is published' };

export const endsAfterStart = (times: EventTimes): boolean => times.endsAt === null || times.endsAt > times.startsAt;

/** What is wrong with the times of an event that is (or becomes) published, or of a draft; paths are relative to the input. */
export function timeProblems(
  times: EventTimes,
  rules: { published: boolean; now: Date; mayStartInPast: boolean },
): readonly InputProblem[] {
  return [
    ...(endsAfterStart(times) ? [] : [endsTooEarly]),
    ...(rules.published && !rules.mayStartInPast && times.startsAt <= rules.now ? [startsInPast] : []),
  ];
}
