import CircuitBreaker from 'opossum';
import type { Dispatcher } from 'undici';
import { Agent } from 'undici';
import type { Logger } from '../../kit/runtime/logger.ts';

export type SubgraphAnswer = {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly SubgraphError[];
  readonly extensions?: Record<string, unknown>;
};
export type SubgraphError = {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: Record<string, unknown>;
};

/** The text is kept beside what was parsed from it: the executor merges into the objects, so a second reader parses its own. */
export type ReadAnswer = { readonly answer: SubgraphAnswer; readonly text: string };

type SubgraphCall = {
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Mutations get more time and are never sent twice. */
  readonly isMutation: boolean;
};

/** Why a subgraph gave no GraphQL answer; the cause is for the log, never for a client. */
export class SubgraphUnavailable extends Error {
  override readonly name = 'SubgraphUnavailable';
  readonly subgraph: string;

  constructor(subgraph: string, cause: unknown) {
    super(`The subgraph ${subgraph} gave no answer.`, { cause });
    this.subgraph = subgraph;
  }
}

/** Too much was asked for: the subgraph is well, and its circuit must not be opened by whoever asks for too much. */
class AnswerTooLarge extends Error {
  override readonly name = 'AnswerTooLarge';
}

export type SubgraphClientSettings = {
  readonly queryDeadlineMs: number;
  readonly mutationDeadlineMs: number;
  readonly bodyLimitBytes: number;
};
const SUBGRAPH_CLIENT_DEFAULTS: SubgraphClientSettings = {
  queryDeadlineMs: 3_000,
  mutationDeadlineMs: 10_000,
  bodyLimitBytes: 10 * 1024 * 1024,
};

/** Opens at half of at least 20 calls within 10 s failing; lets one through after 5 s. */
const BREAKER = {
  timeout: false,
  errorThresholdPercentage: 50,
  volumeThreshold: 20,
  rollingCountTimeout: 10_000,
  rollingCountBuckets: 10,
  resetTimeout: 5_000,
  errorFilter: (error: unknown) => error instanceof AnswerTooLarge,
} as const;

export type SubgraphClient = {
  readonly name: string;
  /** Rejects with SubgraphUnavailable, and with nothing else. */
  readonly call: (call: SubgraphCall) => Promise<ReadAnswer>;
  /** True if GET /health answered 200 in time. */
  readonly isHealthy: (deadlineMs: number) => Promise<boolean>;
  readonly close: () => Promise<void>;
};

export function createSubgraphClient(deps: {
  name: string;
  url: string;
  logger: Logger;
  settings?: Partial<SubgraphClientSettings>;
  onFetched?: (seconds: number, ok: boolean) => void;
  onBreaker?: (isOpen: boolean) => void;
}): SubgraphClient {
  const settings = { ...SUBGRAPH_CLIENT_DEFAULTS, ...deps.settings };
  const url = new URL(deps.url);
  const pooled = new Agent({ connections: 128, keepAliveTimeout: 10_000, connect: { timeout: settings.queryDeadlineMs } });
  // Without keep-alive: after a restart of the subgraph every pooled connection may be dead, and the second try must not meet another one.
  const fresh = new Agent({ pipelining: 0, connect: { timeout: settings.queryDeadlineMs } });

  async function send(call: SubgraphCall, agent: Dispatcher, signal: AbortSignal): Promise<ReadAnswer> {
    const response = await agent.request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method: 'POST',
      headers: call.headers,
      body: call.body,
      signal,
    });
    const text = await readLimited(response.body, settings.bodyLimitBytes);
    const answer = parseAnswer(text);
    if (response.statusCode === 401 || !answer) throw new Error(`unexpected answer with status ${response.statusCode}`);
    return { answer, text };
  }

  async function attempt(call: SubgraphCall): Promise<ReadAnswer> {
    // One signal per call: a shared one would abort healthy calls together with a slow one.
    const signal = AbortSignal.timeout(call.isMutation ? settings.mutationDeadlineMs : settings.queryDeadlineMs);
    try {
      return await send(call, pooled, signal);
    } catch (error) {
      if (call.isMutation || signal.aborted || !isBrokenConnection(error)) throw error;
      return await send(call, fresh, signal);
    }
  }

  const breaker = new CircuitBreaker(attempt, { ...BREAKER, name: deps.name });
  breaker.on('open', () => {
    deps.logger.warn({ subgraph: deps.name }, 'circuit opened: the subgraph keeps failing');
    deps.onBreaker?.(true);
  });
  breaker.on('close', () => {
    deps.logger.info({ subgraph: deps.name }, 'circuit closed: the subgraph answers again');
    deps.onBreaker?.(false);
  });

  return {
    name: deps.name,
    async call(call) {
      const started = performance.now();
      try {
        const answer = await breaker.fire(call);
        deps.onFetched?.((performance.now() - started) / 1_000, true);
        return answer;
      } catch (error) {
        deps.onFetched?.((performance.now() - started) / 1_000, false);
        throw new SubgraphUnavailable(deps.name, error);
      }
    },
    async isHealthy(deadlineMs) {
      try {
        const response = await pooled.request({
          origin: url.origin,
          path: '/health',
          method: 'GET',
          signal: AbortSignal.timeout(deadlineMs),
        });
        await response.body.dump();
        return response.statusCode === 200;
      } catch {
        return false;
      }
    },
    close: async () => {
      breaker.shutdown();
      await Promise.all([pooled.close(), fresh.close()]);
    },
  };
}

/** The request reached nobody, or its connection died under it; a deadline or an answer that made no sense is not worth another try. */
function isBrokenConnection(error: unknown): boolean {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && ['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'UND_ERR_SOCKET', 'UND_ERR_CONNECT_TIMEOUT'].includes(code);
}

async function readLimited(body: Dispatcher.ResponseData['body'], limitBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    length += chunk.length;
    // Leaving the loop destroys the stream, and with it the connection that would go on sending.
    if (length > limitBytes) throw new AnswerTooLarge(`an answer of more than ${limitBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** A GraphQL answer has `data` or `errors`; anything else (a proxy's page, a stack trace) is no answer. */
export function parseAnswer(body: string): SubgraphAnswer | null {
  try {
    const parsed: unknown = JSON.parse(body);
    return isAnswer(parsed) ? parsed : null;
  } catch {
    return null;
  }
}

export function isAnswer(value: unknown): value is SubgraphAnswer {
  if (typeof value !== 'object' || value === null) return false;
  const hasErrors = 'errors' in value && Array.isArray(value.errors) && value.errors.length > 0;
  return hasErrors || ('data' in value && typeof value.data === 'object');
}
