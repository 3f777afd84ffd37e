import { isDoc, type Doc } from '../bson/value.ts';
import { CommandError } from '../errors.ts';
import { compileExpression, type Variables } from './expression.ts';
import { typeName } from './match-operators.ts';
import { splitPath } from './path.ts';
import { compileProjection, placeInDocument, removeFromDocument } from './project.ts';

/** A stage that turns each document into one other: what an update pipeline may hold, and an aggregation as well. */
export type DocumentStage = (doc: Doc, variables: Variables) => Doc;

export function compileDocumentStage(name: string, operand: unknown): DocumentStage | undefined {
  switch (name) {
    case '$set':
    case '$addFields':
      return addFields(name, operand);
    case '$unset':
      return unset(operand);
    case '$project':
      if (!isDoc(operand) || Object.keys(operand).length === 0)
        throw new CommandError('BadValue', '$project specification must be an object with at least one field');
      return compileProjection(operand, 'aggregate');
    case '$replaceRoot': {
      if (!isDoc(operand) || !('newRoot' in operand))
        throw new CommandError('MissingField', "BSON field '$replaceRoot.newRoot' is missing but a required field");
      return replaceRoot(operand['newRoot']);
    }
    case '$replaceWith':
      return replaceRoot(operand);
    default:
      return undefined;
  }
}

function addFields(name: string, operand: unknown): DocumentStage {
  if (!isDoc(operand)) throw new CommandError('BadValue', `${name} specification stage must be an object, got ${typeName(operand)}`);
  const fields = flattened(operand, []).map(([parts, value]) => [parts, compileExpression(value)] as const);
  return (doc, variables) => {
    let result = doc;
    for (const [parts, compute] of fields) {
      const value = compute(doc, { ...variables, ROOT: doc });
      result = value === undefined ? removeFromDocument(result, parts) : placeInDocument(result, parts, value);
    }
    return result;
  };
}

/** `{ a: { b: expr } }` sets a.b and keeps the rest of a. */
function flattened(spec: Doc, prefix: string[]): [string[], unknown][] {
  return Object.entries(spec).flatMap(([name, value]): [string[], unknown][] => {
    const parts = [...prefix, ...splitPath(name)];
    if (parts.some((part) => part === '' || part.startsWith('$')))
      throw new CommandError('BadValue', `FieldPath '${name}' is not valid in $set`);
    if (isDoc(value) && Object.keys(value).length > 0 && !Object.keys(value)[0]?.startsWith('$')) return flattened(value, parts);
    return [[parts, value]];
  });
}

function unset(operand: unknown): DocumentStage {
  const paths = typeof operand === 'string' ? [operand] : operand;
  if (!Array.isArray(paths) || paths.length === 0 || !paths.every((path) => typeof path === 'string')) {
    throw new CommandError('BadValue', '$unset specification must be a string or an array of strings');
  }
  const all = paths.map((path) => splitPath(path));
  return (doc) => {
    let result = doc;
    for (const parts of all) result = removeFromDocument(result, parts);
    return result;
  };
}

function replaceRoot(expression: unknown): DocumentStage {
  const compute = compileExpression(expression);
  return (doc, variables) => {
    const root = compute(doc, { ...variables, ROOT: doc });
    if (!isDoc(root))
      throw new CommandError(
        'BadValue',
        `'newRoot' expression must evaluate to an object, but resulting value was of type: ${root === undefined ? 'missing' : typeName(root)}`,
      );
    return root;
  };
}

export function compileDocumentPipeline(pipeline: readonly unknown[], variables: Variables): (doc: Doc) => Doc {
  const stages = pipeline.map((stage) => {
    if (!isDoc(stage) || Object.keys(stage).length !== 1)
      throw new CommandError('FailedToParse', 'A pipeline stage specification object must contain exactly one field.');
    const [name = '', operand] = Object.entries(stage)[0] ?? [];
    const compiled = compileDocumentStage(name, operand);
    if (!compiled) throw new CommandError('InvalidOptions', `${name} is not allowed to be used within an update`);
    return compiled;
  });
  return (doc) => {
    // One moment for the whole statement, as $$NOW promises.
    const scope = { ...variables, NOW: new Date() };
    let result = doc;
    for (const stage of stages) result = stage(result, scope);
    return result;
  };
}
