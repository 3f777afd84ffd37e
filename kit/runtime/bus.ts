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
