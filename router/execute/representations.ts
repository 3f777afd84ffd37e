import type { SubgraphFetch } from './executor.ts';
import type { SubgraphAnswer, SubgraphError } from './subgraph-client.ts';

/**
 * Sends each representation once (5,000 seats held by two users ask for two users) and spreads the answer, with its errors, over all who asked.
 */
export async function withUniqueRepresentations(
  fetch: SubgraphFetch,
  send: (fetch: SubgraphFetch) => Promise<SubgraphAnswer>,
): Promise<SubgraphAnswer> {
  const representations = fetch.variables['representations'];
  if (!Array.isArray(representations) || representations.length < 2) return send(fetch);

  const positions = new Map<string, number>();
  const unique: unknown[] = [];
  const positionOf = representations.map((representation: unknown) => {
    const key = JSON.stringify(representation);
    const known = positions.get(key);
    if (known !== undefined) return known;
    positions.set(key, unique.length);
    unique.push(representation);
    return unique.length - 1;
  });
  if (unique.length === representations.length) return send(fetch);

  const answer = await send({ ...fetch, variables: { ...fetch.variables, representations: unique } });
  const entities = answer.data?.['_entities'];
  return {
    ...answer,
    ...(Array.isArray(entities) ? { data: { ...answer.data, _entities: spread(entities, positionOf) } } : {}),
    ...(answer.errors ? { errors: answer.errors.flatMap((error) => spreadError(error, positionOf)) } : {}),
  };
}

/** The first to ask gets the object itself, the others copies: the executor merges later answers into them. */
function spread(entities: readonly unknown[], positionOf: readonly number[]): unknown[] {
  const given = new Set<number>();
  return positionOf.map((position) => {
    const entity = entities[position] ?? null;
    if (!given.has(position)) {
      given.add(position);
      return entity;
    }
    return structuredClone(entity);
  });
}

function spreadError(error: SubgraphError, positionOf: readonly number[]): SubgraphError[] {
  const [head, index, ...rest] = error.path ?? [];
  if (head !== '_entities' || typeof index !== 'number') return [error];
  return positionOf.flatMap((position, original) => (position === index ? [{ ...error, path: [head, original, ...rest] }] : []));
}
