import { compareValues } from '../bson/compare.ts';
import { arithmetic, isNumber, roundTo, toDouble, toInteger } from '../bson/number.ts';
import { Double, Int32, Long } from 'bson';
import { isA, isDoc, type Doc } from '../bson/value.ts';
import { CommandError } from '../errors.ts';
import { typeName } from './match-operators.ts';
import { ARRAY_OPERATORS } from './array-operators.ts';
import { FIELD_OPERATORS } from './field-operators.ts';
import { operands, truthy, type Operator } from './operator.ts';

/** Absent sorts below null in expressions, unlike in filters. */
function compareForExpression(a: unknown, b: unknown): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? -1 : 1;
  return compareValues(a, b);
}

function comparing(name: string, accepts: (sign: number) => unknown): Operator {
  return (operand, compile) => {
    const [left, right] = operands(name, operand, compile, 2);
    return (doc, variables) => accepts(compareForExpression(left?.(doc, variables), right?.(doc, variables)));
  };
}

/** Null in, null out; a date plus a number is a date. */
function summing(name: string, operation: 'add' | 'multiply'): Operator {
  return (operand, compile) => {
    const terms = operands(name, operand, compile);
    return (doc, variables) => {
      let result: unknown = new Int32(operation === 'add' ? 0 : 1);
      let date = false;
      for (const term of terms) {
        let value = term(doc, variables);
        if (value === undefined || value === null) return null;
        if (value instanceof Date && operation === 'add' && !date) {
          date = true;
          value = Long.fromNumber(value.getTime());
        }
        result = combine(name, operation, result, value);
      }
      return date ? new Date(toDouble(result)) : result;
    };
  };
}

function combine(name: string, operation: 'add' | 'multiply', left: unknown, right: unknown): unknown {
  if (!isNumber(right)) throw new CommandError('TypeMismatch', `${name} only supports numeric types, not ${typeName(right)}`);
  return (
    arithmetic(operation, left, right) ??
    new Double(operation === 'add' ? toDouble(left) + toDouble(right) : toDouble(left) * toDouble(right))
  );
}

const subtract: Operator = (operand, compile) => {
  const [left, right] = operands('$subtract', operand, compile, 2);
  return (doc, variables) => {
    const a = left?.(doc, variables) ?? null;
    const b = right?.(doc, variables) ?? null;
    if (a === null || b === null) return null;
    if (a instanceof Date) return b instanceof Date ? Long.fromNumber(a.getTime() - b.getTime()) : new Date(a.getTime() - toDouble(b));
    if (!isNumber(a)) throw new CommandError('TypeMismatch', `can't $subtract ${typeName(b)} from ${typeName(a)}`);
    return combine('$subtract', 'add', a, combine('$subtract', 'multiply', new Int32(-1), b));
  };
};

const divide: Operator = (operand, compile) => {
  const [left, right] = operands('$divide', operand, compile, 2);
  return (doc, variables) => {
    const a = left?.(doc, variables) ?? null;
    const b = right?.(doc, variables) ?? null;
    if (a === null || b === null) return null;
    if (!isNumber(a) || !isNumber(b))
      throw new CommandError('TypeMismatch', `$divide only supports numeric types, not ${typeName(a)} and ${typeName(b)}`);
    if (toDouble(b) === 0) throw new CommandError('BadValue', "can't $divide by zero");
    return new Double(toDouble(a) / toDouble(b));
  };
};

const cond: Operator = (operand, compile) => {
  const list = isDoc(operand) ? [operand['if'], operand['then'], operand['else']] : operand;
  const [test, yes, no] = operands('$cond', list, compile, 3);
  return (doc, variables) => (truthy(test?.(doc, variables)) ? yes?.(doc, variables) : no?.(doc, variables));
};

const switchOver: Operator = (operand, compile) => {
  if (!isDoc(operand) || !Array.isArray(operand['branches'])) throw new CommandError('FailedToParse', '$switch requires branches');
  const branches = operand['branches'].map((branch: Doc) => ({ when: compile(branch['case']), value: compile(branch['then']) }));
  const otherwise = 'default' in operand ? compile(operand['default']) : undefined;
  return (doc, variables) => {
    const branch = branches.find(({ when }) => truthy(when(doc, variables)));
    if (branch) return branch.value(doc, variables);
    if (!otherwise)
      throw new CommandError('BadValue', '$switch could not find a matching branch for an input, and no default was specified.');
    return otherwise(doc, variables);
  };
};

const ifNull: Operator = (operand, compile) => {
  const list = operands('$ifNull', operand, compile);
  return (doc, variables) => {
    let value: unknown;
    for (const item of list) {
      value = item(doc, variables);
      if (value !== undefined && value !== null) return value;
    }
    return value;
  };
};

const concat: Operator = (operand, compile) => {
  const list = operands('$concat', operand, compile);
  return (doc, variables) => {
    let text = '';
    for (const item of list) {
      const value = item(doc, variables) ?? null;
      if (value === null) return null;
      if (typeof value !== 'string') throw new CommandError('BadValue', `$concat only supports strings, not ${typeName(value)}`);
      text += value;
    }
    return text;
  };
};

const mergeObjects: Operator = (operand, compile) => {
  const list = operands('$mergeObjects', operand, compile);
  return (doc, variables) => {
    const merged: Doc = {};
    for (const value of list.map((item) => item(doc, variables)).flat(1)) {
      if (value === undefined || value === null) continue;
      if (!isDoc(value))
        throw new CommandError('BadValue', `$mergeObjects requires object inputs, but input is of type ${typeName(value)}`);
      Object.assign(merged, value);
    }
    return merged;
  };
};

function extreme(name: string, wanted: 1 | -1): Operator {
  return (operand, compile) => {
    const list = operands(name, operand, compile);
    return (doc, variables) => {
      const values = list.length === 1 ? [list[0]?.(doc, variables)].flat(1) : list.map((item) => item(doc, variables));
      let best: unknown = null;
      for (const value of values) {
        if (value !== undefined && value !== null && (best === null || compareValues(value, best) * wanted > 0)) best = value;
      }
      return best;
    };
  };
}

/** To a number of decimal places, or of tens when negative. */
function rounding(name: '$round' | '$trunc'): Operator {
  return (operand, compile) => {
    const [number, places] = operands(name, operand, compile);
    return (doc, variables) => {
      const value = number?.(doc, variables) ?? null;
      if (value === null) return null;
      if (!isNumber(value)) throw new CommandError('TypeMismatch', `${name} only supports numeric types, not ${typeName(value)}`);
      const place = places ? toInteger(places(doc, variables)) : 0;
      if (place === undefined || place < -20 || place > 100)
        throw new CommandError('BadValue', `the precision of ${name} must be an integer from -20 to 100`);
      return roundTo(value, place, name === '$round');
    };
  };
}

const toText: Operator = (operand, compile) => {
  const [item] = operands('$toString', operand, compile, 1);
  return (doc, variables) => {
    const value = item?.(doc, variables) ?? null;
    if (value === null || typeof value === 'string') return value;
    if (value instanceof Date) return value.toISOString();
    if (typeof value === 'boolean') return value ? 'true' : 'false';
    if (isA(value, 'ObjectId')) return value.toHexString();
    if (isA(value, 'Int32') || isA(value, 'Double') || isA(value, 'Long') || isA(value, 'Decimal128')) return value.toString();
    throw new CommandError('BadValue', `Unsupported conversion from ${typeName(value)} to string in $toString`);
  };
};

const bind: Operator = (operand, compile) => {
  if (!isDoc(operand) || !isDoc(operand['vars']) || !('in' in operand)) throw new CommandError('FailedToParse', '$let needs vars and in');
  const names = Object.entries(operand['vars']).map(([name, value]) => [name, compile(value)] as const);
  const body = compile(operand['in']);
  return (doc, variables) =>
    body(doc, { ...variables, ...Object.fromEntries(names.map(([name, value]) => [name, value(doc, variables)])) });
};

export const OPERATORS: Readonly<Record<string, Operator>> = {
  ...ARRAY_OPERATORS,
  ...FIELD_OPERATORS,
  $literal: (operand) => () => operand,
  $eq: comparing('$eq', (sign) => sign === 0),
  $ne: comparing('$ne', (sign) => sign !== 0),
  $gt: comparing('$gt', (sign) => sign > 0),
  $gte: comparing('$gte', (sign) => sign >= 0),
  $lt: comparing('$lt', (sign) => sign < 0),
  $lte: comparing('$lte', (sign) => sign <= 0),
  $cmp: comparing('$cmp', (sign) => new Int32(Math.sign(sign))),
  $and: (operand, compile) => {
    const list = operands('$and', operand, compile);
    return (doc, variables) => list.every((item) => truthy(item(doc, variables)));
  },
  $or: (operand, compile) => {
    const list = operands('$or', operand, compile);
    return (doc, variables) => list.some((item) => truthy(item(doc, variables)));
  },
  $not: (operand, compile) => {
    const [item] = operands('$not', operand, compile, 1);
    return (doc, variables) => !truthy(item?.(doc, variables));
  },
  $cond: cond,
  $switch: switchOver,
  $ifNull: ifNull,
  $add: summing('$add', 'add'),
  $multiply: summing('$multiply', 'multiply'),
  $subtract: subtract,
  $divide: divide,
  $concat: concat,
  $mergeObjects: mergeObjects,
  $min: extreme('$min', -1),
  $max: extreme('$max', 1),
  $let: bind,
  $toString: toText,
  $round: rounding('$round'),
  $trunc: rounding('$trunc'),
  $type: (operand, compile) => {
    const [item] = operands('$type', operand, compile, 1);
    return (doc, variables) => {
      const value = item?.(doc, variables);
      return value === undefined ? 'missing' : typeName(value);
    };
  },
};
