import type { DirectiveNode, GraphQLCompositeType, GraphQLOutputType, GraphQLSchema, SelectionNode, SelectionSetNode } from 'graphql';
import {
  getNamedType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
} from 'graphql';
import type { CheckedOperation } from '../operation/documents.ts';
import type { Values } from './plan-values.ts';
import { isValues, own, setOwn } from './plan-values.ts';
import type { ResponsePath } from './unavailable-fields.ts';

/** @skip or @include: the selection stays if the value is not `leavesOutIf`. */
type Condition = { readonly variable: string; readonly leavesOutIf: boolean } | { readonly isLeftOut: boolean };

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
type Shape = FieldShape | FragmentShape;

/** graphql's own type predicates are too slow to be asked for every value. */
type ValueShape =
  | { readonly kind: 'nonNull' | 'list'; readonly of: ValueShape }
  | { readonly kind: 'object'; readonly type: GraphQLCompositeType }
  | { readonly kind: 'leaf'; readonly isValid: (value: unknown) => boolean };

/** Where a subgraph sent something of another shape than its schema says, put together from its end while the answer is. */
type Misfit = { readonly message: string; readonly path: (string | number)[] };

type Schema = {
  readonly misfits: Misfit[];
  readonly compositeType: (name: string) => GraphQLCompositeType | null;
  readonly objectTypeName: (name: string) => string | null;
};
type Variables = Readonly<Record<string, unknown>>;

/** Makes an answer of exactly the operation's shape out of all that was fetched; nulls in the wrong place bubble. */
export type ResponseShape = {
  readonly apply: (
    data: Values,
    variables: Readonly<Record<string, unknown>>,
  ) => { readonly data: Values | null; readonly misfits: readonly { readonly message: string; readonly path: ResponsePath }[] };
};

const INVALID = Symbol('null where null is not allowed');

/** The selections compiled once per operation. Null for operations with __schema or __type, which are answered elsewhere. */
export function compileResponseShape(checked: CheckedOperation): ResponseShape | null {
  const schema = checked.supergraph.apiSchema;
  const root = schema.getRootType(checked.operation.operation);
  if (!root) return null;
  let asksForSchema = false;

  function compileSet(set: SelectionSetNode, parent: GraphQLCompositeType): Shape[] {
    return set.selections.map((selection) => compileSelection(selection, parent));
  }

  function compileSelection(selection: SelectionNode, parent: GraphQLCompositeType): Shape {
    const conditions = conditionsOf(selection.directives ?? []);
    if (selection.kind === Kind.FIELD) {
      const name = selection.name.value;
      if (name === '__schema' || name === '__type') asksForSchema = true;
      const field = isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[name] : undefined;
      const named = field ? getNamedType(field.type) : null;
      return {
        kind: 'field',
        responseName: selection.alias?.value ?? name,
        isTypename: name === '__typename',
        value: field ? valueShapeOf(field.type) : null,
        selections: selection.selectionSet && isCompositeType(named) ? compileSet(selection.selectionSet, named) : null,
        conditions,
      };
    }
    const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : checked.fragments[selection.name.value];
    const type = fragment?.typeCondition ? schema.getType(fragment.typeCondition.name.value) : null;
    const condition = isCompositeType(type) ? type : null;
    return {
      kind: 'fragment',
      type: condition,
      applies: remembered((typename) => isSubtype(schema, condition, typename)),
      selections: fragment ? compileSet(fragment.selectionSet, condition ?? parent) : [],
      conditions,
    };
  }

  const selections = compileSet(checked.operation.selectionSet, root);
  if (asksForSchema) return null;
  const defaults = defaultsOf(checked);
  const types: Omit<Schema, 'misfits'> = {
    compositeType: remembered((name) => {
      const type = schema.getType(name);
      return isCompositeType(type) ? type : null;
    }),
    objectTypeName: remembered((name) => {
      const type = schema.getType(name);
      return isObjectType(type) ? type.name : null;
    }),
  };
  return {
    apply(data, variables) {
      const output: Values = {};
      const misfits: Misfit[] = [];
      const isWhole = shapeSelections({ ...types, misfits }, selections, data, output, root, { ...defaults, ...variables });
      return { data: isWhole ? output : null, misfits };
    },
  };
}

function conditionsOf(directives: readonly DirectiveNode[]): Condition[] {
  return directives.flatMap((directive): Condition[] => {
    const isSkip = directive.name.value === 'skip';
    if (!isSkip && directive.name.value !== 'include') return [];
    const value = directive.arguments?.find((argument) => argument.name.value === 'if')?.value;
    if (value?.kind === Kind.VARIABLE) return [{ variable: value.name.value, leavesOutIf: isSkip }];
    return value?.kind === Kind.BOOLEAN ? [{ isLeftOut: value.value === isSkip }] : [];
  });
}

/** Only conditions ask for variables here, so only Booleans matter. */
export function defaultsOf(checked: CheckedOperation): Readonly<Record<string, boolean>> {
  const definitions = checked.operation.variableDefinitions ?? [];
  return Object.fromEntries(
    definitions.flatMap(({ variable, defaultValue }) =>
      defaultValue?.kind === Kind.BOOLEAN ? [[variable.name.value, defaultValue.value]] : [],
    ),
  );
}

function isLeftOut(conditions: readonly Condition[], variables: Readonly<Record<string, unknown>>): boolean {
  return conditions.some((condition) =>
    'isLeftOut' in condition ? condition.isLeftOut : variables[condition.variable] === condition.leavesOutIf,
  );
}

function remembered<Value>(compute: (name: string) => Value): (name: string) => Value {
  const known = new Map<string, Value>();
  return (name) => {
    const value = known.get(name);
    if (value !== undefined) return value;
    const computed = compute(name);
    // Type names come from subgraphs, so there are no more of them than types.
    known.set(name, computed);
    return computed;
  };
}

function isSubtype(schema: GraphQLSchema, condition: GraphQLCompositeType | null, typename: string): boolean {
  const type = schema.getType(typename);
  if (!condition || type === condition) return true;
  return isAbstractType(condition) && (isObjectType(type) || isInterfaceType(type)) && schema.isSubType(condition, type);
}

function valueShapeOf(type: GraphQLOutputType): ValueShape {
  if (isNonNullType(type)) return { kind: 'nonNull', of: valueShapeOf(type.ofType) };
  if (isListType(type)) return { kind: 'list', of: valueShapeOf(type.ofType) };
  if (isCompositeType(type)) return { kind: 'object', type };
  if (isEnumType(type)) return { kind: 'leaf', isValid: (value) => typeof value === 'string' && type.getValue(value) !== undefined };
  return { kind: 'leaf', isValid: VALID_SCALARS[type.name] ?? (() => true) };
}

const isString = (value: unknown): boolean => typeof value === 'string';
const isInteger = (value: unknown): boolean => Number.isInteger(value);

/** Custom scalars are their subgraphs' business. */
const VALID_SCALARS: Readonly<Record<string, (value: unknown) => boolean>> = {
  String: isString,
  Boolean: (value) => typeof value === 'boolean',
  Int: isInteger,
  Float: (value) => Number.isFinite(value),
  ID: (value) => isString(value) || isInteger(value),
};

function typenameOf(input: Values): string | null {
  const typename = own(input, '__typename');
  return typeof typename === 'string' && typename !== '' ? typename : null;
}

/** False: a null has to bubble further up. */
function shapeSelections(
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
