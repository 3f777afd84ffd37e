import type { Safelist } from '../operation/safelist.ts';
import { openToAll } from '../operation/safelist.ts';

type Sent = { readonly search: string; readonly body: unknown };

/** The request with its document's text in place of an id, as Apollo Server wants it; throws for a document that is not served. */
export function withPersistedDocument(safelist: Safelist, { search, body }: Sent): Sent {
  if (safelist === openToAll) return { search, body };
  // Neither a list (a batch) nor anything else is ours to judge: Apollo Server refuses it.
  if (isObject(body)) {
    const { documentId: _id, extensions: _extensions, ...rest } = body;
    return { search, body: { ...rest, query: safelist.sourceOf(body) } };
  }
  if (body !== undefined && body !== null) return { search, body };
  const parameters = new URLSearchParams(search);
  const query = safelist.sourceOf({
    query: parameters.get('query') ?? undefined,
    documentId: parameters.get('documentId') ?? undefined,
    extensions: parseJson(parameters.get('extensions')),
  });
  parameters.delete('documentId');
  parameters.delete('extensions');
  parameters.set('query', query);
  return { search: `?${parameters.toString()}`, body };
}

function parseJson(text: string | null): unknown {
  try {
    return text === null ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
