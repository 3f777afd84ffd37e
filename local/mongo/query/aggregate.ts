import { Int32, Long } from 'bson';
import { toInteger } from '../bson/number.ts';
import { isDoc, setField, type Doc } from '../bson/value.ts';
import { CommandError } from '../errors.ts';
import { compileDocumentStage } from './document-stages.ts';
import { compileExpression, isTruthy, valueAtPath, type Variables } from './expression.ts';
import { compileGroup } from './group.ts';
import { compileFilter } from './match.ts';
import { splitPath, valuesAt } from './path.ts';
import { placeInDocument, removeFromDocument } from './project.ts';
import { parseSort, sortBy } from './sort.ts';

/** Reads another collection of the same database, through its indexes where the filter allows. */
export type ReadCollection = (collection: string, filter: Doc) => Doc[];

export interface PipelineScope {
  read: ReadCollection;
  variables: Variables;
}

type Stage = (docs: readonly Doc[], scope: PipelineScope) => readonly Doc[];

export function parsePipeline(pipeline: unknown): { name: string; operand: unknown }[] {
  if (!Array.isArray(pipeline)) throw new CommandError('TypeMismatch', "'pipeline' option must be specified as an array");
  return pipeline.map((stage) => {
    const entries = isDoc(stage) ? Object.entries(stage) : [];
    const [only] = entries;
    if (!only || entries.length !== 1)
      throw new CommandError('UnrecognizedStage', 'A pipeline stage specification object must contain exactly one field.');
    return { name: only[0], operand: only[1] };
  });
}

export function compilePipeline(pipeline: unknown): Stage {
  const stages = parsePipeline(pipeline).map(({ name, operand }) => compileStage(name, operand));
  return (docs, scope) => {
    let result = docs;
    for (const stage of stages) result = stage(result, scope);
    return result;
  };
}

function compileStage(name: string, operand: unknown): Stage {
  const perDocument = compileDocumentStage(name, operand);
  if (perDocument) return (docs, { variables }) => docs.map((doc) => perDocument(doc, variables));
  switch (name) {
    case '$match':
      if (!isDoc(operand)) throw new CommandError('BadValue', 'the match filter must be an expression in an object');
      return (docs, { variables }) => {
        const matches = compileFilter(operand, variables);
        return docs.filter((doc) => matches(doc));
      };
    case '$group': {
      const group = compileGroup(operand);
      return (docs, { variables }) => group(docs, variables);
    }
    case '$sort': {
      const fields = parseSort(operand);
      if (fields.length === 0) throw new CommandError('BadValue', '$sort stage must have at least one sort key');
      return (docs) => sortBy(docs, fields, (doc) => doc);
    }
    case '$limit': {
      const limit = countOperand(name, operand);
      if (limit < 1) throw new CommandError('BadValue', 'the limit must be positive');
      return (docs) => docs.slice(0, limit);
    }
    case '$skip': {
      const skip = countOperand(name, operand);
      return (docs) => docs.slice(skip);
    }
    case '$count':
      if (typeof operand !== 'string' || operand === '' || operand.startsWith('$') || operand.includes('.'))
        throw new CommandError('BadValue', 'the count field must be a non-empty string without $ and dots');
      return (docs) => (docs.length === 0 ? [] : [{ [operand]: new Int32(docs.length) }]);
    case '$sortByCount': {
      const group = compileGroup({ _id: operand, count: { $sum: new Int32(1) } });
      return (docs, { variables }) => sortBy(group(docs, variables), [{ path: 'count', direction: -1 }], (doc) => doc);
    }
    case '$unwind':
      return compileUnwind(operand);
    case '$lookup':
      return compileLookup(operand);
    case '$facet':
      return compileFacet(operand);
    case '$unionWith':
      return compileUnion(operand);
    default:
      throw new CommandError('UnrecognizedStage', `Unrecognized pipeline stage name: '${name}'`);
  }
}

function countOperand(name: string, operand: unknown): number {
  const count = toInteger(operand);
  if (count === undefined || count < 0)
    throw new CommandError('BadValue', `invalid argument to ${name} stage: Expected a non-negative integer`);
  return count;
}

function refuseUnknown(name: string, spec: Doc, known: readonly string[]): void {
  const unknown = Object.keys(spec).find((key) => !known.includes(key));
  if (unknown !== undefined) throw new CommandError('FailedToParse', `unrecognized or unsupported option to ${name} stage: ${unknown}`);
}

function compileUnwind(operand: unknown): Stage {
  const spec: Doc = typeof operand === 'string' ? { path: operand } : isDoc(operand) ? operand : {};
  refuseUnknown('$unwind', spec, ['path', 'includeArrayIndex', 'preserveNullAndEmptyArrays']);
  const path = spec['path'];
  if (typeof path !== 'string' || !path.startsWith('$') || path.length < 2)
    throw new CommandError('BadValue', "path option to $unwind stage should be prefixed with a '$'");
  const parts = splitPath(path.slice(1));
  const indexPath = typeof spec['includeArrayIndex'] === 'string' ? splitPath(spec['includeArrayIndex']) : undefined;
  const preserve = isTruthy(spec['preserveNullAndEmptyArrays']);
  const withIndex = (result: Doc, index: number | null): Doc =>
    indexPath ? placeInDocument(result, indexPath, index === null ? null : Long.fromNumber(index)) : result;
  return (docs) =>
    docs.flatMap((doc): Doc[] => {
      const value = valueAtPath(doc, parts, 0);
      if (Array.isArray(value) && value.length > 0) return value.map((item, index) => withIndex(placeInDocument(doc, parts, item), index));
      if (Array.isArray(value) || value === null || value === undefined)
        return preserve ? [withIndex(Array.isArray(value) ? removeFromDocument(doc, parts) : doc, null)] : [];
      return [withIndex(doc, null)];
    });
}

function compileLookup(operand: unknown): Stage {
  if (!isDoc(operand)) throw new CommandError('FailedToParse', 'the $lookup specification must be an Object');
  refuseUnknown('$lookup', operand, ['from', 'localField', 'foreignField', 'as', 'let', 'pipeline']);
  const { from, localField, foreignField, as } = operand;
  if (typeof from !== 'string' || typeof as !== 'string') throw new CommandError('FailedToParse', "$lookup needs 'from' and 'as'");
  const byField = typeof localField === 'string' && typeof foreignField === 'string';
  if (!byField && !('pipeline' in operand))
    throw new CommandError('FailedToParse', "$lookup requires either 'pipeline' or both 'localField' and 'foreignField' to be specified");
  const pipeline = 'pipeline' in operand ? compilePipeline(operand['pipeline']) : undefined;
  const bindings = isDoc(operand['let'])
    ? Object.entries(operand['let']).map(([name, value]) => [name, compileExpression(value)] as const)
    : [];
  const asParts = splitPath(as);
  return (docs, scope) =>
    docs.map((doc) => {
      const foreign = scope.read(from, byField ? { [foreignField]: joinCondition(doc, localField) } : {});
      const own = { ...scope.variables, ROOT: doc };
      const variables = {
        ...scope.variables,
        ...Object.fromEntries(bindings.map(([name, evaluate]) => [name, evaluate(doc, own) ?? null])),
      };
      return placeInDocument(doc, asParts, pipeline ? [...pipeline(foreign, { ...scope, variables })] : foreign);
    });
}

/** An array joins by each of its elements; what is absent joins with null. */
function joinCondition(doc: Doc, localField: string): Doc {
  const values = valuesAt(doc, splitPath(localField)).flatMap((value) => (Array.isArray(value) ? (value as unknown[]) : [value ?? null]));
  return { $in: values.length > 0 ? values : [null] };
}

function compileFacet(operand: unknown): Stage {
  if (!isDoc(operand) || Object.keys(operand).length === 0)
    throw new CommandError('BadValue', 'the $facet specification must be a non-empty object');
  const facets = Object.entries(operand).map(([name, pipeline]) => ({ name, run: compilePipeline(pipeline) }));
  return (docs, scope) => {
    const result: Doc = {};
    for (const { name, run } of facets) setField(result, name, [...run(docs, scope)]);
    return [result];
  };
}

function compileUnion(operand: unknown): Stage {
  const spec: Doc = typeof operand === 'string' ? { coll: operand } : isDoc(operand) ? operand : {};
  refuseUnknown('$unionWith', spec, ['coll', 'pipeline']);
  const collection = spec['coll'];
  if (typeof collection !== 'string') throw new CommandError('FailedToParse', "$unionWith needs 'coll'");
  const pipeline = compilePipeline(spec['pipeline'] ?? []);
  return (docs, scope) => [...docs, ...pipeline(scope.read(collection, {}), scope)];
}
