import type { DocumentNode } from 'graphql';
import { parse, print } from 'graphql';
import { describe, expect, it } from 'vitest';
import { loadSupergraph } from '../supergraph/supergraph.ts';
import { composeForTest } from '../testing/compose.ts';
import type { ViewerScopes } from './authorization.ts';
import { refusalsOf, withoutForbiddenFields } from './authorization.ts';
import type { CheckedOperation } from './documents.ts';
import { createDocuments } from './documents.ts';
import { planOperation } from './plan.ts';

const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@authenticated", "@requiresScopes"])';
const supergraph = loadSupergraph(
  composeForTest({
    shop: `${LINK}
      interface Named { name: String secret: String }
      type Person implements Named { name: String secret: String @requiresScopes(scopes: [["read"], ["a", "b"]]) friend: Person @authenticated }
      type Robot implements Named { name: String secret: String }
      type Vault @authenticated { gold: Int }
      union Thing = Person | Vault
      type Query { open: String own: String @authenticated person: Person named: Named thing: Thing vault: Vault }
      type Mutation { act: String @requiresScopes(scopes: [["write"]]) }`,
  }),
);
const documents = createDocuments({ introspection: true, hideSchemaDetails: false });

function check(query: string): CheckedOperation {
  const checked = documents.check(supergraph, documents.parse(query), null);
  if (!('operation' in checked)) throw new Error(checked.map((error) => error.message).join());
  return checked;
}
const compact = (document: DocumentNode): string => print(document).replace(/\s+/g, ' ').trim();
const nobody: ViewerScopes = null;
const having = (...scopes: string[]): ViewerScopes => ({ scopes: new Set(scopes) });
const left = (query: string, viewer: ViewerScopes): string => compact(withoutForbiddenFields(check(query), viewer));
const refused = (query: string, viewer: ViewerScopes, variables: Record<string, unknown> = {}): string[] =>
  refusalsOf(check(query), viewer, variables).map((error) => `${String(error.extensions['code'])} ${error.path?.join('.') ?? ''}`);

describe('authorization', () => {
  it('leaves a document alone that has nothing to hide, without copying it', () => {
    const checked = check('{ open person { name } }');
    expect(withoutForbiddenFields(checked, nobody)).toBe(checked.document);
  });

  it('drops root fields under any alias and in any fragment', () => {
    expect(left('{ x: own open ...F ... { own } } fragment F on Query { own }', nobody)).toBe(
      compact(parse('{ open ...F ... { __typename } } fragment F on Query { __typename }')),
    );
    expect(refused('{ x: own open ...F } fragment F on Query { own }', nobody)).toEqual(['UNAUTHENTICATED x', 'UNAUTHENTICATED own']);
    expect(left('{ own open }', having())).toBe('{ own open }');
  });

  it('tells a missing scope from a missing sign-in', () => {
    expect(refused('mutation { act }', nobody)).toEqual(['UNAUTHENTICATED act']);
    expect(refused('mutation { act }', having('read'))).toEqual(['FORBIDDEN act']);
    expect(refused('mutation { act }', having('write'))).toEqual([]);
  });

  it('takes any alternative of scopes, each of them whole', () => {
    expect(refused('{ person { secret } }', having('a'))).toEqual(['FORBIDDEN person.secret']);
    expect(refused('{ person { secret } }', having('a', 'b'))).toEqual([]);
    expect(refused('{ person { secret } }', having('read'))).toEqual([]);
  });

  it('protects types wherever they are met', () => {
    expect(refused('{ vault { gold } }', nobody)).toEqual(['UNAUTHENTICATED vault']);
    expect(left('{ thing { ... on Vault { gold } ... on Person { name } } }', nobody)).toBe('{ thing { ... on Person { name } } }');
    expect(left('{ thing { ...V __typename } } fragment V on Vault { gold }', nobody)).toContain('fragment V on Vault { __typename }');
  });

  it("demands of an interface's field what any implementation demands", () => {
    expect(refused('{ named { name secret } }', having())).toEqual(['FORBIDDEN named.secret']);
    expect(left('{ named { secret } }', having())).toBe('{ named { __typename } }');
  });

  it('does not look below what is forbidden, nor at what is left out', () => {
    expect(refused('{ person { friend { secret } } }', nobody)).toEqual(['UNAUTHENTICATED person.friend']);
    expect(refused('query($no: Boolean!) { own @include(if: $no) a: own @skip(if: true) open }', nobody, { no: false })).toEqual([]);
  });

  it('plans once for all who may see the same', () => {
    const harmless = check('{ open }');
    expect(planOperation(harmless, nobody)).toBe(planOperation(harmless, having('read')));
    const guarded = check('{ own open }');
    expect(planOperation(guarded, nobody)).not.toBe(planOperation(guarded, having()));
    expect(planOperation(guarded, having('a'))).toBe(planOperation(guarded, having('b')));
    expect(JSON.stringify(planOperation(guarded, nobody).plan)).not.toContain('own');
  });

  it('fetches nothing if nothing is allowed', () => {
    expect(planOperation(check('{ own }'), nobody).plan.node).toBeUndefined();
  });
});
