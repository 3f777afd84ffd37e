import type { Server } from 'node:http';
import { createServer } from 'node:http';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

const SECONDS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 3, 10];

/** What an operator watches. Each router has its own registry, so that two in one process (tests) do not mix. */
export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    requests: new Histogram({
      name: 'router_request_seconds',
      help: 'GraphQL requests over HTTP',
      labelNames: ['status'],
      buckets: SECONDS,
      registers,
    }),
    fetches: new Histogram({
      name: 'router_fetch_seconds',
      help: 'Fetches from subgraphs',
      labelNames: ['subgraph', 'outcome'],
      buckets: SECONDS,
      registers,
    }),
    plans: new Histogram({ name: 'router_plan_seconds', help: 'Planning of operations not planned before', buckets: SECONDS, registers }),
    errors: new Counter({
      name: 'router_operation_errors_total',
      help: 'Errors in answers, over whatever transport',
      labelNames: ['code'],
      registers,
    }),
    lag: new Histogram({
      name: 'router_event_lag_seconds',
      help: 'From the arrival of a subscription event to its last write',
      buckets: SECONDS,
      registers,
    }),
    breakerOpen: new Gauge({
      name: 'router_breaker_open',
      help: '1 while the circuit of a subgraph is open',
      labelNames: ['subgraph'],
      registers,
    }),
    sockets: new Gauge({ name: 'router_sockets', help: 'Open WebSockets and event streams', registers }),
    topics: new Gauge({ name: 'router_topics', help: 'Open upstream subscriptions', registers }),
    deliveries: new Counter({ name: 'router_deliveries_total', help: 'Subscription events written to sockets', registers }),
    resynchronised: new Counter({
      name: 'router_resynchronised_total',
      help: 'Slow subscribers that were sent a new snapshot instead of what they missed',
      registers,
    }),
  };
}
export type Metrics = ReturnType<typeof createMetrics>;

/** On a port of its own, which is not reachable from outside. */
export function createMetricsServer(metrics: Metrics): Server {
  return createServer((request, response) => {
    if (request.url !== '/metrics') {
      response.writeHead(404).end();
      return;
    }
    metrics.registry.metrics().then(
      (text) => response.writeHead(200, { 'content-type': metrics.registry.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  });
}
