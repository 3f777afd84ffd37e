import { GraphQLError, OperationTypeNode } from 'graphql';
import { unauthenticated } from '../../kit/graphql/errors.ts';
import type { Logger } from '../../kit/runtime/logger.ts';
import { newId } from '../../kit/values/ids.ts';
import { formatForClient } from '../errors.ts';
import type { Fetches } from '../execute/fetches.ts';
import { networkOf } from '../http/client-address.ts';
import type { RateLimits } from '../limits/rate-limits.ts';
import type { Documents } from '../operation/documents.ts';
import type { Pipeline } from '../operation/pipeline.ts';
import type { Safelist } from '../operation/safelist.ts';
import type { RequestSession, Sessions } from '../session/sessions.ts';
import type { Hub } from './hub.ts';
import type { OperationSink, StartOperation } from './protocol.ts';
import { CLOSE } from './protocol.ts';
import { sharePayload } from './shared-payload.ts';

/** The socket, or the stream, that an operation came in on. */
type OperationSocket = {
  readonly session: () => Promise<RequestSession>;
  readonly address: string;
  readonly isWritable: () => boolean;
  readonly onceWritable: (callback: () => void) => void;
  readonly close: (code: number, reason: string) => void;
  /** Where the transport is one request: its id, under which it was counted already. */
  readonly requestId?: string;
  /** From here on the operation has an answer, be it errors. */
  readonly onAdmitted?: () => void;
};

export type SocketOperations = { readonly forSocket: (socket: OperationSocket) => StartOperation };

const SERVED: ReadonlySet<OperationTypeNode> = new Set([OperationTypeNode.QUERY, OperationTypeNode.SUBSCRIPTION]);
const nothingToStop = (): void => undefined;

/** The same way for an operation as over HTTP; only what carries the answer differs. */
export function createSocketOperations(deps: {
  documents: Documents;
  safelist: Safelist;
  pipeline: Pipeline;
  fetches: Fetches;
  sessions: Sessions;
  hub: Hub;
  rateLimits: RateLimits;
  logger: Logger;
}): SocketOperations {
  /** The session may have ended since the upgrade; or since it was resolved, before the socket was among those that are told. */
  async function sessionNow(socket: OperationSocket): Promise<RequestSession> {
    const session = await socket.session();
    if (!session.token) return session;
    // Refreshed by this very request: asking would count its new cookies as seen before they have arrived.
    if (socket.requestId !== undefined && session.cookies.length > 0) return session;
    const standing = await deps.sessions.standingOf(session.token);
    if (standing === 'ended') {
      socket.close(CLOSE.unauthorized, 'Session ended');
      throw unauthenticated();
    }
    return { ...session, uncertain: standing === 'unknown' };
  }

  async function start(
    socket: OperationSocket,
    requestId: string,
    payload: Parameters<StartOperation>[0],
    sink: OperationSink,
  ): Promise<() => void> {
    const fail = (errors: readonly unknown[]): (() => void) => {
      sink.fail(errors.map((error) => formatForClient(error, requestId, deps.logger)));
      return nothingToStop;
    };
    if (socket.requestId === undefined) await deps.rateLimits.consume([{ limit: 'address', key: networkOf(socket.address) }]);
    const admitted = await deps.pipeline.admit({
      document: deps.documents.parse(deps.safelist.sourceOf(payload)),
      operationName: payload.operationName,
      variables: payload.variables,
      serves: SERVED,
      address: socket.address,
      session: () => sessionNow(socket),
    });
    if (admitted.kind === 'refused') return fail(admitted.errors);
    socket.onAdmitted?.();

    if (admitted.planned.checked.operation.operation === OperationTypeNode.SUBSCRIPTION) {
      if (!admitted.planned.plan.node)
        return fail(
          admitted.refusals.length > 0
            ? admitted.refusals
            : [new GraphQLError('Nothing to subscribe to.', { extensions: { code: 'BAD_REQUEST' } })],
        );
      return await deps.hub.subscribe(admitted, requestId, {
        write: sink.next,
        isWritable: socket.isWritable,
        onceWritable: socket.onceWritable,
        fail: (errors) => void fail(errors),
        complete: sink.complete,
      });
    }

    const { viewer } = admitted.session;
    const answer = await deps.pipeline.execute(admitted, requestId, deps.fetches.forRequest({ viewer, requestId }));
    const errors = answer.errors.map((error) => formatForClient(error, requestId, deps.logger));
    sink.next(sharePayload(JSON.stringify({ data: answer.data ?? null, ...(errors.length > 0 ? { errors } : {}) })));
    sink.complete();
    return nothingToStop;
  }

  return {
    forSocket: (socket) => async (payload, sink) => {
      const requestId = socket.requestId ?? newId('req');
      try {
        return await start(socket, requestId, payload, sink);
      } catch (error) {
        sink.fail([formatForClient(error, requestId, deps.logger)]);
        return nothingToStop;
      }
    },
  };
}
