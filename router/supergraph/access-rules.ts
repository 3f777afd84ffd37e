import type { ConstDirectiveNode, GraphQLNamedType, GraphQLSchema } from 'graphql';
import { getNamedType, isInterfaceType, isObjectType, Kind } from 'graphql';
import type { DirectiveNames } from './directive-names.ts';

/** What a viewer must have: signed in, and for each group of scopes all of one alternative. */
export type Requirement = {
  readonly scopeGroups: readonly (readonly (readonly string[])[])[];
};

/** From the directives @authenticated and @requiresScopes, and the tag "public", of the supergraph. Coordinates are `Type.field`. */
export type AccessRules = {
  readonly requirementOf: (coordinate: string) => Requirement | undefined;
  readonly requirementOfType: (typeName: string) => Requirement | undefined;
  /** True if the field shows the same to everybody, so that its answers may be shared between viewers. */
  readonly isPublic: (coordinate: string) => boolean;
  readonly isEmpty: boolean;
};

export function readAccessRules(supergraph: GraphQLSchema, names: DirectiveNames): AccessRules {
  const types = new Map<string, Requirement>();
  const fields = new Map<string, Requirement>();
  const publicFields = new Set<string>();
  const outputTypes = Object.values(supergraph.getTypeMap()).filter((type) => !type.name.startsWith('__'));

  for (const type of outputTypes) {
    const requirement = requirementIn(directivesOf(type), names);
    if (requirement) types.set(type.name, requirement);
  }
  for (const type of outputTypes) {
    if (!isObjectType(type) && !isInterfaceType(type)) continue;
    const typeIsPublic = hasPublicTag(directivesOf(type), names);
    for (const field of Object.values(type.getFields())) {
      const directives = field.astNode?.directives ?? [];
      const coordinate = `${type.name}.${field.name}`;
      if (typeIsPublic || hasPublicTag(directives, names)) publicFields.add(coordinate);
      const requirement = both(requirementIn(directives, names), both(types.get(getNamedType(field.type).name), types.get(type.name)));
      if (requirement) fields.set(coordinate, requirement);
    }
  }
  // Through an interface any implementation may answer: what one of them demands is demanded of the interface's field, too.
  for (const type of outputTypes) {
    if (!isInterfaceType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const coordinate = `${type.name}.${field.name}`;
      const demanded = supergraph
        .getPossibleTypes(type)
        .map((implementation) => fields.get(`${implementation.name}.${field.name}`))
        .reduce(both, fields.get(coordinate));
      if (demanded) fields.set(coordinate, demanded);
    }
  }
  return {
    requirementOf: (coordinate) => fields.get(coordinate),
    requirementOfType: (typeName) => types.get(typeName),
    isPublic: (coordinate) => publicFields.has(coordinate),
    isEmpty: fields.size === 0 && types.size === 0,
  };
}

function both(one: Requirement | undefined, other: Requirement | undefined): Requirement | undefined {
  if (!one || !other) return one ?? other;
  return { scopeGroups: [...one.scopeGroups, ...other.scopeGroups] };
}

function directivesOf(type: GraphQLNamedType): readonly ConstDirectiveNode[] {
  return [type.astNode, ...type.extensionASTNodes].flatMap((node) => node?.directives ?? []);
}

function hasPublicTag(directives: readonly ConstDirectiveNode[], names: DirectiveNames): boolean {
  return directives.some(
    (directive) =>
      directive.name.value === names.tag &&
      directive.arguments?.some(
        (argument) => argument.name.value === 'name' && argument.value.kind === Kind.STRING && argument.value.value === 'public',
      ),
  );
}

function requirementIn(directives: readonly ConstDirectiveNode[], names: DirectiveNames): Requirement | undefined {
  let requirement: Requirement | undefined;
  for (const directive of directives) {
    if (directive.name.value === names.authenticated) requirement = both(requirement, { scopeGroups: [] });
    if (directive.name.value === names.requiresScopes) requirement = both(requirement, { scopeGroups: [scopeAlternatives(directive)] });
  }
  return requirement;
}

/** `[["a", "b"], ["c"]]`: a and b, or c. */
function scopeAlternatives(directive: ConstDirectiveNode): readonly (readonly string[])[] {
  const argument = directive.arguments?.find((candidate) => candidate.name.value === 'scopes');
  if (argument?.value.kind !== Kind.LIST) throw new Error('@requiresScopes without a list of scopes');
  return argument.value.values.map((alternative) => {
    if (alternative.kind !== Kind.LIST) throw new Error('@requiresScopes without a list of lists');
    return alternative.values.map((scope) => {
      if (scope.kind !== Kind.STRING) throw new Error('@requiresScopes with a scope that is no string');
      return scope.value;
    });
  });
}

export function isSatisfied(requirement: Requirement, viewer: { readonly scopes: ReadonlySet<string> } | null): boolean {
  if (!viewer) return false;
  return requirement.scopeGroups.every((alternatives) => alternatives.some((all) => all.every((scope) => viewer.scopes.has(scope))));
}
