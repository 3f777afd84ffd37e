import { refuseTextUnderCollation } from '../bson/collation.ts';
import { Int32 } from 'bson';
import { compareValues } from '../bson/compare.ts';
import { keyOf } from '../bson/key.ts';
import { arithmetic, isNumber, numberValue, toDouble } from '../bson/number.ts';
import { isDoc, type Doc } from '../bson/value.ts';
import { CommandError } from '../errors.ts';
import { compileExpression, type Variables } from './expression.ts';

/** Gathers one value per document and says the result at the end. */
interface Accumulator {
  add(value: unknown): void;
  result(): unknown;
}

const ACCUMULATORS: Readonly<Record<string, () => Accumulator>> = {
  $sum: () => {
    let sum: unknown = new Int32(0);
    return {
      add: (value) => {
        // What is not a number adds nothing.
        if (isNumber(value)) sum = arithmetic('add', sum, value) ?? numberValue(toDouble(sum) + toDouble(value));
      },
      result: () => sum,
    };
  },
  $avg: () => {
    let sum = 0;
    let count = 0;
    return {
      add: (value) => {
        if (!isNumber(value)) return;
        sum += toDouble(value);
        count += 1;
      },
      result: () => (count === 0 ? null : numberValue(sum / count)),
    };
  },
  $min: () => extreme(-1),
  $max: () => extreme(1),
  $first: () => {
    let first: unknown;
    let seen = false;
    return {
      add: (value) => {
        if (!seen) first = value;
        seen = true;
      },
      result: () => first ?? null,
    };
  },
  $last: () => {
    let last: unknown;
    return { add: (value) => void (last = value), result: () => last ?? null };
  },
  $push: () => {
    const items: unknown[] = [];
    return { add: (value) => void (value !== undefined && items.push(value)), result: () => items };
  },
  $addToSet: () => {
    const items = new Map<string, unknown>();
    return {
      add: (value) => {
        refuseTextUnderCollation('$addToSet of text', value);
        if (value !== undefined) items.set(keyOf(value), value);
      },
      result: () => [...items.values()],
    };
  },
  $mergeObjects: () => {
    const merged: Doc = {};
    return {
      add: (value) => {
        if (value === undefined || value === null) return;
        if (!isDoc(value)) throw new CommandError('BadValue', '$mergeObjects requires object inputs');
        Object.assign(merged, value);
      },
      result: () => merged,
    };
  },
  $count: () => {
    let count = 0;
    return { add: () => void (count += 1), result: () => new Int32(count) };
  },
};

function extreme(wanted: 1 | -1): Accumulator {
  let best: unknown = null;
  return {
    add: (value) => {
      if (value !== undefined && value !== null && (best === null || compareValues(value, best) * wanted > 0)) best = value;
    },
    result: () => best,
  };
}

export function compileGroup(spec: unknown): (docs: readonly Doc[], variables: Variables) => Doc[] {
  if (!isDoc(spec)) throw new CommandError('BadValue', "a group's fields must be specified in an object");
  if (!('_id' in spec)) throw new CommandError('BadValue', 'a group specification must include an _id');
  const idOf = compileExpression(spec['_id']);
  const fields = Object.entries(spec)
    .filter(([name]) => name !== '_id')
    .map(([name, value]) => ({ name, ...compileAccumulator(name, value) }));
  return (docs, variables) => {
    const groups = new Map<string, { id: unknown; accumulators: Accumulator[] }>();
    for (const doc of docs) {
      const scope = { ...variables, ROOT: doc };
      const id = idOf(doc, scope) ?? null;
      refuseTextUnderCollation('$group by text', id);
      const key = keyOf(id);
      let group = groups.get(key);
      if (!group) {
        group = { id, accumulators: fields.map(({ create }) => create()) };
        groups.set(key, group);
      }
      for (const [at, { evaluate }] of fields.entries()) group.accumulators[at]?.add(evaluate(doc, scope));
    }
    return Array.from(groups.values(), ({ id, accumulators }) => {
      const result: Doc = { _id: id };
      for (const [at, { name }] of fields.entries()) result[name] = accumulators[at]?.result();
      return result;
    });
  };
}

function compileAccumulator(name: string, value: unknown) {
  if (name.includes('.')) throw new CommandError('BadValue', `The field name '${name}' cannot contain '.'`);
  if (!isDoc(value) || Object.keys(value).length !== 1)
    throw new CommandError('BadValue', `The field '${name}' must be an accumulator object`);
  const [operator = '', operand] = Object.entries(value)[0] ?? [];
  const create = ACCUMULATORS[operator];
  if (!create) throw new CommandError('BadValue', `unknown group operator '${operator}'`);
  return { create, evaluate: compileExpression(operator === '$count' ? null : operand) };
}
