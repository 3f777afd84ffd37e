import type { FetchNode } from '@apollo/query-planner';
import type { SelectionSetNode } from 'graphql';
import { Kind, parse } from 'graphql';
import { isValues, own } from './plan-values.ts';

export type ResponsePath = readonly (string | number)[];

const known = new WeakMap<FetchNode, readonly string[]>();

/** The names that a fetch would have filled in on each object it is made for. */
export function namesAskedFor(node: FetchNode): readonly string[] {
  const names = known.get(node) ?? [...collectNames(node)];
  known.set(node, names);
  return names;
}

function collectNames(node: FetchNode): ReadonlySet<string> {
  const names = new Set<string>();
  const collect = (set: SelectionSetNode | undefined): void => {
    for (const selection of set?.selections ?? []) {
      if (selection.kind === Kind.INLINE_FRAGMENT) collect(selection.selectionSet);
      if (selection.kind !== Kind.FIELD) continue;
      if (node.requires && selection.name.value === '_entities') collect(selection.selectionSet);
      else if (selection.name.value !== '__typename') names.add(selection.alias?.value ?? selection.name.value);
    }
  };
  const operation = parse(node.operation).definitions.find((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  collect(operation?.selectionSet);
  return names;
}

/** Where in the answer the null is that stands for this field: here, or further up if it bubbled. Null if the client did not ask for the field. */
export function nullAt(data: unknown, path: ResponsePath): ResponsePath | null {
  let value = data;
  for (const [index, step] of path.entries()) {
    if (value === null) return path.slice(0, index);
    if (Array.isArray(value) && typeof step === 'number') value = value[step];
    else if (isValues(value)) value = own(value, String(step));
    else return null;
  }
  return value === null ? path : null;
}
