import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { GraphQLError } from 'graphql';
import { z } from 'zod';

/** How a request may name its document: by its text, or by an id. */
export type NamedDocument = {
  readonly query?: unknown;
  /** As the GraphQL over HTTP specification's appendix on persisted documents has it. */
  readonly documentId?: unknown;
  /** `persistedQuery.sha256Hash`, as Apollo's clients send it. */
  readonly extensions?: unknown;
};

export type Safelist = {
  /** The document's text. Throws a GraphQLError for one that is not served here. */
  readonly sourceOf: (request: NamedDocument) => string;
};

/** Without a list every document is served, and none has an id. */
export const openToAll: Safelist = {
  sourceOf: ({ query }) => (typeof query === 'string' ? query : ''),
};

const fileSchema = z.record(z.string().regex(/^(?:sha256:)?[0-9a-f]{64}$/, 'must be a sha256 id'), z.string().min(1));

/**
 * Reads what codegen's client preset writes with `persistedDocuments: true`: `{ "sha256:<hex>": "query …" }`. A file that cannot be trusted (no sha256 ids,
 * or a text that is not its id's) keeps the router from starting: an empty or wrong list would refuse every client.
 */
export async function readSafelist(path: string): Promise<Safelist> {
  const byId = new Map<string, string>();
  for (const [id, text] of Object.entries(fileSchema.parse(JSON.parse(await readFile(path, 'utf8'))))) {
    const hash = id.replace(/^sha256:/, '');
    if (createHash('sha256').update(text).digest('hex') !== hash) throw new Error(`${path}: the document of ${id} is not what its id says`);
    byId.set(hash, text);
  }
  const texts = new Set(byId.values());
  return {
    sourceOf(request) {
      const id = idOf(request);
      const text = id === undefined ? request.query : byId.get(id.replace(/^sha256:/, ''));
      if (typeof text === 'string' && texts.has(text)) return text;
      throw id === undefined
        ? refusal('PERSISTED_QUERY_REQUIRED', 'Only persisted operations are served here: send the id of one.')
        : refusal('PERSISTED_QUERY_NOT_FOUND', 'There is no persisted operation of this id.');
    },
  };
}

function refusal(code: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code } });
}

const idsSchema = z.object({
  documentId: z.string().optional().catch(undefined),
  extensions: z
    .object({ persistedQuery: z.object({ sha256Hash: z.string() }) })
    .optional()
    .catch(undefined),
});

function idOf(request: NamedDocument): string | undefined {
  const { documentId, extensions } = idsSchema.parse({ documentId: request.documentId, extensions: request.extensions });
  return documentId ?? extensions?.persistedQuery.sha256Hash;
}
