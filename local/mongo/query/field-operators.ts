import { getField, isDoc, setField, type Doc } from '../bson/value.ts';
import { CommandError } from '../errors.ts';
import type { Expression } from './expression.ts';
import { typeName } from './match-operators.ts';
import type { Operator } from './operator.ts';

/** Fields by literal name: the way to reach those with dots and dollars in them. */

const setByName =
  (name: '$setField' | '$unsetField'): Operator =>
  (operand, compile) => {
    if (!isDoc(operand) || !('input' in operand) || (name === '$setField' && !('value' in operand)))
      throw new CommandError('FailedToParse', `${name} needs field, input and value`);
    const [field, input] = [fieldName(name, operand['field'], compile), compile(operand['input'])];
    const value = name === '$setField' ? compile(operand['value']) : () => undefined;
    return (doc, variables) => {
      const target = input(doc, variables) ?? null;
      if (target === null) return null;
      if (!isDoc(target)) throw new CommandError('BadValue', `${name} requires 'input' to evaluate to an object, not ${typeName(target)}`);
      const result: Doc = { ...target };
      const computed = value(doc, variables);
      if (computed === undefined) delete result[field];
      else setField(result, field, computed);
      return result;
    };
  };

function fieldName(operator: string, field: unknown, compile: (expression: unknown) => Expression): string {
  const name = typeof field === 'string' && field.startsWith('$') ? undefined : compile(field)({}, {});
  if (typeof name !== 'string') throw new CommandError('BadValue', `${operator} requires 'field' to be a constant string`);
  return name;
}

export const FIELD_OPERATORS: Readonly<Record<string, Operator>> = {
  $setField: setByName('$setField'),
  $unsetField: setByName('$unsetField'),
  $getField: (operand, compile) => {
    const spec: Doc = isDoc(operand) && 'field' in operand ? operand : { field: operand };
    const field = fieldName('$getField', spec['field'], compile);
    const input = 'input' in spec ? compile(spec['input']) : undefined;
    return (doc, variables) => {
      const source = input ? input(doc, variables) : doc;
      return isDoc(source) ? getField(source, field) : undefined;
    };
  },
};
