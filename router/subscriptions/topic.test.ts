import { describe, expect, it } from 'vitest';
import { eventually } from '../../tests/harness/fresh.ts';
import type { SubgraphAnswer } from '../execute/subgraph-client.ts';
import type { Outlet } from './subscriber.ts';
import type { SubscriptionPlan } from './subscription-plan.ts';
import { createTopic } from './topic.ts';
import type { Upstreams } from './upstream.ts';

type Sink = Parameters<Upstreams['subscribe']>[1];

const away = [{ message: 'away', extensions: { code: 'SERVICE_UNAVAILABLE' } }];
const snapshot = (version: number): SubgraphAnswer => ({ data: { version, previous: null } });
const delta = (version: number): SubgraphAnswer => ({ data: { version, previous: version - 1 } });

/** A topic before a subgraph that the test plays by hand. */
function openTopic(compose: (event: SubgraphAnswer) => Promise<string> = async (event) => JSON.stringify(event.data)) {
  const sinks: Sink[] = [];
  const upstreams: Upstreams = {
    subscribe: (_subscription, sink) => {
      let stopped = false;
      const unlessStopped =
        <Given extends unknown[]>(tell: (...given: Given) => void) =>
        (...given: Given): void =>
          void (stopped || tell(...given));
      sinks.push({
        next: unlessStopped(sink.next),
        refused: unlessStopped(sink.refused),
        lost: unlessStopped(sink.lost),
        completed: unlessStopped(sink.completed),
      });
      return () => void (stopped = true);
    },
    close: () => undefined,
  };
  const plan = { resumable: {}, versionsOf: (data: unknown) => data } as SubscriptionPlan;
  const topic = createTopic({
    upstreams,
    subscription: { subgraph: 'orders', query: '', operationName: undefined, variables: {}, viewer: null, requestId: 'req_1' },
    plan,
    composer: { compose },
    toClientErrors: () => [],
    toUnexpected: (error) => error as never,
    onEmpty: () => undefined,
    onDelivered: () => undefined,
    onLag: () => undefined,
    onResynchronised: () => undefined,
  });
  return {
    topic,
    sinks,
    /** The `index`th subscription upstream, once it is made. */
    sink: (index: number): Promise<Sink> => eventually(`subscription ${index}`, () => sinks[index], 1_000),
  };
}

function createOutlet() {
  const seen: unknown[] = [];
  const outlet: Outlet = {
    write: ({ texts }) => void seen.push(...texts.map((text): unknown => JSON.parse(text))),
    isWritable: () => true,
    onceWritable: () => undefined,
    fail: () => void seen.push('failed'),
    complete: () => void seen.push('completed'),
  };
  return { outlet, seen };
}

/** A snapshot and more deltas than the log keeps: whoever joins now needs a snapshot of its own. */
async function overflowLog(stream: Sink, seen: readonly unknown[]): Promise<void> {
  stream.next(snapshot(1));
  for (let version = 2; version <= 302; version += 1) {
    stream.next(delta(version));
    if (version % 100 === 0) await eventually('the events so far', () => seen.length === version);
  }
  await eventually('all events', () => seen.length === 302);
}

describe('a topic', () => {
  it('fails nobody because somebody joins while the subgraph is away', async () => {
    const { topic, sink } = openTopic();
    const [first, joiner] = [createOutlet(), createOutlet()];
    topic.join(first.outlet, null);
    const stream = await sink(0);
    await overflowLog(stream, first.seen);
    stream.lost();
    topic.join(joiner.outlet, null);
    (await sink(1)).refused(away);
    (await sink(2)).refused(away);
    (await sink(3)).refused(away);
    (await sink(4)).next(snapshot(310));
    await eventually('the joiner is served', () => joiner.seen.length > 0);
    expect(joiner.seen).toEqual([{ version: 310, previous: null }]);
    expect(first.seen.slice(302)).toEqual([{ version: 310, previous: null }]);
    topic.close();
  });

  it('sends a joiner its snapshot, and nobody else, also when that is ahead of the stream', async () => {
    let isHeld = false;
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { topic, sink } = openTopic(async (event) => {
      if (isHeld && event.data?.['previous'] !== null) await held;
      return JSON.stringify(event.data);
    });
    const [first, joiner] = [createOutlet(), createOutlet()];
    topic.join(first.outlet, null);
    const stream = await sink(0);
    await overflowLog(stream, first.seen);
    isHeld = true;
    stream.next(delta(303));
    stream.next(delta(304));
    topic.join(joiner.outlet, null);
    (await sink(1)).next(snapshot(303));
    await eventually('the joiner is served', () => joiner.seen.length > 0);
    release();
    await eventually('both are up to date', () =>
      [first, joiner].every(({ seen }) => JSON.stringify(seen.at(-1)) === JSON.stringify(delta(304).data)),
    );
    expect(first.seen.slice(302)).toEqual([delta(303).data, delta(304).data]);
    expect(joiner.seen).toEqual([snapshot(303).data, delta(304).data]);
    topic.close();
  });

  it('subscribes anew once, when more waits than it may, and only after that is done', async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { topic, sinks, sink } = openTopic(async (event) => {
      await held;
      return JSON.stringify(event.data);
    });
    const client = createOutlet();
    topic.join(client.outlet, null);
    const stream = await sink(0);
    stream.next(snapshot(1));
    for (let version = 2; version <= 300; version += 1) stream.next(delta(version));
    // A subscription made at once would bring its snapshot on top of all that waits, and so would the next.
    for (let index = 1; index < 20; index += 1) sinks[index]?.next(snapshot(300));
    expect(sinks).toHaveLength(1);
    release();
    (await sink(1)).next(snapshot(301));
    await eventually('the client is up to date', () =>
      client.seen.some((event) => JSON.stringify(event) === '{"version":301,"previous":null}'),
    );
    expect(sinks).toHaveLength(2);
    topic.close();
  });
});
