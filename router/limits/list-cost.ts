import type { FieldNode, GraphQLCompositeType, GraphQLField, SelectionSetNode } from 'graphql';
import { getNamedType, GraphQLError, isCompositeType, isInterfaceType, isObjectType, Kind } from 'graphql';
import { badUserInput } from '../../kit/graphql/errors.ts';
import { isLeftOut } from '../operation/authorization.ts';
import type { CheckedOperation } from '../operation/documents.ts';

/** How many objects one answer may have, as far as @listSize tells beforehand. */
export const LIST_COST_MAX = 5_000;
export const PAGE_MAX = 100;

type Variables = Readonly<Record<string, unknown>>;
/** A length said by the field above, and the lists it is meant for. */
type Sized = { readonly fields: readonly string[]; readonly size: number };

/**
 * How many objects an operation may answer, or why that is too much. Each list multiplies what is below it: a hundred events with a hundred suggestions each are ten thousand
 * objects out of two small pages. Lists of unknown length count once. Takes an operation that its document's limits let through, so it is small.
 */
export function listCost(checked: CheckedOperation, variables: Variables): number | GraphQLError {
  const { apiSchema, listSizes } = checked.supergraph;
  const root = apiSchema.getRootType(checked.operation.operation);
  const tooLong: (readonly string[])[] = [];
  if (!root) return 0;

  function costOf(parent: GraphQLCompositeType, set: SelectionSetNode, sized: Sized | null, path: readonly string[]): number {
    let cost = 0;
    for (const selection of set.selections) {
      if (isLeftOut(selection, variables)) continue;
      if (selection.kind === Kind.FIELD) {
        cost += costOfField(parent, selection, sized, [...path, selection.alias?.value ?? selection.name.value]);
        continue;
      }
      const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : checked.fragments[selection.name.value];
      const condition = fragment?.typeCondition ? apiSchema.getType(fragment.typeCondition.name.value) : parent;
      if (fragment && isCompositeType(condition)) cost += costOf(condition, fragment.selectionSet, sized, path);
    }
    return cost;
  }

  function costOfField(parent: GraphQLCompositeType, node: FieldNode, sized: Sized | null, path: readonly string[]): number {
    const field = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[node.name.value] : undefined;
    const type = field ? getNamedType(field.type) : undefined;
    if (!field || !node.selectionSet || !isCompositeType(type)) return 0;
    const listSize = listSizes.get(`${parent.name}.${field.name}`);
    const slice = listSize?.slicingArguments.flatMap((name) => {
      const value = lengthGiven(field, node, name, variables);
      if (value > PAGE_MAX) tooLong.push([...path, name]);
      return value;
    });
    const length = Math.max(0, ...(slice ?? [])) || (listSize?.assumedSize ?? 1);
    const isSizedHere = listSize !== undefined && listSize.sizedFields.length === 0;
    const own = isSizedHere ? length : sized?.fields.includes(field.name) ? sized.size : 1;
    const below = listSize && !isSizedHere ? { fields: listSize.sizedFields, size: length } : null;
    return own * (1 + costOf(type, node.selectionSet, below, path));
  }

  const cost = costOf(root, checked.operation.selectionSet, null, []);
  if (tooLong.length > 0) return badUserInput(tooLong.map((path) => ({ path, message: `Ask for at most ${PAGE_MAX} at once.` })));
  if (cost <= LIST_COST_MAX) return cost;
  return new GraphQLError(`The operation may answer ${cost} objects: at most ${LIST_COST_MAX}. Ask for shorter pages.`, {
    extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
  });
}

/** Zero when none is given. Not getArgumentValues, which throws where the subgraph is to say what is wrong. */
function lengthGiven(field: GraphQLField<unknown, unknown>, node: FieldNode, name: string, variables: Variables): number {
  const given = node.arguments?.find((argument) => argument.name.value === name)?.value;
  const value = given?.kind === Kind.VARIABLE ? variables[given.name.value] : given?.kind === Kind.INT ? Number(given.value) : undefined;
  const fallback = field.args.find((argument) => argument.name === name)?.defaultValue;
  const length = value ?? fallback;
  return typeof length === 'number' ? length : 0;
}
