import type { GraphQLCompositeType } from 'graphql';
import type { Values } from './plan-values.ts';
import { isValues, own, setOwn } from './plan-values.ts';

/** @skip or @include: the selection stays if the value is not `leavesOutIf`. */
export type Condition = { readonly variable: string; readonly leavesOutIf: boolean } | { readonly isLeftOut: boolean };

type FieldShape = {
  readonly kind: 'field';
  readonly responseName: string;
  readonly isTypename: boolean;
  readonly value: ValueShape | null;
  readonly selections: readonly Shape[] | null;
  readonly conditions: readonly Condition[];
};
type FragmentShape = {
  readonly kind: 'fragment';
  readonly type: GraphQLCompositeType | null;
  /** By the name of an object's type. */
  readonly applies: (typename: string) => boolean;
  readonly selections: readonly Shape[];
  readonly conditions: readonly Condition[];
};
export type Shape = FieldShape | FragmentShape;

/** graphql's own type predicates are too slow to be asked for every value. */
export type ValueShape =
  | { readonly kind: 'nonNull' | 'list'; readonly of: ValueShape }
  | { readonly kind: 'object'; readonly type: GraphQLCompositeType }
  | { readonly kind: 'leaf'; readonly isValid: (value: unknown) => boolean };

/** Where a subgraph sent something of another shape than its schema says, put together from its end while the answer is. */
export type Misfit = { readonly message: string; readonly path: (string | number)[] };

export type Schema = {
  readonly misfits: Misfit[];
  readonly compositeType: (name: string) => GraphQLCompositeType | null;
  readonly objectTypeName: (name: string) => string | null;
};
type Variables = Readonly<Record<string, unknown>>;

const INVALID = Symbol('null where null is not allowed');

function isLeftOut(conditions: readonly Condition[], variables: Readonly<Record<string, unknown>>): boolean {
  return conditions.some((condition) =>
    'isLeftOut' in condition ? condition.isLeftOut : variables[condition.variable] === condition.leavesOutIf,
  );
}

function typenameOf(input: Values): string | null {
  const typename = own(input, '__typename');
  return typeof typename === 'string' && typename !== '' ? typename : null;
}

/** False: a null has to bubble further up. */
export function shapeSelections(
  schema: Schema,
  selections: readonly Shape[],
  input: Values,
  output: Values,
  parent: GraphQLCompositeType,
  variables: Variables,
): boolean {
  for (const selection of selections) {
    if (selection.conditions.length > 0 && isLeftOut(selection.conditions, variables)) continue;
    if (selection.kind === 'fragment') {
      if (selection.type && !selection.applies(typenameOf(input) ?? parent.name)) continue;
      if (!shapeSelections(schema, selection.selections, input, output, selection.type ?? parent, variables)) return false;
      continue;
    }
    const { responseName } = selection;
    const known = own(output, responseName);
    if (selection.isTypename) {
      if (known !== undefined) continue;
      const name = own(input, responseName) ?? own(input, '__typename');
      const typename = schema.objectTypeName(typeof name === 'string' && schema.compositeType(name) ? name : parent.name);
      if (typename === null) return false;
      setOwn(output, responseName, typename);
      continue;
    }
    if (!selection.value) throw new Error(`a field without a type: ${responseName}`);
    const before = schema.misfits.length;
    const value = shapeValue(schema, selection.value, selection.selections, own(input, responseName) ?? null, known, variables);
    if (schema.misfits.length > before) placeUnder(responseName, schema.misfits, before);
    setOwn(output, responseName, value === INVALID ? null : value);
    if (value === INVALID) return false;
  }
  return true;
}

/** `known`: what another selection of the same field has already put there. */
function shapeValue(
  schema: Schema,
  shape: ValueShape,
  selections: readonly Shape[] | null,
  input: unknown,
  known: unknown,
  variables: Variables,
): unknown {
  if (known === null || (known !== undefined && !selections)) return known;
  if (shape.kind === 'nonNull') {
    const value = shapeValue(schema, shape.of, selections, input, known, variables);
    return value === null ? INVALID : value;
  }
  if (input === null || input === undefined) return null;
  switch (shape.kind) {
    case 'list':
      return shapeList(schema, shape.of, selections, input, known, variables);
    case 'object': {
      if (!isValues(input)) return misfit(schema, 'an object was expected of a subgraph');
      const typename = typenameOf(input);
      const actual = typename === null ? shape.type : schema.compositeType(typename);
      if (!actual) return null;
      const output: Values = isValues(known) ? known : {};
      return shapeSelections(schema, selections ?? [], input, output, actual, variables) ? output : null;
    }
    case 'leaf':
      return shape.isValid(input) ? input : null;
  }
}

function shapeList(
  schema: Schema,
  of: ValueShape,
  selections: readonly Shape[] | null,
  input: unknown,
  known: unknown,
  variables: Variables,
): unknown {
  if (!Array.isArray(input) || (known !== undefined && !(Array.isArray(known) && known.length === input.length)))
    return misfit(schema, 'a list was expected of a subgraph');
  let isInvalid = false;
  const list = input.map((element: unknown, index) => {
    const before = schema.misfits.length;
    const value = shapeValue(schema, of, selections, element, Array.isArray(known) ? known[index] : undefined, variables);
    if (schema.misfits.length > before) placeUnder(index, schema.misfits, before);
    if (value !== INVALID) return value;
    isInvalid = true;
    return null;
  });
  return isInvalid ? null : list;
}

/** Only the field that it was sent for is left without a value. */
function misfit({ misfits }: Schema, message: string): null {
  misfits.push({ message, path: [] });
  return null;
}

function placeUnder(step: string | number, misfits: readonly Misfit[], from: number): void {
  for (const { path } of misfits.slice(from)) path.unshift(step);
}
