import type { DocumentNode, FragmentDefinitionNode, OperationDefinitionNode, SelectionSetNode } from 'graphql';
import { GraphQLError, Kind, OperationTypeNode } from 'graphql';

/** What one document may ask for. Counts are taken with fragments expanded: what the planner and the executor would see. */
export type DocumentLimits = {
  readonly tokens: number;
  readonly depth: number;
  readonly aliases: number;
  readonly fields: number;
  /** Fields, fragment spreads and inline fragments together: nesting fragments without fields costs, too. */
  readonly selections: number;
  readonly rootFields: number;
  readonly mutationRootFields: number;
  readonly directives: number;
};

/** The standard introspection query, as every tool sends it, fits: its depth is exactly 15. */
export const DOCUMENT_LIMITS: DocumentLimits = {
  tokens: 2_000,
  depth: 15,
  aliases: 15,
  fields: 300,
  selections: 1_000,
  rootFields: 10,
  mutationRootFields: 1,
  directives: 30,
};

/** Validation stops here: a document with ten thousand mistakes need not be told of all. */
export const MAX_VALIDATION_ERRORS = 5;

type Size = {
  readonly depth: number;
  readonly aliases: number;
  readonly fields: number;
  readonly selections: number;
  readonly rootFields: number;
  readonly directives: number;
};

const NOTHING: Size = { depth: 0, aliases: 0, fields: 0, selections: 0, rootFields: 0, directives: 0 };

/**
 * The first limit that the document breaks, or null. Each selection set is visited once, whatever the number of spreads that lead to it, so twenty
 * fragments that each spread the next one twice cost twenty steps here and never the million they stand for. Run before validation, which does expand.
 */
export function findBrokenLimit(document: DocumentNode, limits: DocumentLimits = DOCUMENT_LIMITS): GraphQLError | null {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  const sizes = new Map<string, Size>();

  function sizeOfFragment(name: string): Size {
    const known = sizes.get(name);
    if (known) return known;
    const fragment = fragments.get(name);
    // Also what a fragment inside itself counts as: validation refuses the circle afterwards, with a better message.
    sizes.set(name, NOTHING);
    if (!fragment) return NOTHING;
    const size = sizeOf(fragment.selectionSet);
    const counted = { ...size, directives: size.directives + (fragment.directives?.length ?? 0) };
    sizes.set(name, counted);
    return counted;
  }

  function sizeOf(selectionSet: SelectionSetNode): Size {
    let { depth, aliases, fields, selections, rootFields, directives } = NOTHING;
    for (const selection of selectionSet.selections) {
      selections += 1;
      directives += selection.directives?.length ?? 0;
      if (selection.kind === Kind.FIELD) {
        const inner = selection.selectionSet ? sizeOf(selection.selectionSet) : NOTHING;
        depth = Math.max(depth, 1 + inner.depth);
        aliases += inner.aliases + (selection.alias ? 1 : 0);
        fields += 1 + inner.fields;
        selections += inner.selections;
        rootFields += 1;
        directives += inner.directives;
        continue;
      }
      const inner = selection.kind === Kind.INLINE_FRAGMENT ? sizeOf(selection.selectionSet) : sizeOfFragment(selection.name.value);
      depth = Math.max(depth, inner.depth);
      aliases += inner.aliases;
      fields += inner.fields;
      selections += inner.selections;
      rootFields += inner.rootFields;
      directives += inner.directives;
    }
    return { depth, aliases, fields, selections, rootFields, directives };
  }

  // Validation walks fragments that no operation uses as well, so they are held to the same limits.
  for (const name of fragments.keys()) {
    const broken = compare(sizeOfFragment(name), limits, null);
    if (broken) return broken;
  }
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    const size = sizeOf(definition.selectionSet);
    const broken = compare({ ...size, directives: size.directives + directivesOf(definition) }, limits, definition);
    if (broken) return broken;
  }
  return null;
}

function directivesOf(operation: OperationDefinitionNode): number {
  const onVariables = (operation.variableDefinitions ?? []).reduce((sum, variable) => sum + (variable.directives?.length ?? 0), 0);
  return onVariables + (operation.directives?.length ?? 0);
}

function compare(size: Size, limits: DocumentLimits, operation: OperationDefinitionNode | null): GraphQLError | null {
  if (size.depth > limits.depth) return tooMuch('is nested too deeply', 'depth', limits.depth);
  if (size.aliases > limits.aliases) return tooMuch('has too many aliases', 'aliases', limits.aliases);
  if (size.fields > limits.fields) return tooMuch('selects too many fields', 'fields', limits.fields);
  if (size.selections > limits.selections) return tooMuch('has too many selections', 'selections', limits.selections);
  if (size.directives > limits.directives) return tooMuch('has too many directives', 'directives', limits.directives);
  if (operation === null) return null;
  if (size.rootFields > limits.rootFields) return tooMuch('selects too many root fields', 'root fields', limits.rootFields);
  if (operation.operation === OperationTypeNode.MUTATION && size.rootFields > limits.mutationRootFields)
    return tooMuch('has too many mutations', 'mutations', limits.mutationRootFields);
  return null;
}

function tooMuch(what: string, unit: string, limit: number): GraphQLError {
  return new GraphQLError(`The operation ${what}: at most ${limit} ${unit}, fragments included.`, {
    extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
  });
}
