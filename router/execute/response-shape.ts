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
import type { Condition, Misfit, Schema, Shape, ValueShape } from './shape-values.ts';
import { shapeSelections } from './shape-values.ts';
import type { ResponsePath } from './unavailable-fields.ts';

/** Makes an answer of exactly the operation's shape out of all that was fetched; nulls in the wrong place bubble. */
export type ResponseShape = {
  readonly apply: (
    data: Values,
    variables: Readonly<Record<string, unknown>>,
  ) => { readonly data: Values | null; readonly misfits: readonly { readonly message: string; readonly path: ResponsePath }[] };
};

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
