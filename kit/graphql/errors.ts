import type { FormattedExecutionResult } from 'graphql';
import { GraphQLError } from 'graphql';

/** Every code an error can carry, beside GraphQL's own GRAPHQL_PARSE_FAILED and GRAPHQL_VALIDATION_FAILED. Expected refusals are not errors but members of result unions. */
export const ERROR_CODES = [
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'NOT_FOUND',
  'BAD_USER_INPUT',
  'RATE_LIMITED',
  'SERVICE_UNAVAILABLE',
  'SUBGRAPH_UNAVAILABLE',
  'INTERNAL_SERVER_ERROR',
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

export type InputIssue = { readonly path: readonly (string | number)[]; readonly message: string };

/** The one error that is meant for clients: its message and code are shown, its cause is logged only. */
export class AppError extends GraphQLError {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; extensions?: Record<string, unknown> } = {}) {
    super(message, { extensions: { ...options.extensions, code } });
    this.code = code;
    if (options.cause !== undefined) this.cause = options.cause;
  }
}

export function badUserInput(issues: readonly InputIssue[]): AppError {
  const message = issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ');
  return new AppError('BAD_USER_INPUT', message || 'The input is not valid.', { extensions: { issues } });
}

export const unauthenticated = (): AppError => new AppError('UNAUTHENTICATED', 'Sign in first.');
export const forbidden = (): AppError => new AppError('FORBIDDEN', 'You may not do this.');
const UNAVAILABLE_MESSAGE = 'This part of the service cannot be reached right now. Try again shortly.';

/** Codes that GraphQL and Apollo Server raise about the request itself; their messages speak of the document only. */
const REQUEST_CODES = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_REQUEST',
  'OPERATION_RESOLUTION_FAILURE',
  'BAD_USER_INPUT',
]);

/** GraphQL wraps what a resolver threw, sometimes more than once. */
export function rootCause(error: unknown): unknown {
  let current = error;
  while (current instanceof GraphQLError && !(current instanceof AppError) && current.originalError !== undefined) {
    if (current.originalError === current) break;
    current = current.originalError;
  }
  return current;
}

/** True for what a client may read as it is; everything else is masked. */
export function isForClients(error: unknown): boolean {
  const cause = rootCause(error);
  if (cause instanceof AppError) return true;
  if (!(cause instanceof GraphQLError)) return false;
  const code = cause.extensions['code'];
  return typeof code === 'string' && (REQUEST_CODES.has(code) || code.startsWith('PERSISTED_QUERY_'));
}

export type FormattedError = NonNullable<FormattedExecutionResult['errors']>[number];

/** The masked form of an unknown error: nothing of the cause, but the request id under which it was logged. */
export function maskedError(formatted: FormattedError, requestId: string): FormattedError {
  return {
    message: 'Something went wrong on our side.',
    ...(formatted.path === undefined ? {} : { path: formatted.path }),
    ...(formatted.locations === undefined ? {} : { locations: formatted.locations }),
    extensions: { code: 'INTERNAL_SERVER_ERROR', requestId },
  };
}

/** A server behind ours is away: worth another try, and nothing of which server it is. */
export function unavailableError(formatted: FormattedError, requestId: string): FormattedError {
  return {
    message: UNAVAILABLE_MESSAGE,
    ...(formatted.path === undefined ? {} : { path: formatted.path }),
    ...(formatted.locations === undefined ? {} : { locations: formatted.locations }),
    extensions: { code: 'SERVICE_UNAVAILABLE', requestId },
  };
}
