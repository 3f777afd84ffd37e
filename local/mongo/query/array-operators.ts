import { refuseTextUnderCollation } from '../bson/collation.ts';
import { Double, Int32 } from 'bson';
import { valuesEqual } from '../bson/compare.ts';
import { keyOf } from '../bson/key.ts';
import { arithmetic, isNumber, toDouble } from '../bson/number.ts';
import { isDoc } from '../bson/value.ts';
import { CommandError } from '../errors.ts';
import { typeName } from './match-operators.ts';
import { operands, truthy, type Operator } from './operator.ts';

const within: Operator = (operand, compile) => {
  const [item, list] = operands('$in', operand, compile, 2);
  return (doc, variables) => {
    const array = list?.(doc, variables);
    if (!Array.isArray(array)) throw new CommandError('BadValue', '$in requires an array as a second argument');
    const value = item?.(doc, variables);
    return array.some((each) => valuesEqual(each, value));
  };
};

const size: Operator = (operand, compile) => {
  const [list] = operands('$size', operand, compile, 1);
  return (doc, variables) => {
    const array = list?.(doc, variables);
    if (!Array.isArray(array))
      throw new CommandError(
        'BadValue',
        `The argument to $size must be an array, but was of type: ${array === undefined ? 'missing' : typeName(array)}`,
      );
    return new Int32(array.length);
  };
};

const concatArrays: Operator = (operand, compile) => {
  const list = operands('$concatArrays', operand, compile);
  return (doc, variables) => {
    const arrays = list.map((item) => item(doc, variables) ?? null);
    if (arrays.includes(null)) return null;
    if (!arrays.every(Array.isArray)) throw new CommandError('BadValue', '$concatArrays only supports arrays');
    return arrays.flat(1);
  };
};

const elementAt: Operator = (operand, compile) => {
  const [list, at] = operands('$arrayElemAt', operand, compile, 2);
  return (doc, variables) => {
    const array = list?.(doc, variables) ?? null;
    const index = at?.(doc, variables) ?? null;
    if (array === null || index === null) return null;
    if (!Array.isArray(array) || !isNumber(index))
      throw new CommandError(
        'BadValue',
        `$arrayElemAt's first argument must be an array and its second a number, but they are ${typeName(array)} and ${typeName(index)}`,
      );
    return array.at(toDouble(index)) as unknown;
  };
};

function edge(name: string, index: 0 | -1): Operator {
  return (operand, compile) => {
    const [list] = operands(name, operand, compile, 1);
    return (doc, variables) => {
      const array = list?.(doc, variables) ?? null;
      if (array !== null && !Array.isArray(array))
        throw new CommandError('BadValue', `${name}'s argument must be an array, but is ${typeName(array)}`);
      return array === null ? null : (array.at(index) as unknown);
    };
  };
}

/** `$map` and `$filter` name each element; the name is `this` unless told otherwise. */
function overElements(
  name: string,
  body: 'in' | 'cond',
  combineElements: (array: unknown[], each: (item: unknown) => unknown) => unknown[],
): Operator {
  return (operand, compile) => {
    if (!isDoc(operand) || !(body in operand) || !('input' in operand))
      throw new CommandError('FailedToParse', `${name} needs input and ${body}`);
    const unknown = Object.keys(operand).find((key) => !['input', 'as', body].includes(key));
    if (unknown !== undefined) throw new CommandError('FailedToParse', `Unrecognized parameter to ${name}: ${unknown}`);
    const input = compile(operand['input']);
    const compute = compile(operand[body]);
    const as = typeof operand['as'] === 'string' ? operand['as'] : 'this';
    return (doc, variables) => {
      const array = input(doc, variables) ?? null;
      if (array === null) return null;
      if (!Array.isArray(array)) throw new CommandError('BadValue', `input to ${name} must be an array not ${typeName(array)}`);
      return combineElements(array, (item) => compute(doc, { ...variables, [as]: item }));
    };
  };
}

const reduce: Operator = (operand, compile) => {
  if (!isDoc(operand) || !('input' in operand) || !('initialValue' in operand) || !('in' in operand))
    throw new CommandError('FailedToParse', '$reduce needs input, initialValue and in');
  const [input, initial, step] = [compile(operand['input']), compile(operand['initialValue']), compile(operand['in'])];
  return (doc, variables) => {
    const array = input(doc, variables) ?? null;
    if (array === null) return null;
    if (!Array.isArray(array)) throw new CommandError('BadValue', `$reduce requires that 'input' be an array, found: ${typeName(array)}`);
    return array.reduce((value: unknown, item: unknown) => step(doc, { ...variables, value, this: item }), initial(doc, variables));
  };
};

/** Over the elements of one array, or over several operands; what is not a number counts for nothing. */
function totalling(name: '$sum' | '$avg'): Operator {
  return (operand, compile) => {
    const list = operands(name, operand, compile);
    return (doc, variables) => {
      const values = list.length === 1 ? [list[0]?.(doc, variables)].flat(1) : list.map((item) => item(doc, variables));
      const numbers = values.filter(isNumber);
      let sum: unknown = new Int32(0);
      for (const number of numbers) sum = arithmetic('add', sum, number) ?? new Double(toDouble(sum) + toDouble(number));
      if (name === '$sum') return sum;
      return numbers.length === 0 ? null : new Double(toDouble(sum) / numbers.length);
    };
  };
}

/** Sets by BSON equality; the result has each value once. */
function combiningSets(name: string, combine: (left: Map<string, unknown>, right: Map<string, unknown>) => Map<string, unknown>): Operator {
  return (operand, compile) => {
    const list = operands(name, operand, compile);
    return (doc, variables) => {
      const arrays = list.map((item) => item(doc, variables) ?? null);
      if (arrays.includes(null)) return null;
      const sets = arrays.map((array) => {
        if (!Array.isArray(array))
          throw new CommandError('BadValue', `All operands of ${name} must be arrays. One argument is of type: ${typeName(array)}`);
        refuseTextUnderCollation(name, array);
        return new Map(array.map((item: unknown) => [keyOf(item), item]));
      });
      return [...sets.reduce(combine).values()];
    };
  };
}

export const ARRAY_OPERATORS: Readonly<Record<string, Operator>> = {
  $sum: totalling('$sum'),
  $avg: totalling('$avg'),
  $setUnion: combiningSets('$setUnion', (left, right) => new Map([...left, ...right])),
  $setIntersection: combiningSets('$setIntersection', (left, right) => new Map([...left].filter(([key]) => right.has(key)))),
  $setDifference: combiningSets('$setDifference', (left, right) => new Map([...left].filter(([key]) => !right.has(key)))),
  $in: within,
  $size: size,
  $concatArrays: concatArrays,
  $arrayElemAt: elementAt,
  $first: edge('$first', 0),
  $last: edge('$last', -1),
  $map: overElements('$map', 'in', (array, each) => array.map((item) => each(item) ?? null)),
  $filter: overElements('$filter', 'cond', (array, each) => array.filter((item) => truthy(each(item)))),
  $reduce: reduce,
  $isArray: (operand, compile) => {
    const [item] = operands('$isArray', operand, compile, 1);
    return (doc, variables) => Array.isArray(item?.(doc, variables));
  },
};
