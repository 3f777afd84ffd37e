import { describe, expect, it } from 'vitest';
import { composeForTest } from '../testing/compose.ts';
import { loadSupergraph } from './supergraph.ts';

const supergraphOf = (imports: string, query: string) =>
  loadSupergraph(
    composeForTest({
      shop: `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [${imports}]) type Query { ${query} }`,
    }),
  );

describe('the directives that the router acts on', () => {
  it.each([
    ['as they are', '"@authenticated", "@requiresScopes", "@tag", "@listSize"', 'authenticated requiresScopes tag listSize'],
    [
      'under other names',
      '{ name: "@authenticated", as: "@member" }, { name: "@requiresScopes", as: "@needs" }, { name: "@tag", as: "@label" }, { name: "@listSize", as: "@sized" }',
      'member needs label sized',
    ],
    ['without being imported', '', 'federation__authenticated federation__requiresScopes federation__tag federation__listSize'],
  ])('count %s', (_how, imports, names) => {
    const [authenticated, requiresScopes, tag, listSize] = names.split(' ');
    const { accessRules, listSizes } = supergraphOf(
      imports,
      `own: String @${authenticated} secret: String @${requiresScopes}(scopes: [["read"]]) open: String @${tag}(name: "public")
       list(first: Int): [Query] @${listSize}(slicingArguments: ["first"])`,
    );
    expect(accessRules.isEmpty).toBe(false);
    expect(accessRules.requirementOf('Query.own')).toEqual({ scopeGroups: [] });
    expect(accessRules.requirementOf('Query.secret')).toEqual({ scopeGroups: [[['read']]] });
    expect(accessRules.isPublic('Query.open')).toBe(true);
    expect(listSizes.get('Query.list')?.slicingArguments).toEqual(['first']);
  });
});
