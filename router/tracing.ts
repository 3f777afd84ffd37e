import type { Attributes } from '@opentelemetry/api';

/** What the rest of the router knows of OpenTelemetry: a piece of work has a name, and a parent that is told as a `traceparent` header. */
export type Tracing = {
  /** `run` gets the traceparent for whatever it asks of others. A rejection marks the span as failed, and goes on. */
  readonly span: <Result>(work: TracedWork, run: (traceparent: string | undefined) => Promise<Result>) => Promise<Result>;
  readonly close: () => Promise<void>;
};

type TracedWork = {
  readonly name: string;
  readonly kind: 'server' | 'client';
  readonly parent: string | undefined;
  readonly attributes?: Attributes;
};

/** The client's traceparent goes on to the subgraphs all the same. */
export const noTracing: Tracing = {
  span: ({ parent }, run) => run(parent),
  close: async () => undefined,
};
