import { Int32, Timestamp } from 'bson';
import { compareValues, valuesEqual } from '../bson/compare.ts';
import { arithmetic, bitwise, isNumber, toInteger } from '../bson/number.ts';
import { isA, isDoc, type Doc } from '../bson/value.ts';
import { CommandError } from '../errors.ts';
import { compileElementCondition } from './match.ts';
import { typeName } from './match-operators.ts';
import { parseSort, sortBy } from './sort.ts';
import type { Draft } from './draft.ts';

/** Changes the value at one concrete path. */
export type Apply = (draft: Draft, path: readonly string[]) => void;
type Operator = (operand: unknown, path: string) => Apply;

function numeric(name: string, operation: 'add' | 'multiply'): Operator {
  const verb = operation === 'add' ? 'increment' : 'multiply';
  return (operand, field) => {
    if (!isNumber(operand))
      throw new CommandError('TypeMismatch', `Cannot ${verb} with non-numeric argument: {${field}: ${JSON.stringify(operand)}}`);
    return (draft, path) => {
      const current = draft.get(path);
      if (current !== undefined && !isNumber(current)) {
        throw new CommandError(
          'TypeMismatch',
          `Cannot apply ${name} to a value of non-numeric type. The field '${path.join('.')}' has non-numeric type ${typeName(current)}`,
        );
      }
      const result =
        current === undefined
          ? operation === 'add'
            ? operand
            : arithmetic('multiply', operand, new Int32(0))
          : arithmetic(operation, current, operand);
      if (result === undefined)
        throw new CommandError('BadValue', `Failed to apply ${name} operations to current value: the result does not fit a 64-bit integer`);
      draft.set(path, result);
    };
  };
}

function keepIf(accepts: (sign: number) => boolean): Operator {
  return (operand) => (draft, path) => {
    const current = draft.get(path);
    if (current === undefined || accepts(compareValues(operand, current))) draft.set(path, operand);
  };
}

function arrayAt(name: string, draft: Draft, path: readonly string[]): unknown[] | undefined {
  const current = draft.get(path);
  if (current === undefined) return undefined;
  if (!Array.isArray(current)) {
    const code = name === '$pop' ? 'TypeMismatch' : 'BadValue';
    throw new CommandError(
      code,
      `The field '${path.join('.')}' must be an array but is of type ${typeName(current)} in document {_id: ${JSON.stringify(draft.root['_id'])}}: ${name} needs an array`,
    );
  }
  return current as unknown[];
}

function refuseUnknown(name: string, spec: Doc, known: readonly string[]): void {
  const unknown = Object.keys(spec).find((key) => !known.includes(key));
  if (unknown !== undefined) throw new CommandError('BadValue', `Unrecognized clause in ${name}: ${unknown}`);
}

function integerClause(name: string, value: unknown): number | undefined {
  if (value === undefined) return undefined;
  const integer = toInteger(value);
  if (integer === undefined) throw new CommandError('BadValue', `The value for ${name} must be an integer value`);
  return integer;
}

function sortElements(items: unknown[], spec: unknown): unknown[] {
  if (isDoc(spec)) return sortBy(items, parseSort(spec), (item) => (isDoc(item) ? item : {}));
  const direction = toInteger(spec);
  if (direction !== 1 && direction !== -1)
    throw new CommandError('BadValue', 'The $sort is invalid: use 1/-1 to sort the whole element, or {field:1/-1} to sort embedded fields');
  return items.toSorted((a, b) => compareValues(a, b) * direction);
}

const push: Operator = (operand) => {
  const isModified = isDoc(operand) && '$each' in operand;
  const spec: Doc = isModified ? operand : { $each: [operand] };
  refuseUnknown('$push', spec, ['$each', '$slice', '$position', '$sort']);
  const each = spec['$each'];
  if (!Array.isArray(each)) throw new CommandError('BadValue', 'The argument to $each in $push must be an array');
  const position = integerClause('$position', spec['$position']);
  const slice = integerClause('$slice', spec['$slice']);
  return (draft, path) => {
    const current = arrayAt('$push', draft, path) ?? [];
    let next = [...current];
    next.splice(position ?? next.length, 0, ...(each as unknown[]));
    if (spec['$sort'] !== undefined) next = sortElements(next, spec['$sort']);
    if (slice !== undefined) next = slice < 0 ? next.slice(slice) : next.slice(0, slice);
    draft.set(path, next);
  };
};

const addToSet: Operator = (operand) => {
  const isModified = isDoc(operand) && '$each' in operand;
  if (isModified) refuseUnknown('$addToSet', operand, ['$each']);
  const each: unknown = isModified ? operand['$each'] : [operand];
  if (!Array.isArray(each)) throw new CommandError('TypeMismatch', 'The argument to $each in $addToSet must be an array');
  return (draft, path) => {
    const next = [...(arrayAt('$addToSet', draft, path) ?? [])];
    for (const item of each as unknown[]) if (!next.some((present) => valuesEqual(present, item))) next.push(item);
    draft.set(path, next);
  };
};

function removing(name: string, condition: (operand: unknown) => (element: unknown) => boolean): Operator {
  return (operand) => {
    const remove = condition(operand);
    return (draft, path) => {
      const current = arrayAt(name, draft, path);
      if (current?.some(remove))
        draft.set(
          path,
          current.filter((item) => !remove(item)),
        );
    };
  };
}

const pop: Operator = (operand) => {
  const end = toInteger(operand);
  if (end !== 1 && end !== -1) throw new CommandError('FailedToParse', '$pop expects 1 or -1');
  return (draft, path) => {
    const current = arrayAt('$pop', draft, path);
    if (current && current.length > 0) draft.set(path, end === 1 ? current.slice(0, -1) : current.slice(1));
  };
};

const currentDate: Operator = (operand, field) => {
  const type: unknown = isDoc(operand) ? operand['$type'] : operand === true || operand === false ? 'date' : undefined;
  if (type !== 'date' && type !== 'timestamp')
    throw new CommandError('BadValue', `The '$currentDate' of ${field} must be true, {$type: 'date'} or {$type: 'timestamp'}`);
  return (draft, path) => {
    draft.set(path, type === 'date' ? new Date() : new Timestamp({ t: Math.floor(Date.now() / 1000), i: 1 }));
  };
};

const BIT_OPERATIONS = ['and', 'or', 'xor'] as const;

function isInteger(value: unknown): boolean {
  return isA(value, 'Int32') || isA(value, 'Long');
}

const bit: Operator = (operand, field) => {
  if (!isDoc(operand)) throw new CommandError('BadValue', `The $bit modifier of ${field} must be an object of and, or, xor`);
  refuseUnknown('$bit', operand, BIT_OPERATIONS);
  const steps = BIT_OPERATIONS.filter((operation) => operation in operand).map((operation) => ({ operation, mask: operand[operation] }));
  if (steps.length === 0 || !steps.every(({ mask }) => isInteger(mask)))
    throw new CommandError('BadValue', 'The $bit modifier field must be an Integer(32/64 bit)');
  return (draft, path) => {
    let value = draft.get(path) ?? bitwise('and', steps[0]?.mask, new Int32(0));
    if (!isInteger(value)) throw new CommandError('BadValue', `Cannot apply $bit to a value of non-integral type ${typeName(value)}`);
    for (const { operation, mask } of steps) value = bitwise(operation, value, mask);
    draft.set(path, value);
  };
};

/** `$rename` is not here: it has two paths (`update.ts`). */
export const UPDATE_OPERATORS: Readonly<Record<string, Operator>> = {
  $set: (operand) => (draft, path) => draft.set(path, operand),
  $setOnInsert: (operand) => (draft, path) => draft.set(path, operand),
  $unset: () => (draft, path) => draft.unset(path),
  $inc: numeric('$inc', 'add'),
  $mul: numeric('$mul', 'multiply'),
  $min: keepIf((sign) => sign < 0),
  $max: keepIf((sign) => sign > 0),
  $push: push,
  $addToSet: addToSet,
  $pull: removing('$pull', compileElementCondition),
  $pullAll: removing('$pullAll', (operand) => {
    if (!Array.isArray(operand)) throw new CommandError('BadValue', '$pullAll requires an array argument');
    return (element) => operand.some((item) => valuesEqual(item, element));
  }),
  $pop: pop,
  $currentDate: currentDate,
  $bit: bit,
};
