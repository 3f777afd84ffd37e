import type { FetchNode, PlanNode } from '@apollo/query-planner';
import type { CheckedOperation } from '../operation/documents.ts';
import type { Execution, ExecutionError, Executor } from './executor.ts';
import type { Values } from './plan-values.ts';
import { applyRewrites, isValues, mergeInto, own, representationOf, rewrittenPath } from './plan-values.ts';
import type { ResponseShape } from './response-shape.ts';
import { compileResponseShape, defaultsOf } from './response-shape.ts';
import type { SubgraphError } from './subgraph-client.ts';
import type { ResponsePath } from './unavailable-fields.ts';
import { namesAskedFor } from './unavailable-fields.ts';

/** Where in the data a node works: the path that leads there and the objects found at its end. */
type Place = { readonly path: readonly (string | number)[]; readonly objects: readonly Values[] };

/**
 * Carries plans out as the stock executor does, at a fraction of its cost: the answer's shape is compiled once per operation, and nothing is traced.
 * plan-executor.test.ts holds the two to the same answers. What it does not do itself (the schema's own fields) it leaves to `fallback`.
 */
export function createPlanExecutor(deps: { fallback: Executor }): Executor {
  const shapes = new WeakMap<CheckedOperation, ResponseShape | 'none'>();

  function shapeOf(checked: CheckedOperation): ResponseShape | null {
    const known = shapes.get(checked) ?? compileResponseShape(checked) ?? 'none';
    shapes.set(checked, known);
    return known === 'none' ? null : known;
  }

  return async (execution) => {
    const shape = shapeOf(execution.checked);
    if (!shape) return deps.fallback(execution);
    const root: Values = {};
    const errors: ExecutionError[] = [];
    if (execution.node) await runNode(execution, execution.node, { path: [], objects: [root] }, root, errors);
    try {
      const { data, misfits } = shape.apply(root, execution.variables);
      return { data, errors: [...errors, ...misfits.map((misfit) => ({ ...misfit, subgraph: undefined }))] };
    } catch (error) {
      return {
        data: undefined,
        errors: [...errors, { message: error instanceof Error ? error.message : String(error), subgraph: undefined }],
      };
    }
  };
}

async function runNode(execution: Execution, node: PlanNode, place: Place, root: Values, errors: ExecutionError[]): Promise<void> {
  switch (node.kind) {
    case 'Sequence':
      for (const child of node.nodes) await runNode(execution, child, place, root, errors);
      return;
    case 'Parallel':
      await Promise.all(node.nodes.map((child) => runNode(execution, child, place, root, errors)));
      return;
    case 'Flatten': {
      const objects: Values[] = [];
      for (const object of place.objects) collect(object, node.path, 0, objects);
      if (objects.length > 0) await runNode(execution, node.node, { path: [...place.path, ...node.path], objects }, root, errors);
      return;
    }
    case 'Condition': {
      const branch = conditionHolds(execution, node.condition) ? node.ifClause : node.elseClause;
      if (branch) await runNode(execution, branch, place, root, errors);
      return;
    }
    case 'Fetch':
      try {
        await runFetch(execution, node, place, root, errors);
      } catch (error) {
        errors.push({ message: error instanceof Error ? error.message : String(error), subgraph: node.serviceName });
      }
      return;
    case 'Defer':
      throw new Error('@defer is not served');
  }
}

function conditionHolds({ checked, variables }: Execution, name: string): boolean {
  const value = variables[name] ?? defaultsOf(checked)[name];
  if (typeof value !== 'boolean') throw new Error(`no value for the condition $${name}`);
  return value;
}

/** The objects at the end of `path`, where `@` goes through a list; nulls on the way lead nowhere. */
function collect(value: unknown, path: readonly (string | number)[], index: number, found: Values[]): void {
  if (Array.isArray(value)) {
    const next = path[index] === '@' ? index + 1 : index;
    // A list where the plan saw none: there is nothing to fetch for it, and the answer's shape tells of it.
    if (next === index && index < path.length) return;
    for (const element of value) collect(element, path, next, found);
    return;
  }
  if (!isValues(value)) return;
  const step = path[index];
  if (step === undefined) found.push(value);
  else collect(own(value, String(step)), path, index + 1, found);
}

async function runFetch(
  { checked, variables, fetch }: Execution,
  node: FetchNode,
  place: Place,
  root: Values,
  errors: ExecutionError[],
): Promise<void> {
  const schema = checked.supergraph.supergraphSchema;
  const used: Record<string, unknown> = {};
  for (const name of node.variableUsages ?? [])
    if (Object.hasOwn(variables, name) && variables[name] !== undefined) used[name] = variables[name];
  const call = { subgraph: node.serviceName, query: node.operation, operationName: node.operationName };

  if (!node.requires) {
    const answer = await fetch({ ...call, variables: used });
    for (const error of answer.errors ?? []) {
      const path = error.path && [...place.path, ...error.path];
      errors.push(placedError(error, node, path, () => concretePaths(root, place.path)));
    }
    applyRewrites(schema, node.outputRewrites, answer.data);
    for (const object of place.objects) mergeInto(object, answer.data);
    return;
  }

  const representations: Values[] = [];
  const owners: { readonly object: Values; readonly position: number }[] = [];
  for (const [position, object] of place.objects.entries()) {
    const representation = representationOf(schema, object, node.requires);
    if (!representation?.['__typename']) continue;
    applyRewrites(schema, node.inputRewrites, representation);
    representations.push(representation);
    owners.push({ object, position });
  }
  if (representations.length === 0) return;

  const answer = await fetch({ ...call, variables: { ...used, representations } });
  if (answer.errors && answer.errors.length > 0) {
    const paths = concretePaths(root, place.path);
    for (const error of answer.errors) errors.push(placedError(error, node, entityErrorPath(error, paths, owners), () => paths));
  }
  if (!answer.data) return;
  const entities = answer.data['_entities'];
  if (!Array.isArray(entities) || entities.length !== representations.length)
    throw new Error(`${node.serviceName} answered another number of entities than it was asked for`);
  for (const [index, { object }] of owners.entries()) {
    const entity: unknown = entities[index];
    if (isValues(entity) && !entity['__typename']) entity['__typename'] = object['__typename'];
    applyRewrites(schema, node.outputRewrites, entity);
    mergeInto(object, entity);
  }
}

/** `objects` answers the paths of what the fetch was made for. */
function placedError(
  error: SubgraphError,
  node: FetchNode,
  path: ResponsePath | undefined,
  objects: () => readonly ResponsePath[],
): ExecutionError {
  const isAboutAll = error.extensions?.['code'] === 'SUBGRAPH_UNAVAILABLE' && !path;
  return {
    message: error.message,
    subgraph: node.serviceName,
    ...(error.extensions ? { extensions: error.extensions } : {}),
    ...(path ? { path: rewrittenPath(node.outputRewrites, path) } : {}),
    ...(isAboutAll
      ? {
          leavesOut: objects().flatMap((object) =>
            namesAskedFor(node).map((name) => [...object, ...rewrittenPath(node.outputRewrites, [name])]),
          ),
        }
      : {}),
  };
}

/** `_entities.3.name` is about the object that the fourth representation was made of; `_entities` is about no place that the client knows. */
function entityErrorPath(
  error: SubgraphError,
  paths: readonly ResponsePath[],
  owners: readonly { readonly position: number }[],
): ResponsePath | undefined {
  const [, index, ...rest] = error.path ?? [];
  const object = typeof index === 'number' ? paths[owners[index]?.position ?? -1] : undefined;
  return object && [...object, ...rest];
}

/** The path of each object that `collect` finds, in the same order, with indexes in place of `@`. */
function concretePaths(root: Values, path: ResponsePath): readonly ResponsePath[] {
  const found: ResponsePath[] = [];
  collectPaths(root, path, 0, [], found);
  return found;
}

function collectPaths(value: unknown, path: ResponsePath, index: number, parent: ResponsePath, found: ResponsePath[]): void {
  if (Array.isArray(value)) {
    const next = path[index] === '@' ? index + 1 : index;
    for (const [position, element] of value.entries()) collectPaths(element, path, next, [...parent, position], found);
    return;
  }
  if (!isValues(value)) return;
  const step = path[index];
  if (step === undefined) found.push(parent);
  else collectPaths(own(value, String(step)), path, index + 1, [...parent, step], found);
}
