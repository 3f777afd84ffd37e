import type { DocumentNode, GraphQLCompositeType, SelectionNode, SelectionSetNode } from 'graphql';
import {
  getDirectiveValues,
  getNamedType,
  GraphQLError,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  Kind,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { forbidden, unauthenticated } from '../../kit/graphql/errors.ts';
import type { AccessRules } from '../supergraph/access-rules.ts';
import { isSatisfied } from '../supergraph/access-rules.ts';
import type { CheckedOperation } from './documents.ts';

/** Whose rights count; null for an anonymous viewer. */
export type ViewerScopes = { readonly scopes: ReadonlySet<string> } | null;

/** Two viewers of the same key may see the same fields. */
export function scopesKey(viewer: ViewerScopes): string {
  return viewer ? `scopes:${[...viewer.scopes].toSorted().join(' ')}` : 'anonymous';
}

const TYPENAME: SelectionNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };

/**
 * The document without what the viewer may not see, for the planner: such fields are never asked of a subgraph. Returns the same object if nothing had
 * to go. The answer is shaped by the original document, so the fields are null there and nulls bubble as they would if the subgraph had refused.
 */
export function withoutForbiddenFields(checked: CheckedOperation, viewer: ViewerScopes): DocumentNode {
  const { accessRules: rules, apiSchema } = checked.supergraph;
  if (rules.isEmpty) return checked.document;
  const typeInfo = new TypeInfo(apiSchema);
  return visit(
    checked.document,
    visitWithTypeInfo(typeInfo, {
      Field: {
        enter: (field) => (isForbidden(rules, coordinateOf(typeInfo.getParentType(), field.name.value), viewer) ? null : undefined),
      },
      InlineFragment: {
        enter: (fragment) =>
          fragment.typeCondition && isForbiddenType(rules, fragment.typeCondition.name.value, viewer) ? null : undefined,
      },
      SelectionSet: {
        // An object whose every field went is still asked for, so that it is not taken for missing.
        leave: (set) => (set.selections.length === 0 ? { ...set, selections: [TYPENAME] } : undefined),
      },
      FragmentDefinition: {
        leave: (fragment) =>
          isForbiddenType(rules, fragment.typeCondition.name.value, viewer)
            ? { ...fragment, selectionSet: { ...fragment.selectionSet, selections: [TYPENAME] } }
            : undefined,
      },
    }),
  );
}

/** One error for each field of the answer that the viewer may not see; fields that @skip or @include leave out anyway are not mentioned. */
export function refusalsOf(
  checked: CheckedOperation,
  viewer: ViewerScopes,
  variables: Readonly<Record<string, unknown>>,
): readonly GraphQLError[] {
  const { accessRules: rules, apiSchema } = checked.supergraph;
  const refused = new Map<string, GraphQLError>();
  const root = apiSchema.getRootType(checked.operation.operation);
  if (rules.isEmpty || !root) return [];

  function refuse(path: readonly string[]): void {
    refused.set(path.join('\n'), new GraphQLError('', { path, originalError: viewer ? forbidden() : unauthenticated() }));
  }

  function walk(parent: GraphQLCompositeType, set: SelectionSetNode, path: readonly string[]): void {
    for (const selection of set.selections) {
      if (isLeftOut(selection, variables)) continue;
      if (selection.kind === Kind.FIELD) {
        const fieldPath = [...path, selection.alias?.value ?? selection.name.value];
        if (isForbidden(rules, coordinateOf(parent, selection.name.value), viewer)) {
          refuse(fieldPath);
          continue;
        }
        const field = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[selection.name.value] : undefined;
        const type = field ? getNamedType(field.type) : undefined;
        if (selection.selectionSet && type && isCompositeType(type)) walk(type, selection.selectionSet, fieldPath);
        continue;
      }
      const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : checked.fragments[selection.name.value];
      if (!fragment) continue;
      const condition = fragment.typeCondition ? apiSchema.getType(fragment.typeCondition.name.value) : parent;
      if (!condition || !isCompositeType(condition)) continue;
      if (fragment.typeCondition && isForbiddenType(rules, condition.name, viewer)) refuse(path);
      else walk(condition, fragment.selectionSet, path);
    }
  }
  walk(root, checked.operation.selectionSet, []);
  return [...refused.values()];
}

export function isLeftOut(selection: SelectionNode, variables: Readonly<Record<string, unknown>>): boolean {
  if (getDirectiveValues(GraphQLSkipDirective, selection, variables)?.['if'] === true) return true;
  return getDirectiveValues(GraphQLIncludeDirective, selection, variables)?.['if'] === false;
}

function coordinateOf(parent: GraphQLCompositeType | null | undefined, field: string): string {
  return `${parent?.name ?? ''}.${field}`;
}

function isForbidden(rules: AccessRules, coordinate: string, viewer: ViewerScopes): boolean {
  const requirement = rules.requirementOf(coordinate);
  return requirement !== undefined && !isSatisfied(requirement, viewer);
}

function isForbiddenType(rules: AccessRules, typeName: string, viewer: ViewerScopes): boolean {
  const requirement = rules.requirementOfType(typeName);
  return requirement !== undefined && !isSatisfied(requirement, viewer);
}
