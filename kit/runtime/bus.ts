import { z } from 'zod';

/** A fact that one subgraph tells the others. Delivered at least once, per aggregate in order of `version`; consumers drop what they know. */
export const domainEventSchema = z.object({
  id: z.string(),
  type: z.string(),
  aggregateId: z.string(),
  version: z.int(),
  occurredAt: z.coerce.date(),
  data: z.record(z.string(), z.unknown()),
});
export type DomainEvent = z.output<typeof domainEventSchema>;

/** The bus is not as the relay last saw it: it was emptied, or another relay was faster. Look again. */
export class MarkMoved extends Error {
  override readonly name = 'MarkMoved';
}

/** Null where nobody can make anything of it: asking again would not help. */
export function readDomainEvent(body: unknown): DomainEvent | null {
  try {
    return domainEventSchema.parse(typeof body === 'string' ? JSON.parse(body) : body);
  } catch {
    return null;
  }
}

/**
 * An event that a consumer could not take, or whose consumer died, comes again after `afterMilliseconds`; refused for the `deliveries`-th time it goes to
 * the dead letters. A database that is away is not the event's fault: such failures are not counted.
 */
export type Redelivery = { readonly afterMilliseconds: number; readonly deliveries: number };
export const REDELIVERY: Redelivery = { afterMilliseconds: 10_000, deliveries: 20 };
/** The oldest make room. */
export const DEAD_LETTERS_KEPT = 10_000;
/** A consumer that never ends must not keep a process from closing; its event comes again. */
export const CLOSE_WAIT_MS = 5_000;

export type Subscription = { readonly close: () => Promise<void> };

export interface DomainEventBus {
  /**
   * Appends the event and raises the source's mark to `number`, in one atomic step, if the mark still is `believed`; else throws `MarkMoved` and does
   * nothing. A bus that was emptied since the mark was read would otherwise take the next event, look complete, and hide what it lost.
   * `source` is the database whose outbox it comes from.
   */
  publish(source: string, number: number, event: DomainEvent, believed: number | null): Promise<void>;
  /** The highest number the bus still knows of this source; null when it knows none, e.g. after a flush: then everything must be sent again. */
  mark(source: string): Promise<number | null>;
  /**
   * Calls `onEvent` for each event of the sources; one that throws is delivered again later. Every `group` gets every event, one member of it each.
   * Resolves once the group exists, so nothing published afterwards is missed.
   */
  subscribe(options: {
    sources: readonly string[];
    group: string;
    member: string;
    onEvent: (event: DomainEvent) => Promise<void>;
  }): Promise<Subscription>;
  close(): Promise<void>;
}
