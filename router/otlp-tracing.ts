import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, TraceFlags } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { BasicTracerProvider, BatchSpanProcessor, ParentBasedSampler, TraceIdRatioBasedSampler } from '@opentelemetry/sdk-trace-base';
import type { Tracing } from './tracing.ts';

const KINDS = { server: SpanKind.SERVER, client: SpanKind.CLIENT } as const;

/** Sends spans to an OpenTelemetry collector, in batches; one that is away costs nothing but the spans. */
export function createTracing(settings: { endpoint: string; serviceName: string; ratio: number }): Tracing {
  const attributes = { 'service.name': settings.serviceName };
  const resource = { attributes, merge: () => resource, getRawAttributes: () => Object.entries(attributes) };
  const provider = new BasicTracerProvider({
    resource,
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(settings.ratio) }),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter({ url: `${settings.endpoint.replace(/\/$/, '')}/v1/traces` }))],
  });
  const tracer = provider.getTracer('seatgraph-router');

  return {
    async span(work, run) {
      const parent = parse(work.parent);
      const context = parent ? trace.setSpanContext(ROOT_CONTEXT, parent) : ROOT_CONTEXT;
      const span = tracer.startSpan(work.name, { kind: KINDS[work.kind], attributes: work.attributes ?? {} }, context);
      const { traceId, spanId, traceFlags } = span.spanContext();
      try {
        return await run(`00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`);
      } catch (error) {
        span.setStatus({ code: SpanStatusCode.ERROR });
        throw error;
      } finally {
        span.end();
      }
    },
    close: () => provider.shutdown(),
  };
}

/** W3C Trace Context, version 00; anything else begins a trace of its own. */
function parse(traceparent: string | undefined) {
  const found = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(traceparent ?? '');
  if (!found?.[1] || !found[2] || /^0+$/.test(found[1]) || /^0+$/.test(found[2])) return null;
  const isSampled = (Number.parseInt(found[3] ?? '0', 16) & TraceFlags.SAMPLED) !== 0;
  return { traceId: found[1], spanId: found[2], traceFlags: isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE, isRemote: true };
}
