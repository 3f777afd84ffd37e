import { Context, evalExpr, OpType, ProcessingMode } from 'mingo/core';
import * as accumulators from 'mingo/operators/accumulator';
import * as expressions from 'mingo/operators/expression';
import { numberValue, toDouble } from '../bson/number.ts';
import { isA, isDoc, setField, type Doc } from '../bson/value.ts';
import { CommandError } from '../errors.ts';

/*
 * Dates, strings, sets, trigonometry: the long tail of expression operators is mingo's. What compares, adds or tests
 * BSON values is ours (`expression-operators.ts`), because mingo knows only JavaScript's types.
 */

// Server-side JavaScript is refused, as the README says.
const REFUSED = new Set(['$function', '$accumulator', '$where']);
type Operators = NonNullable<Parameters<typeof Context.init>[0]>;
type Named<Kind extends 'expression' | 'accumulator'> = [`$${string}`, NonNullable<Operators[Kind]>[`$${string}`]];

function isOperator<Kind extends 'expression' | 'accumulator'>(entry: [string, unknown]): entry is Named<Kind> {
  return entry[0].startsWith('$') && typeof entry[1] === 'function';
}

const context = Context.init({
  expression: Object.fromEntries(Object.entries<unknown>(expressions).filter(isOperator<'expression'>)),
  accumulator: Object.fromEntries(Object.entries<unknown>(accumulators).filter(isOperator<'accumulator'>)),
});

const OPTIONS = { idKey: '_id', processingMode: ProcessingMode.CLONE_OFF, useStrictMode: true, scriptEnabled: false, failOnError: true, context };

function known(name: string): boolean {
  return !REFUSED.has(name) && context.getOperator(OpType.EXPRESSION, name) !== null;
}

/** Whether every operator within is one of mingo's: it would answer some of the others silently. */
export function mingoKnows(expression: unknown): boolean {
  if (Array.isArray(expression)) return expression.every(mingoKnows);
  if (!isDoc(expression)) return true;
  return Object.entries(expression).every(([name, operand]) => (name.startsWith('$') ? known(name) : true) && (name === '$literal' || mingoKnows(operand)));
}

function toPlain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toPlain);
  if (isA(value, 'Int32') || isA(value, 'Double')) return value.value;
  if (isA(value, 'Long')) {
    const double = toDouble(value);
    if (!Number.isSafeInteger(double)) throw new CommandError('BadValue', `this expression is not supported for the 64-bit integer ${value.toString()}`);
    return double;
  }
  if (isA(value, 'Decimal128')) throw new CommandError('BadValue', `this expression is not supported for the decimal ${value.toString()}`);
  if (!isDoc(value)) return value;
  const plain: Doc = {};
  for (const [name, field] of Object.entries(value)) setField(plain, name, toPlain(field));
  return plain;
}

function fromPlain(value: unknown): unknown {
  if (typeof value === 'number') return numberValue(value);
  if (Array.isArray(value)) return value.map(fromPlain);
  if (!isDoc(value)) return value;
  const typed: Doc = {};
  for (const [name, field] of Object.entries(value)) setField(typed, name, fromPlain(field));
  return typed;
}

export function evaluateWithMingo(expression: Doc, doc: Doc, variables: Readonly<Record<string, unknown>>): unknown {
  const plainVariables: Doc = {};
  for (const [name, value] of Object.entries(variables)) {
    if (name !== 'ROOT' && name !== 'CURRENT') plainVariables[name] = toPlain(value);
  }
  try {
    return fromPlain(evalExpr(toPlain(doc), toPlain(expression), { ...OPTIONS, variables: plainVariables }));
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError('BadValue', error instanceof Error ? error.message : String(error));
  }
}
