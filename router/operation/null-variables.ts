import type { SelectionNode } from 'graphql';
import { GraphQLError, isNonNullType, Kind, TypeInfo, visit, visitWithTypeInfo } from 'graphql';
import { isLeftOut } from './authorization.ts';
import type { CheckedOperation } from './documents.ts';

/**
 * Why an operation's nulls cannot stand where its variables are. A nullable variable may be used where null is not allowed if either has a default
 * (specification, 5.8.5), so that only its value tells. graphql would throw wherever it comes upon it first: while counting, or in a subgraph.
 */
export function nullObjections(checked: CheckedOperation, coerced: Readonly<Record<string, unknown>>): readonly GraphQLError[] {
  const nulls = new Set(Object.keys(coerced).filter((name) => coerced[name] === null));
  if (nulls.size === 0) return [];
  const typeInfo = new TypeInfo(checked.supergraph.apiSchema);
  const objections = new Map<string, GraphQLError>();
  const fragments = new Set<string>();

  function isAskedFor(selection: SelectionNode): boolean {
    const conditions = (selection.directives ?? []).flatMap((directive) => directive.arguments ?? []);
    const isUnknown = conditions.some(({ value }) => value.kind === Kind.VARIABLE && nulls.has(value.name.value));
    return isUnknown || !isLeftOut(selection, coerced);
  }

  const visitor = visitWithTypeInfo(typeInfo, {
    Field: (field) => (isAskedFor(field) ? undefined : false),
    InlineFragment: (fragment) => (isAskedFor(fragment) ? undefined : false),
    FragmentSpread: (spread) => {
      if (!isAskedFor(spread)) return false;
      fragments.add(spread.name.value);
      return undefined;
    },
    Variable: (variable) => {
      const name = variable.name.value;
      if (!nulls.has(name) || objections.has(name) || !isNonNullType(typeInfo.getInputType())) return;
      objections.set(
        name,
        new GraphQLError(`Variable "$${name}" must not be null here.`, { nodes: variable, extensions: { code: 'BAD_USER_INPUT' } }),
      );
    },
  });
  visit(checked.operation, visitor);
  // Grows while it is walked: fragments spread others.
  for (const name of fragments) {
    const fragment = checked.fragments[name];
    if (fragment) visit(fragment, visitor);
  }
  return [...objections.values()];
}
