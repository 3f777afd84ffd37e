import type { GraphQLError } from 'graphql';
import type { SubgraphError } from '../execute/subgraph-client.ts';
import type { EventComposer } from './event-composer.ts';
import type { Composed } from './event-intake.ts';
import { createEventIntake } from './event-intake.ts';
import type { EventLog, LoggedEvent } from './event-log.ts';
import { createEventLog } from './event-log.ts';
import { createKeptSnapshot } from './kept-snapshot.ts';
import type { SharedPayload } from './shared-payload.ts';
import { joinPayloads, sharePayload } from './shared-payload.ts';
import type { Outlet, Subscriber } from './subscriber.ts';
import type { SubscriptionPlan } from './subscription-plan.ts';
import type { UpstreamLink } from './upstream-link.ts';
import { linkUpstream } from './upstream-link.ts';
import type { Upstreams, UpstreamSubscription } from './upstream.ts';

export type Membership = { readonly leave: () => void; readonly version: () => number | null };

export type Topic = {
  /** `since`: the version that the client has, null for none. */
  readonly join: (outlet: Outlet, since: number | null) => Membership;
  readonly close: () => void;
};

type Delta = { readonly version: number; readonly previous: number; readonly payload: SharedPayload };

/**
 * One upstream subscription and all the clients it serves. Each event is composed and serialised once. Every client has a cursor into the log; whoever
 * cannot be served from there (new, too slow, after a gap) gets a snapshot. A delta that a client has already is dropped, a snapshot never.
 */
export function createTopic(deps: {
  upstreams: Upstreams;
  subscription: UpstreamSubscription;
  plan: SubscriptionPlan;
  composer: EventComposer;
  toClientErrors: (errors: readonly SubgraphError[]) => readonly GraphQLError[];
  /** Logs what should not have happened, and gives what may be told of it. */
  toUnexpected: (error: unknown) => GraphQLError;
  /** With each event that is on its way to its clients. */
  onBegun?: () => void;
  onEmpty: () => void;
  onDelivered: (count: number) => void;
  /** Of one event, from its arrival to its last write. */
  onLag: (seconds: number) => void;
  onResynchronised: () => void;
  log?: EventLog;
}): Topic {
  const log = deps.log ?? createEventLog();
  const subscribers = new Set<Subscriber>();
  const kept = createKeptSnapshot({ composer: deps.composer });
  let catchUp: UpstreamLink | null = null;
  let hasBegun = false;
  let delivered = 0;
  /** Deltas that go out together, at the end of this turn of the event loop. */
  let ready: Delta[] = [];
  let arrivals: number[] = [];
  let closed = false;
  const intake = createEventIntake({
    plan: deps.plan,
    composer: deps.composer,
    isClosed: () => closed,
    onComposed: process,
    onFailed: (error) => finish((outlet) => outlet.fail([deps.toUnexpected(error)])),
    onOverrun: () => link.close(),
    onCaughtUp: reopen,
  });
  let link = openLink();

  function openLink(): UpstreamLink {
    return linkUpstream({
      upstreams: deps.upstreams,
      subscription: deps.subscription,
      resubscribes: deps.plan.resumable !== null,
      takesOver: hasBegun,
      onEvent: (event) => {
        if (closed) return;
        hasBegun = true;
        intake.take(event);
      },
      onLost: () => undefined,
      onFailed: (errors) => finish((outlet) => outlet.fail(deps.toClientErrors(errors))),
      onCompleted: () => {
        // What came before the end is still on its way.
        intake.afterAll(() => finish((outlet) => outlet.complete()));
      },
    });
  }

  function close(): void {
    closed = true;
    link.close();
    catchUp?.close();
    catchUp = null;
    deps.onEmpty();
  }

  function finish(tell: (outlet: Outlet) => void): void {
    if (closed) return;
    flush();
    const all = [...subscribers];
    subscribers.clear();
    close();
    for (const { outlet } of all) tell(outlet);
  }

  /** In the order in which the events came, whichever was composed first. */
  function process({ numbered, raw, payload }: Composed, arrived: number): void {
    deps.onBegun?.();
    if (raw) kept.keep(raw);
    if (numbered && numbered.previous !== null) {
      const delta = { version: numbered.version, previous: numbered.previous, payload };
      // At once: whoever joins or catches up from here on finds it there.
      log.append(delta);
      if (ready.length === 0) setImmediate(flushSafely);
      ready.push(delta);
      arrivals.push(arrived);
      return;
    }
    flush();
    if (numbered) deliverSnapshot({ version: numbered.version, previous: null, payload });
    else for (const { outlet } of subscribers) write(outlet, payload, 1);
    countDelivered();
    deps.onLag((performance.now() - arrived) / 1_000);
  }

  /** Once per event: a counter costs as much as a write. */
  function countDelivered(): void {
    deps.onDelivered(delivered);
    delivered = 0;
  }

  function write(outlet: Outlet, payload: SharedPayload, events: number): void {
    outlet.write(payload);
    delivered += events;
  }

  /** Whatever the client had, this replaces it; one that is waiting gets it when it is pumped. */
  function deliverSnapshot(event: LoggedEvent): void {
    log.append(event);
    kept.keepComposed(event.version, Promise.resolve(event.payload));
    for (const subscriber of subscribers) {
      if (subscriber.waiting || !subscriber.outlet.isWritable()) {
        subscriber.version = null;
        pump(subscriber);
        continue;
      }
      write(subscriber.outlet, event.payload, 1);
      subscriber.version = event.version;
    }
  }

  /** Nobody awaits it, so what it throws would end the process. */
  function flushSafely(): void {
    try {
      flush();
    } catch (error) {
      finish((outlet) => outlet.fail([deps.toUnexpected(error)]));
    }
  }

  /** One write for each client that is in step, however many deltas this turn brought. */
  function flush(): void {
    const [first] = ready;
    const last = ready.at(-1);
    if (closed || !first || !last) return;
    const deltas = ready;
    const arrived = arrivals;
    ready = [];
    arrivals = [];
    const isRun = deltas.every((delta, index) => index === 0 || delta.previous <= (deltas[index - 1]?.version ?? 0));
    const payload = deltas.length === 1 ? first.payload : joinPayloads(deltas.map((delta) => delta.payload));
    for (const subscriber of subscribers) {
      if (subscriber.waiting) continue;
      const { version } = subscriber;
      if (version !== null && version >= last.version) continue;
      if (isRun && version !== null && first.previous <= version && version < first.version && subscriber.outlet.isWritable()) {
        write(subscriber.outlet, payload, deltas.length);
        subscriber.version = last.version;
        continue;
      }
      pump(subscriber);
    }
    countDelivered();
    for (const at of arrived) deps.onLag((performance.now() - at) / 1_000);
  }

  /** Brings one subscriber up to date as far as its socket and the log allow; ends with it in step, or waiting for something that pumps it again. */
  function pump(subscriber: Subscriber): void {
    if (closed || subscriber.waiting || !subscribers.has(subscriber)) return;
    if (!subscriber.outlet.isWritable()) {
      subscriber.waiting = true;
      subscriber.outlet.onceWritable(() => {
        subscriber.waiting = false;
        pump(subscriber);
      });
      return;
    }
    const missed = subscriber.version === null ? null : log.after(subscriber.version);
    if (missed === null) {
      void sendSnapshot(subscriber);
      return;
    }
    for (const event of missed) {
      if (!subscriber.outlet.isWritable()) break;
      write(subscriber.outlet, event.payload, 1);
      subscriber.version = event.version;
    }
    if (missed.length > 0) pump(subscriber);
  }

  async function sendSnapshot(subscriber: Subscriber): Promise<void> {
    const base = log.snapshot();
    const raw = kept.raw();
    if (!base || raw?.version !== base.version) {
      // Nothing to begin from: the stream's own first event will come, or one is fetched beside it.
      if (isInStep()) openCatchUp();
      return;
    }
    subscriber.waiting = true;
    if (subscriber.version !== null) deps.onResynchronised();
    try {
      const payload = await kept.payloadOf(raw);
      if (closed || !subscribers.has(subscriber)) return;
      write(subscriber.outlet, payload, 1);
      subscriber.version = base.version;
      subscriber.waiting = false;
      pump(subscriber);
      countDelivered();
    } catch (error) {
      if (subscribers.delete(subscriber)) subscriber.outlet.fail([deps.toUnexpected(error)]);
      if (subscribers.size === 0 && !closed) close();
    }
  }

  /** False until the stream's first event: then everybody simply waits for it. */
  const isInStep = (): boolean => kept.raw() !== null;

  /** One more upstream subscription, for its snapshot alone, on behalf of all who wait. */
  function openCatchUp(): void {
    if (catchUp || closed) return;
    const settle = (): void => {
      catchUp?.close();
      catchUp = null;
    };
    catchUp = linkUpstream({
      upstreams: deps.upstreams,
      subscription: deps.subscription,
      resubscribes: true,
      onEvent: (event) => {
        const numbered = deps.plan.versionsOf(event.data);
        if (!catchUp || numbered?.previous !== null) return;
        settle();
        // By the log as it was: the snapshot may be ahead of events that are still being composed, and whoever waits for those needs no map.
        const behind = [...subscribers].filter(({ version }) => version === null || log.after(version) === null);
        if (!log.adoptSnapshot({ ...numbered, payload: sharePayload('') })) {
          // Another instance of the subgraph is behind the one that streams: its map is of no use, the stream's own begins anew.
          restart();
          return;
        }
        kept.keep({ text: JSON.stringify(event), version: numbered.version });
        for (const subscriber of behind) pump(subscriber);
      },
      onLost: () => undefined,
      onFailed: () => {
        settle();
        restart();
      },
      onCompleted: settle,
    });
  }

  function restart(): void {
    if (closed) return;
    flush();
    log.clear();
    kept.keep(null);
    reopen();
  }

  function reopen(): void {
    if (closed) return;
    intake.beginAnew();
    link.close();
    link = openLink();
  }

  return {
    join(outlet, since) {
      const subscriber: Subscriber = { outlet, version: since, waiting: false };
      subscribers.add(subscriber);
      if (deps.plan.resumable) pump(subscriber);
      return {
        leave: () => {
          if (subscribers.delete(subscriber) && subscribers.size === 0 && !closed) close();
        },
        version: () => subscriber.version,
      };
    },
    close: () => finish((outlet) => outlet.complete()),
  };
}
