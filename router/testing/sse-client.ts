import { eventually } from '../../tests/harness/fresh.ts';

export type StreamEvent = { readonly event: string; readonly data: string };

/** Reads a stream of events as it comes; `events` grows until the server ends it or `close` does. */
export async function openStream(url: string, request: { headers?: Record<string, string>; body?: unknown } = {}) {
  const abort = new AbortController();
  const response = await fetch(url, {
    signal: abort.signal,
    headers: {
      accept: 'text/event-stream',
      ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...request.headers,
    },
    ...(request.body === undefined ? {} : { method: 'POST', body: JSON.stringify(request.body) }),
  });
  const events: StreamEvent[] = [];
  let text = '';
  const state: { ended: 'no' | 'well' | 'broken' } = { ended: 'no' };

  async function read(): Promise<void> {
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      text += decoder.decode(chunk as Uint8Array, { stream: true });
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) {
        const event = /^event: (.*)$/m.exec(block)?.[1];
        if (event !== undefined) events.push({ event, data: /^data: ?(.*)$/m.exec(block)?.[1] ?? '' });
      }
    }
  }
  const isStream = response.headers.get('content-type')?.startsWith('text/event-stream') ?? false;
  const reading = isStream
    ? read().then(
        () => void (state.ended = 'well'),
        () => void (state.ended = 'broken'),
      )
    : Promise.resolve();

  return {
    response,
    events,
    /** The body of an answer that is no stream. */
    refusal: async (): Promise<{ errors: { extensions: Record<string, unknown> }[] }> => response.json() as never,
    event: (count: number): Promise<StreamEvent> => eventually(`event ${count} of the stream`, () => events[count]),
    ended: (): Promise<'well' | 'broken'> => eventually('the end of the stream', () => state.ended !== 'no' && state.ended),
    close: async (): Promise<void> => {
      abort.abort();
      await reading;
    },
  };
}
