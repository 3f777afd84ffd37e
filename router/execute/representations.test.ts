import { describe, expect, it } from 'vitest';
import type { SubgraphFetch } from './executor.ts';
import { withUniqueRepresentations } from './representations.ts';

const user = (id: string) => ({ __typename: 'User', id });
const fetchOf = (...ids: string[]): SubgraphFetch => ({
  subgraph: 'auth',
  query: 'query',
  operationName: undefined,
  variables: { first: 1, representations: ids.map(user) },
});

describe('representations', () => {
  it('are sent once each, and answered to all who asked', async () => {
    const sent: unknown[] = [];
    const answer = await withUniqueRepresentations(fetchOf('a', 'b', 'a', 'a'), async (fetch) => {
      sent.push(fetch.variables);
      return { data: { _entities: [{ name: 'A' }, null] } };
    });
    expect(sent).toEqual([{ first: 1, representations: [user('a'), user('b')] }]);
    expect(answer.data).toEqual({ _entities: [{ name: 'A' }, null, { name: 'A' }, { name: 'A' }] });
    const entities = answer.data?.['_entities'];
    expect(Array.isArray(entities) && entities[0] !== entities[2]).toBe(true);
  });

  it('spread their errors over all who asked', async () => {
    const answer = await withUniqueRepresentations(fetchOf('a', 'a', 'b'), async () => ({
      data: null,
      errors: [{ message: 'no', path: ['_entities', 0, 'name'] }, { message: 'at all' }],
    }));
    expect(answer.errors).toEqual([
      { message: 'no', path: ['_entities', 0, 'name'] },
      { message: 'no', path: ['_entities', 1, 'name'] },
      { message: 'at all' },
    ]);
  });

  it('that differ go as they are', async () => {
    const fetch = fetchOf('a', 'b');
    let seen: SubgraphFetch | undefined;
    await withUniqueRepresentations(fetch, async (sent) => {
      seen = sent;
      return {};
    });
    expect(seen).toBe(fetch);
  });
});
