import type { Logger } from '../../kit/runtime/logger.ts';
import { IDENTITY_HEADER } from '../../kit/graphql/identity.ts';
import type { SessionMaterial, Viewer } from '../../kit/graphql/identity.ts';
import type { Tracing } from '../tracing.ts';
import type { Identities } from '../session/identities.ts';
import type { FetchFromSubgraph, SubgraphFetch } from './executor.ts';
import { withUniqueRepresentations } from './representations.ts';
import type { ReadAnswer, SubgraphAnswer, SubgraphClient } from './subgraph-client.ts';
import { parseAnswer, SubgraphUnavailable } from './subgraph-client.ts';

/** On whose behalf a request's fetches are made. */
type FetchOrigin = {
  readonly viewer: Viewer | null;
  readonly requestId: string;
  /** For auth alone, and only with mutations: nothing else there needs more than the viewer. */
  readonly session?: SessionMaterial;
  readonly idempotencyKey?: string | undefined;
  readonly traceparent?: string | undefined;
  /** Told of `extensions.session` in an answer of auth; such an extension from any other subgraph is ignored. */
  readonly onSessionExtension?: (extension: unknown) => void;
};

/** The one subgraph that is trusted with sessions. */
export const AUTH_SUBGRAPH = 'auth';

export type Fetches = { readonly forRequest: (origin: FetchOrigin) => FetchFromSubgraph };

/**
 * Within one request identical fetches are sent once; across requests anonymous ones only: a refetch after one's own mutation must not join an older
 * answer, and nobody is anonymous who could have changed something of their own.
 */
export function createFetches(deps: {
  clients: ReadonlyMap<string, SubgraphClient>;
  identities: Identities;
  tracing: Tracing;
  logger: Logger;
}): Fetches {
  async function send(fetch: SubgraphFetch, body: string, origin: FetchOrigin): Promise<ReadAnswer> {
    const client = deps.clients.get(fetch.subgraph);
    const isMutation = fetch.query.startsWith('mutation');
    try {
      if (!client) throw new SubgraphUnavailable(fetch.subgraph, new Error('no address is configured for it'));
      const session = fetch.subgraph === AUTH_SUBGRAPH && isMutation ? origin.session : undefined;
      const traced = {
        name: `fetch ${client.name}`,
        kind: 'client',
        parent: origin.traceparent,
        attributes: { subgraph: client.name },
      } as const;
      const identity = await deps.identities.tokenFor(fetch.subgraph, origin.viewer, session);
      const read = await deps.tracing.span(traced, (traceparent) =>
        client.call({
          isMutation,
          body,
          headers: {
            'content-type': 'application/json',
            accept: 'application/json',
            'x-request-id': origin.requestId,
            [IDENTITY_HEADER]: identity,
            ...(origin.idempotencyKey === undefined ? {} : { 'idempotency-key': origin.idempotencyKey }),
            ...(traceparent === undefined ? {} : { traceparent }),
          },
        }),
      );
      const extension = read.answer.extensions?.['session'];
      if (fetch.subgraph === AUTH_SUBGRAPH && extension !== undefined) origin.onSessionExtension?.(extension);
      return read;
    } catch (error) {
      const cause = error instanceof SubgraphUnavailable ? error.cause : error;
      deps.logger.warn({ err: cause, subgraph: fetch.subgraph, requestId: origin.requestId }, 'a subgraph gave no answer');
      const answer = unavailableAnswer(fetch.subgraph);
      return { answer, text: JSON.stringify(answer) };
    }
  }

  const anonymous = new Map<string, Promise<ReadAnswer>>();
  function sendAnonymously(fetch: SubgraphFetch, body: string, origin: FetchOrigin, key: string): Promise<ReadAnswer> {
    const running = anonymous.get(key);
    if (running) return running.then(readAgain(fetch.subgraph));
    const first = send(fetch, body, origin).finally(() => anonymous.delete(key));
    anonymous.set(key, first);
    return first;
  }

  return {
    forRequest(origin) {
      const sent = new Map<string, Promise<ReadAnswer>>();
      return (fetch) =>
        withUniqueRepresentations(fetch, async (unique) => {
          const body = bodyOf(unique);
          if (unique.query.startsWith('mutation')) return (await send(unique, body, origin)).answer;
          const key = `${unique.subgraph}\n${body}`;
          const same = sent.get(key);
          if (same) return readAgain(unique.subgraph)(await same).answer;
          const first = origin.viewer ? send(unique, body, origin) : sendAnonymously(unique, body, origin, key);
          sent.set(key, first);
          return (await first).answer;
        });
    },
  };
}

/** The executor merges into what it is given, so everyone reads their own. */
function readAgain(subgraph: string): (read: ReadAnswer) => ReadAnswer {
  return ({ text }) => ({ answer: parseAnswer(text) ?? unavailableAnswer(subgraph), text });
}

function bodyOf({ query, variables, operationName }: SubgraphFetch): string {
  return JSON.stringify({ query, variables, ...(operationName === undefined ? {} : { operationName }) });
}

function unavailableAnswer(subgraph: string): SubgraphAnswer {
  return {
    data: null,
    errors: [
      {
        message: `The ${subgraph} service cannot be reached right now. Try again shortly.`,
        extensions: { code: 'SUBGRAPH_UNAVAILABLE', subgraph },
      },
    ],
  };
}
