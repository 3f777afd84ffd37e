import { isNumber, toDouble } from '../bson/number.ts';
import { CommandError } from '../errors.ts';
import type { Expression } from './expression.ts';

/** How an expression operator is made: from its operand, with the compiler for what is nested in it. */
export type Compile = (expression: unknown) => Expression;
export type Operator = (operand: unknown, compile: Compile) => Expression;

export function operands(name: string, operand: unknown, compile: Compile, count?: number): Expression[] {
  const list = Array.isArray(operand) ? operand : [operand];
  if (count !== undefined && list.length !== count)
    throw new CommandError('BadValue', `Expression ${name} takes exactly ${count} arguments. ${list.length} were passed in.`);
  return list.map(compile);
}

export function truthy(value: unknown): boolean {
  return value !== undefined && value !== null && value !== false && !(isNumber(value) && toDouble(value) === 0);
}
