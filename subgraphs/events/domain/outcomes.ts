import type { Event } from './event.ts';

type Refusal<Kind extends string> = { readonly kind: Kind; readonly message: string; readonly path: readonly string[] };

/** The event after the change; also when there was nothing left to change. */
export type EventChanged = { readonly kind: 'UpdateEventPayload'; readonly event: Event };
export type EventDeleted = { readonly kind: 'DeleteEventPayload'; readonly id: string };

export type EventNotFound = Refusal<'EventNotFound'>;
export const eventNotFound: EventNotFound = {
  kind: 'EventNotFound',
  message: 'There is no such event among those you may change.',
  path: ['id'],
};

export type StaleVersion = Refusal<'StaleVersion'> & { readonly current: Event };
export const staleVersion = (current: Event): StaleVersion => ({
  kind: 'StaleVersion',
  message: 'The event was changed meanwhile. Look at its current state and try again with its version.',
  path: ['input', 'expectedVersion'],
  current,
});

export type InvalidEventState = Refusal<'InvalidEventState'>;
export const invalidEventState = (message: string): InvalidEventState => ({ kind: 'InvalidEventState', message, path: [] });

/** Not an outcome for clients but bad input that only shows beside the stored event: thrown as BAD_USER_INPUT. */
export type InvalidInput = { readonly kind: 'InvalidInput'; readonly issues: readonly InputProblem[] };
export type InputProblem = { readonly path: readonly string[]; readonly message: string };

export type EventCreated = { readonly kind: 'EventCreated'; readonly event: Event };
