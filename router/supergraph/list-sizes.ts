import type { ConstDirectiveNode, ConstValueNode, GraphQLSchema } from 'graphql';
import { isInterfaceType, isObjectType, Kind } from 'graphql';
import type { DirectiveNames } from './directive-names.ts';

/** What a subgraph says of a list's length (@listSize), by its clause names. */
type ListSize = {
  readonly assumedSize: number | null;
  /** Arguments that hold the length, e.g. `first`. */
  readonly slicingArguments: readonly string[];
  /** The lists below that have this length; empty when the field is the list itself. */
  readonly sizedFields: readonly string[];
};

/** By coordinate, `Type.field`. */
export type ListSizes = ReadonlyMap<string, ListSize>;

export function readListSizes(supergraph: GraphQLSchema, directives: DirectiveNames): ListSizes {
  const sizes = new Map<string, ListSize>();
  for (const type of Object.values(supergraph.getTypeMap())) {
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const directive = field.astNode?.directives?.find(({ name }) => name.value === directives.listSize);
      if (directive) sizes.set(`${type.name}.${field.name}`, sizeOf(directive));
    }
  }
  return sizes;
}

function sizeOf(directive: ConstDirectiveNode): ListSize {
  const given = (name: string): ConstValueNode | undefined => directive.arguments?.find((argument) => argument.name.value === name)?.value;
  const assumed = given('assumedSize');
  return {
    assumedSize: assumed?.kind === Kind.INT ? Number(assumed.value) : null,
    slicingArguments: namesIn(given('slicingArguments')),
    sizedFields: namesIn(given('sizedFields')),
  };
}

function namesIn(value: ConstValueNode | undefined): readonly string[] {
  if (value?.kind !== Kind.LIST) return [];
  return value.values.flatMap((name) => (name.kind === Kind.STRING ? [name.value] : []));
}
