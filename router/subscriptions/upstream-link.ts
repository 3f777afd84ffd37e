import type { SubgraphAnswer, SubgraphError } from '../execute/subgraph-client.ts';
import type { Upstreams, UpstreamSubscription } from './upstream.ts';

/** Errors that pass: the subgraph is there but cannot serve just now. */
const PASSING_CODES = new Set<unknown>([
  'SERVICE_UNAVAILABLE',
  'SUBGRAPH_UNAVAILABLE',
  'INTERNAL_SERVER_ERROR',
  'UNAUTHENTICATED',
  'RATE_LIMITED',
]);

const FIRST_DELAY_MS = 50;
const LONGEST_DELAY_MS = 5_000;
/** A client that subscribes while the subgraph restarts waits this long before it is told. */
const PATIENCE_MS = 3_000;

export type UpstreamLink = { readonly close: () => void };

/**
 * One upstream subscription that outlives its connections: lost, it is subscribed anew with backoff, and its first event (a snapshot) closes the gap.
 * `failed` comes at most once: the subgraph refuses the operation, or was not there from the beginning.
 */
export function linkUpstream(deps: {
  upstreams: Upstreams;
  subscription: UpstreamSubscription;
  /** False for streams that do not begin with a snapshot: after a loss nobody could tell what is missing. */
  resubscribes: boolean;
  /** True for one that takes over from another: its clients have had events, and wait for more however long it takes. */
  takesOver?: boolean;
  onEvent: (event: SubgraphAnswer) => void;
  onLost: () => void;
  onFailed: (errors: readonly SubgraphError[]) => void;
  onCompleted: () => void;
}): UpstreamLink {
  const unavailable: SubgraphError = {
    message: `The ${deps.subscription.subgraph} service cannot be reached right now. Try again shortly.`,
    extensions: { code: 'SUBGRAPH_UNAVAILABLE' },
  };
  const openedAt = Date.now();
  let closed = false;
  let hasDelivered = deps.takesOver ?? false;
  let attempts = 0;
  let timer: NodeJS.Timeout | undefined;
  let stop: (() => void) | null = null;

  function end(report: () => void): void {
    if (closed) return;
    closed = true;
    clearTimeout(timer);
    stop?.();
    report();
  }

  function tryAgain(otherwise: readonly SubgraphError[]): void {
    if (closed) return;
    const isHopeless = hasDelivered ? !deps.resubscribes : Date.now() - openedAt > PATIENCE_MS;
    if (isHopeless) {
      end(() => deps.onFailed(otherwise));
      return;
    }
    if (hasDelivered) deps.onLost();
    const delay = Math.min(FIRST_DELAY_MS * 2 ** attempts, LONGEST_DELAY_MS);
    attempts += 1;
    // Jitter: a restarted subgraph should not meet all its subscriptions in the same millisecond.
    timer = setTimeout(subscribe, delay * (0.5 + Math.random() / 2));
  }

  function refused(errors: readonly SubgraphError[]): void {
    const passes = errors.every((error) => PASSING_CODES.has(error.extensions?.['code']));
    if (passes && hasDelivered) tryAgain(errors);
    else end(() => deps.onFailed(errors));
  }

  function subscribe(): void {
    let isRefused = false;
    stop = deps.upstreams.subscribe(deps.subscription, {
      next: (event) => {
        // graphql reports a subscription that could not be made as one answer without data, and then completes it.
        if ((event.data === null || event.data === undefined) && event.errors) {
          isRefused = true;
          stop?.();
          refused(event.errors);
          return;
        }
        hasDelivered = true;
        attempts = 0;
        deps.onEvent(event);
      },
      refused: (errors) => {
        // Before any resolver is asked: it is the router that it does not know (keys, clocks), and signing in would not help a client.
        if (errors.some((error) => error.extensions?.['code'] === 'UNAUTHENTICATED')) tryAgain([unavailable]);
        else refused(errors);
      },
      lost: () => tryAgain([unavailable]),
      completed: () => {
        if (!isRefused) end(deps.onCompleted);
      },
    });
  }
  subscribe();

  return {
    close: () => end(() => undefined),
  };
}
