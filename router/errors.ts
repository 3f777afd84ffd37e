import type { GraphQLFormattedError } from 'graphql';
import { GraphQLError } from 'graphql';
import type { ErrorCode } from '../kit/graphql/errors.ts';
import { AppError, ERROR_CODES, isForClients, maskedError, rootCause } from '../kit/graphql/errors.ts';
import type { Logger } from '../kit/runtime/logger.ts';
import type { ExecutionError } from './execute/executor.ts';
import type { ResponsePath } from './execute/unavailable-fields.ts';
import { nullAt } from './execute/unavailable-fields.ts';

/** One answer never carries more errors than this: a list of a thousand failing entities says nothing new after fifty. */
const ERRORS_MAX = 50;
/** Nor more fields of one subgraph that is away. */
const UNAVAILABLE_MAX = 20;

/** What of a subgraph's extensions a client may read, beside the code. */
const SHOWN_EXTENSIONS = ['issues', 'retryAfterSeconds'];

const isOurCode = (code: unknown): code is ErrorCode => ERROR_CODES.some((known) => known === code);

/**
 * Errors of subgraphs as clients see them: codes of our list with message and path; SUBGRAPH_UNAVAILABLE for each field left null; all else masked and logged.
 * `serviceName`, URLs, status texts and bodies never get through.
 */
export function clientErrorsOf(
  errors: readonly ExecutionError[],
  data: unknown,
  requestId: string,
  logger: Logger,
): readonly GraphQLError[] {
  const unavailable = new Map<string, Map<string, ResponsePath>>();
  const shown: GraphQLError[] = [];
  for (const error of errors) {
    if (shown.length >= ERRORS_MAX) break;
    const code = error.extensions?.['code'];
    const options = error.path ? { path: error.path } : {};
    if (code === 'SUBGRAPH_UNAVAILABLE') {
      const subgraph = error.subgraph ?? 'unknown';
      const told = unavailable.get(subgraph) ?? new Map<string, ResponsePath>();
      unavailable.set(subgraph, told);
      for (const path of nullsOf(error, data)) {
        const name = JSON.stringify(path);
        if (told.has(name) || told.size >= UNAVAILABLE_MAX) continue;
        told.set(name, path);
        const place = path.length > 0 ? { path } : {};
        shown.push(new GraphQLError('', { ...place, originalError: new AppError(code, error.message, { extensions: { subgraph } }) }));
      }
      continue;
    }
    if (isOurCode(code) && code !== 'INTERNAL_SERVER_ERROR') {
      const extensions = Object.fromEntries(
        SHOWN_EXTENSIONS.flatMap((name) => (error.extensions?.[name] === undefined ? [] : [[name, error.extensions[name]]])),
      );
      shown.push(new GraphQLError('', { ...options, originalError: new AppError(code, error.message, { extensions }) }));
      continue;
    }
    logger.error(
      {
        requestId,
        subgraph: error.subgraph,
        path: error.path,
        subgraphRequestId: error.extensions?.['requestId'],
        code,
        reason: error.message,
      },
      'a subgraph answered with an error',
    );
    const masked = maskedError({ message: '' }, requestId);
    shown.push(
      new GraphQLError('', {
        ...options,
        originalError: new AppError('INTERNAL_SERVER_ERROR', masked.message, { extensions: { requestId } }),
      }),
    );
  }
  return shown;
}

/** The nulls that stand for what was not fetched; the answer as a whole, if none is to be found. */
function nullsOf(error: ExecutionError, data: unknown): readonly ResponsePath[] {
  const nulls = (error.leavesOut ?? []).flatMap((path) => {
    const at = nullAt(data, path);
    return at ? [at] : [];
  });
  return nulls.length > 0 ? nulls : [[]];
}

/** The last gate before the wire, for HTTP and WebSocket: what is not meant for clients is masked and logged here. */
export function formatForClient(error: unknown, requestId: string, logger: Logger): GraphQLFormattedError {
  if (error instanceof GraphQLError && (isForClients(error) || isAboutTheRequest(error))) {
    const cause = rootCause(error);
    if (cause instanceof AppError) {
      if (cause.cause !== undefined) logger.warn({ err: cause.cause, code: cause.code, requestId }, cause.message);
      return { message: cause.message, ...(error.path ? { path: error.path } : {}), extensions: shownExtensions(cause.extensions) };
    }
    return {
      message: error.message,
      ...(error.locations ? { locations: error.locations } : {}),
      ...(error.path ? { path: error.path } : {}),
      extensions: shownExtensions(error.extensions),
    };
  }
  logger.error({ err: rootCause(error), requestId }, 'a request failed');
  return maskedError({ message: '' }, requestId);
}

/** Apollo Server wraps a syntax error, and it is the wrapper that bears the code. */
function isAboutTheRequest(error: GraphQLError): boolean {
  return error.extensions['code'] === 'GRAPHQL_PARSE_FAILED' && rootCause(error) instanceof GraphQLError;
}

/** `http` and `stacktrace` steer Apollo Server, and are nobody else's business. */
function shownExtensions({
  http: _http,
  stacktrace: _stacktrace,
  ...extensions
}: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return extensions;
}
