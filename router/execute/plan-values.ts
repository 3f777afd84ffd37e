import type { FetchDataRewrite, QueryPlanSelectionNode } from '@apollo/query-planner';
import type { GraphQLSchema } from 'graphql';
import { isAbstractType, isInterfaceType, isObjectType } from 'graphql';

/** What subgraphs send, and what is put together from it. */
export type Values = Record<string, unknown>;

export function isValues(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Response names are the client's: `constructor` must not find Object's. */
export function own(values: Values, name: string): unknown {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

/** And `__proto__` is a name like any other. */
export function setOwn(values: Values, name: string, value: unknown): void {
  if (name === '__proto__') Object.defineProperty(values, name, { value, configurable: true, enumerable: true, writable: true });
  else values[name] = value;
}

/** Adds what is new; objects and lists of the same length are merged, all else is replaced. */
export function mergeInto(target: Values, source: unknown): void {
  if (!isValues(source)) return;
  for (const [name, value] of Object.entries(source)) {
    if (value === undefined) continue;
    const known = own(target, name);
    if (isValues(known) && isValues(value)) mergeInto(known, value);
    else if (Array.isArray(known) && Array.isArray(value) && known.length === value.length) mergeLists(known, value);
    else setOwn(target, name, value);
  }
}

function mergeLists(target: unknown[], source: readonly unknown[]): void {
  for (const [index, value] of source.entries()) {
    const known = target[index];
    if (isValues(known) && isValues(value)) mergeInto(known, value);
    else target[index] = value;
  }
}

/** The key, and what else a fetch requires, of an object; null if a part of it is not there. */
export function representationOf(schema: GraphQLSchema, source: unknown, selections: readonly QueryPlanSelectionNode[]): Values | null {
  if (!isValues(source)) return null;
  const representation: Values = {};
  for (const selection of selections) {
    if (selection.kind === 'InlineFragment') {
      if (selection.typeCondition === undefined || !isOfType(schema, source, selection.typeCondition, false)) continue;
      mergeInto(representation, representationOf(schema, source, selection.selections));
      continue;
    }
    const name = selection.alias ?? selection.name;
    const value = own(source, name);
    if (value === undefined) return null;
    setOwn(representation, name, requiredValue(schema, value, selection.selections));
  }
  return representation;
}

function requiredValue(schema: GraphQLSchema, value: unknown, selections: readonly QueryPlanSelectionNode[] | undefined): unknown {
  if (!selections) return value;
  if (Array.isArray(value)) return value.map((element: unknown) => requiredValue(schema, element, selections));
  return representationOf(schema, value, selections);
}

const TYPE_STEP = '... on ';

/** The planner gives some fields other names, and types other names, on their way to a subgraph and back. */
export function applyRewrites(schema: GraphQLSchema, rewrites: readonly FetchDataRewrite[] | undefined, value: unknown): void {
  for (const rewrite of rewrites ?? []) {
    const last = rewrite.path.at(-1);
    if (last !== undefined) applyRewrite(schema, rewrite, rewrite.path.slice(0, -1), last, value);
  }
}

function applyRewrite(schema: GraphQLSchema, rewrite: FetchDataRewrite, path: readonly string[], last: string, value: unknown): void {
  if (Array.isArray(value)) {
    for (const element of value) applyRewrite(schema, rewrite, path, last, element);
    return;
  }
  if (!isValues(value)) return;
  const [step, ...rest] = path;
  if (step === undefined) rewriteField(rewrite, last, value);
  else if (!step.startsWith(TYPE_STEP)) applyRewrite(schema, rewrite, rest, last, own(value, step));
  else if (isOfType(schema, value, step.slice(TYPE_STEP.length), true)) applyRewrite(schema, rewrite, rest, last, value);
}

/** A path in a subgraph's answer by the names that its fields have after `rewrites`. */
export function rewrittenPath(
  rewrites: readonly FetchDataRewrite[] | undefined,
  path: readonly (string | number)[],
): readonly (string | number)[] {
  const renamed = new Map(
    (rewrites ?? []).flatMap((rewrite) =>
      rewrite.kind === 'KeyRenamer' ? [[rewrite.path.at(-1) ?? '', rewrite.renameKeyTo] as const] : [],
    ),
  );
  return renamed.size === 0 ? path : path.map((step) => (typeof step === 'string' ? (renamed.get(step) ?? step) : step));
}

function rewriteField(rewrite: FetchDataRewrite, name: string, values: Values): void {
  if (rewrite.kind === 'ValueSetter') {
    setOwn(values, name, rewrite.setValueTo);
    return;
  }
  const value = own(values, name);
  if (!value) return;
  setOwn(values, rewrite.renameKeyTo, value);
  setOwn(values, name, undefined);
}

function isOfType(schema: GraphQLSchema, values: Values, typeName: string, whenUnknown: boolean): boolean {
  const actual = own(values, '__typename');
  if (typeof actual !== 'string' || actual === '') return whenUnknown;
  if (actual === typeName) return true;
  const type = schema.getType(actual);
  const condition = schema.getType(typeName);
  return isAbstractType(condition) && (isObjectType(type) || isInterfaceType(type)) && schema.isSubType(condition, type);
}
