import type { Schema } from '@apollo/federation-internals';

/** What the supergraph calls the directives that this router acts on. */
export type DirectiveNames = {
  readonly authenticated: string;
  readonly requiresScopes: string;
  readonly tag: string;
  readonly listSize: string;
};

/** A subgraph may import a directive under another name, or not import it (`@federation__authenticated`): it means the same, and must not count for nothing. */
export function readDirectiveNames(supergraph: Schema): DirectiveNames {
  const nameOf = (feature: string, directive: string): string =>
    supergraph.coreFeatures?.getByIdentity(`https://specs.apollo.dev/${feature}`)?.directiveNameInSchema(directive) ?? directive;
  return {
    authenticated: nameOf('authenticated', 'authenticated'),
    requiresScopes: nameOf('requiresScopes', 'requiresScopes'),
    tag: nameOf('tag', 'tag'),
    listSize: nameOf('cost', 'listSize'),
  };
}
