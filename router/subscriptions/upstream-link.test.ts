import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { SubgraphError } from '../execute/subgraph-client.ts';
import { linkUpstream } from './upstream-link.ts';
import type { Upstreams } from './upstream.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

type Sink = Parameters<Upstreams['subscribe']>[1];

/** What a first subscription is told by an upstream that answers each attempt with `answer`. */
function linkTo(answer: (sink: Sink, attempt: number) => void) {
  const failures: (readonly SubgraphError[])[] = [];
  const events: unknown[] = [];
  let attempts = 0;
  const link = linkUpstream({
    upstreams: {
      subscribe: (_subscription, sink) => {
        attempts += 1;
        const attempt = attempts;
        queueMicrotask(() => answer(sink, attempt));
        return () => undefined;
      },
      close: () => undefined,
    },
    subscription: { subgraph: 'orders', query: '', operationName: undefined, variables: {}, viewer: null, requestId: 'req_1' },
    resubscribes: true,
    onEvent: (event) => void events.push(event),
    onLost: () => undefined,
    onFailed: (errors) => void failures.push(errors),
    onCompleted: () => undefined,
  });
  return { link, failures, events };
}

const notItsRouter = { message: 'This subgraph answers its router only.', extensions: { code: 'UNAUTHENTICATED' } };
const codesOf = (errors: readonly SubgraphError[] | undefined) => errors?.map(({ extensions }) => extensions?.['code']);

it('a subgraph that does not know its router is one that is away, and not a client that is not signed in', async () => {
  const { failures } = linkTo((sink) => sink.refused([notItsRouter]));
  await vi.advanceTimersByTimeAsync(20_000);
  expect(failures.map(codesOf)).toEqual([['SUBGRAPH_UNAVAILABLE']]);
  expect(JSON.stringify(failures)).not.toContain('its router');
});

it('a subgraph that knows its router again a moment later is not told of at all', async () => {
  const { link, failures, events } = linkTo((sink, attempt) =>
    attempt === 1 ? sink.refused([notItsRouter]) : sink.next({ data: { ticks: 1 } }),
  );
  await vi.advanceTimersByTimeAsync(1_000);
  expect([failures, events]).toEqual([[], [{ data: { ticks: 1 } }]]);
  link.close();
});

it('a resolver that wants somebody signed in is passed on as it is', async () => {
  const { failures } = linkTo((sink) =>
    sink.next({ data: null, errors: [{ message: 'Sign in.', extensions: { code: 'UNAUTHENTICATED' } }] }),
  );
  await vi.advanceTimersByTimeAsync(20_000);
  expect(failures.map(codesOf)).toEqual([['UNAUTHENTICATED']]);
});
