import { z } from 'zod';
import type { IdentitySigner } from '../../../kit/graphql/identity.ts';
import { IDENTITY_HEADER } from '../../../kit/graphql/identity.ts';
import { Unavailable } from '../../../kit/values/unavailable.ts';

const DEADLINE_MS = 2_000;

const answerSchema = z.object({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z.array(z.object({ message: z.string() })).default([]),
});

/** The data of one operation; throws `Unavailable` when the subgraph cannot answer now. */
export type AskSubgraph = (query: string, variables: Record<string, unknown>) => Promise<Record<string, unknown>>;

/** Another subgraph, asked on this service's own behalf. */
export function createAskSubgraph(deps: { name: string; url: string; signer: IdentitySigner }): AskSubgraph {
  return async (query, variables) => {
    const response = await fetch(deps.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', [IDENTITY_HEADER]: await deps.signer.sign(`subgraph:${deps.name}`, { viewer: null }) },
      body: JSON.stringify({ query, variables }),
      signal: AbortSignal.timeout(DEADLINE_MS),
    });
    if (!response.ok) throw new Unavailable(`The ${deps.name} subgraph answered ${response.status}.`);
    const { data, errors } = answerSchema.parse(await response.json());
    // A null beside an error is not an answer: what was asked about may well be there.
    if (!data || errors.length > 0) throw new Unavailable(`The ${deps.name} subgraph failed: ${errors[0]?.message ?? 'no data'}`);
    return data;
  };
}
