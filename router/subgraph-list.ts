import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';

const listSchema = z.object({
  subgraphs: z.record(z.string().regex(/^[a-z][a-z0-9-]*$/), z.object({ schema: z.string(), url: z.url() })),
});

export type ListedSubgraph = { readonly name: string; readonly schema: string; readonly url: string };

/** Reads supergraph.yaml, the one list of subgraphs. */
export function readSubgraphList(path: string): readonly ListedSubgraph[] {
  const { subgraphs } = listSchema.parse(parse(readFileSync(path, 'utf8')));
  return Object.entries(subgraphs).map(([name, { schema, url }]) => ({ name, schema, url }));
}
