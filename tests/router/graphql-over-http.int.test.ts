import { serverAudits } from 'graphql-http';
import type { AuditResult } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { IDENTITY_HEADER } from '../../kit/graphql/identity.ts';
import type { World } from '../../router/testing/world.ts';
import { startWorld } from '../../router/testing/world.ts';

type Counts = Record<'MUST' | 'SHOULD' | 'MAY', { passed: number; all: number; failed: string[] }>;

/** The audits that graphql-http publishes for servers of others; one after the other, so that a failure is its own. */
async function audit(url: string, headers: () => Promise<Record<string, string>>): Promise<Counts> {
  const fetchFn = async (address: string, request: RequestInit = {}): Promise<Response> => {
    const sent = new Headers(request.headers);
    for (const [name, value] of Object.entries(await headers())) sent.set(name, value);
    return fetch(address, { ...request, headers: sent });
  };
  const counts: Counts = {
    MUST: { passed: 0, all: 0, failed: [] },
    SHOULD: { passed: 0, all: 0, failed: [] },
    MAY: { passed: 0, all: 0, failed: [] },
  };
  for (const { name, fn } of serverAudits({ url, fetchFn })) {
    const result: AuditResult = await fn();
    const count = counts[name.startsWith('MUST') ? 'MUST' : name.startsWith('SHOULD') ? 'SHOULD' : 'MAY'];
    count.all += 1;
    if (result.status === 'ok') count.passed += 1;
    else count.failed.push(`${name}: ${result.reason}`);
  }
  return counts;
}

describe('GraphQL over HTTP, by the audits of graphql-http', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld();
  });
  afterAll(() => world.close());

  /** What falls short of what this product promises; nothing, or each failed audit with its reason. */
  function shortcomings({ MUST, SHOULD, MAY }: Counts): string[] {
    expect([MUST.all, SHOULD.all, MAY.all]).toEqual([13, 23, 25]);
    return [...MUST.failed, ...(SHOULD.passed >= 20 ? [] : SHOULD.failed), ...(MAY.passed >= 22 ? [] : MAY.failed)];
  }

  it('the router, for a client as it is', async () => {
    expect(shortcomings(await audit(`${world.origin}/graphql`, async () => ({})))).toEqual([]);
  });

  it('the router, for a client that proves a preflight: there CSRF refuses nothing', async () => {
    expect(shortcomings(await audit(`${world.origin}/graphql`, async () => ({ 'apollo-require-preflight': 'yes' })))).toEqual([]);
  });

  it.each(['auth', 'events', 'orders'] as const)('the subgraph %s, for its router', async (name) => {
    expect(shortcomings(await audit(world.urls[name] ?? '', async () => ({ [IDENTITY_HEADER]: await world.identityFor(name) })))).toEqual(
      [],
    );
  });
});
