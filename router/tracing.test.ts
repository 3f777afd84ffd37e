import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { createTracing } from './otlp-tracing.ts';
import { noTracing } from './tracing.ts';

const TRACE = 'a'.repeat(32);
const PARENT = `00-${TRACE}-${'b'.repeat(16)}-01`;

type Sent = { resourceSpans: { resource: unknown; scopeSpans: { spans: Record<string, unknown>[] }[] }[] };

describe('tracing', () => {
  it('sends spans to a collector, each the child of whoever asked', async () => {
    const bodies: Sent[] = [];
    const collector = createServer((request, response) => {
      let text = '';
      request.on('data', (chunk: Buffer) => (text += chunk.toString()));
      request.on('end', () => {
        bodies.push({ ...(JSON.parse(text) as Sent) });
        response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      });
    });
    await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', () => resolve()));
    const endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}/`;
    const tracing = createTracing({ endpoint, serviceName: 'router', ratio: 0 });
    const failing = tracing.span({ name: 'POST /graphql', kind: 'server', parent: PARENT }, (own) =>
      tracing.span({ name: 'fetch orders', kind: 'client', parent: own, attributes: { subgraph: 'orders' } }, async (traceparent) => {
        expect(traceparent).toMatch(new RegExp(`^00-${TRACE}-(?!b{16})[0-9a-f]{16}-01$`));
        throw new Error('away');
      }),
    );
    await expect(failing).rejects.toThrow('away');
    // Begun here, and with this ratio not sampled.
    await tracing.span({ name: 'unsampled', kind: 'server', parent: 'odd' }, async (own) => expect(own).toMatch(/-00$/));
    await tracing.close();
    collector.close();
    const spans = bodies.flatMap((body) => body.resourceSpans.flatMap((resource) => resource.scopeSpans.flatMap((scope) => scope.spans)));
    const [fetched, request] = spans;
    expect(spans.map((span) => [span['name'], span['traceId']])).toEqual([
      ['fetch orders', TRACE],
      ['POST /graphql', TRACE],
    ]);
    expect([fetched?.['parentSpanId'], request?.['parentSpanId']]).toEqual([request?.['spanId'], 'b'.repeat(16)]);
    expect(JSON.stringify(bodies[0]?.resourceSpans[0]?.resource)).toContain('"router"');
  });

  it('hands the parent on when it is off', async () => {
    expect(await noTracing.span({ name: 'x', kind: 'server', parent: PARENT }, async (traceparent) => traceparent)).toBe(PARENT);
  });
});
