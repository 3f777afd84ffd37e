import type { FastifyRequest } from 'fastify';
import { GraphQLError } from 'graphql';
import type { SubscribePayload } from 'graphql-ws';
import { z } from 'zod';

/** The client's first choice is a stream; one that merely accepts it as well gets an ordinary answer. */
export function wantsEventStream(request: FastifyRequest): boolean {
  return isStreamPreferred(request.headers.accept);
}

/** What else a client may name that we would answer with. */
const ORDINARY = new Set(['application/json', 'application/graphql-response+json', 'application/*', '*/*']);

/** By RFC 9110, 12.5.1; of equal weights the one named first counts. */
export function isStreamPreferred(accept: string | undefined): boolean {
  const ranges = (accept ?? '').split(',').map((range, index) => ({ type: typeOf(range), weight: weightOf(range), index }));
  const [first] = ranges
    .filter(({ type, weight }) => weight > 0 && (type === STREAM || ORDINARY.has(type)))
    .toSorted((one, other) => other.weight - one.weight || one.index - other.index);
  return first?.type === STREAM;
}

const STREAM = 'text/event-stream';

function typeOf(range: string): string {
  return range.split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

function weightOf(range: string): number {
  const given = /;\s*q=([01](?:\.\d{0,3})?)\s*(?:;|$)/i.exec(range)?.[1];
  return given === undefined ? 1 : Math.min(1, Number(given));
}

/**
 * A browser sends a GET for a stream without asking first, and with cookies. What shows that it comes from a page of ours: its Origin or Sec-Fetch-Site,
 * which no script can set, or a header that only a preflight allows. Without cookies there is nothing to protect.
 */
export function isForgeableStream({ method, headers }: FastifyRequest): boolean {
  if (method !== 'GET' || headers.cookie === undefined) return false;
  const site = headers['sec-fetch-site'];
  return headers.origin === undefined && site !== 'same-origin' && headers['apollo-require-preflight'] === undefined;
}

const object = z.record(z.string(), z.unknown());
const payloadSchema = z.object({
  query: z.string().nullish(),
  operationName: z.string().nullish(),
  variables: object.nullish(),
  extensions: object.nullish(),
  documentId: z.string().nullish(),
});

/** Throws BAD_REQUEST. A body that is no JSON object is refused whatever its type claims: a form may send text/plain across sites. */
export function payloadOf(request: FastifyRequest): SubscribePayload {
  const parsed = payloadSchema.safeParse(request.method === 'GET' ? parametersOf(request.url) : request.body);
  if (!parsed.success) throw badRequest();
  const { query, operationName, variables, extensions, documentId } = parsed.data;
  return {
    query: query ?? '',
    operationName: operationName ?? null,
    variables: variables ?? null,
    extensions: extensions ?? null,
    ...(documentId === null || documentId === undefined ? {} : { documentId }),
  };
}

function parametersOf(url: string): Record<string, unknown> {
  const parameters = new URL(url, 'http://router').searchParams;
  const json = (name: string): unknown => {
    const text = parameters.get(name);
    if (text === null || text === '') return null;
    try {
      return JSON.parse(text);
    } catch {
      throw badRequest();
    }
  };
  return {
    query: parameters.get('query'),
    operationName: parameters.get('operationName'),
    variables: json('variables'),
    extensions: json('extensions'),
    documentId: parameters.get('documentId'),
  };
}

function badRequest(): GraphQLError {
  return new GraphQLError('Send a JSON object with query, and variables if it has any.', { extensions: { code: 'BAD_REQUEST' } });
}
