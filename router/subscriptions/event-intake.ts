import type { SubgraphAnswer } from '../execute/subgraph-client.ts';
import type { EventComposer } from './event-composer.ts';
import type { RawSnapshot } from './kept-snapshot.ts';
import type { SharedPayload } from './shared-payload.ts';
import { sharePayload } from './shared-payload.ts';
import type { SubscriptionPlan } from './subscription-plan.ts';

/** Events waiting to be composed; beyond it the upstream is subscribed anew once they are done, because one snapshot costs less than all that follow. */
const BACKLOG_MAX = 256;
/** Of those, how many are composed at a time: the next ones' fetches run while the first is written to its clients. */
const COMPOSING_MAX = 8;

type Numbered = { readonly version: number; readonly previous: number | null };
export type Composed = { readonly numbered: Numbered | null; readonly raw: RawSnapshot | null; readonly payload: SharedPayload };

/** Composes a topic's events, several at a time, and hands them on in the order in which they came. */
export function createEventIntake(deps: {
  plan: SubscriptionPlan;
  composer: EventComposer;
  isClosed: () => boolean;
  onComposed: (composed: Composed, arrived: number) => void;
  onFailed: (error: unknown) => void;
  /** Too many wait: nothing more is to be sent until `onCaughtUp`. */
  onOverrun: () => void;
  onCaughtUp: () => void;
}) {
  let backlog = 0;
  let isOverrun = false;
  let work: Promise<void> = Promise.resolve();
  const composing: Promise<unknown>[] = [];

  async function compose(event: SubgraphAnswer): Promise<Composed | null> {
    if (deps.isClosed()) return null;
    const numbered = deps.plan.resumable ? deps.plan.versionsOf(event.data) : null;
    // Before composing, which merges into the event.
    const raw = numbered?.previous === null ? { text: JSON.stringify(event), version: numbered.version } : null;
    return { numbered, raw, payload: sharePayload(await deps.composer.compose(event)) };
  }

  async function handOn(coming: Promise<Composed | null>, arrived: number): Promise<void> {
    const composed = await coming;
    if (composed && !deps.isClosed()) deps.onComposed(composed, arrived);
  }

  return {
    take(event: SubgraphAnswer): void {
      if (backlog >= BACKLOG_MAX && deps.plan.resumable) {
        // Not anew at once: its snapshot would come on top of all that waits.
        isOverrun = true;
        deps.onOverrun();
        return;
      }
      backlog += 1;
      const arrived = performance.now();
      const composed = (composing.length < COMPOSING_MAX ? undefined : composing.shift()) ?? Promise.resolve();
      const coming = composed.then(() => compose(event));
      composing.push(coming.catch(() => undefined));
      work = work
        .then(() => handOn(coming, arrived))
        .catch((error: unknown) => deps.onFailed(error))
        .finally(() => {
          backlog -= 1;
          if (isOverrun && backlog === 0) deps.onCaughtUp();
        });
    },
    /** When all that came so far has been handed on. */
    afterAll(last: () => void): void {
      work = work.then(() => last());
    },
    /** What comes from here on is a new stream's. */
    beginAnew(): void {
      isOverrun = false;
    },
  };
}
