import { createRequire } from 'node:module';
import type * as MingoCore from 'mingo/core';
import type * as MingoExpressions from 'mingo/operators/expression';
import { numberValue, toDouble } from '../bson/number.ts';
import { isA, isDoc, setField, type Doc } from '../bson/value.ts';
import { CommandError } from '../errors.ts';
import type { Expression } from './expression.ts';

/*
 * Dates, strings and mathematics: this long tail of expression operators is mingo's. What compares, adds or tests BSON
 * values is ours (`expression-operators.ts`), because mingo knows only JavaScript's types. Operands are computed by us
 * and handed over as constants, so nothing of ours is ever evaluated by mingo.
 */
const BORROWED = new Set([
  '$abs',
  '$ceil',
  '$exp',
  '$floor',
  '$ln',
  '$log',
  '$log10',
  '$mod',
  '$pow',
  '$sqrt',
  '$indexOfBytes',
  '$ltrim',
  '$regexFind',
  '$regexFindAll',
  '$regexMatch',
  '$replaceAll',
  '$replaceOne',
  '$rtrim',
  '$split',
  '$strLenBytes',
  '$strLenCP',
  '$strcasecmp',
  '$substr',
  '$substrBytes',
  '$substrCP',
  '$toLower',
  '$toUpper',
  '$trim',
  '$dateAdd',
  '$dateDiff',
  '$dateFromParts',
  '$dateFromString',
  '$dateSubtract',
  '$dateToParts',
  '$dateToString',
  '$dateTrunc',
  '$dayOfMonth',
  '$dayOfWeek',
  '$dayOfYear',
  '$hour',
  '$isoDayOfWeek',
  '$isoWeek',
  '$isoWeekYear',
  '$millisecond',
  '$minute',
  '$month',
  '$second',
  '$week',
  '$year',
  '$arrayToObject',
  '$objectToArray',
  '$range',
  '$reverseArray',
  '$slice',
  '$toBool',
  '$toDate',
  '$toDouble',
  '$toInt',
]);

type Operators = NonNullable<NonNullable<Parameters<typeof MingoCore.Context.init>[0]>['expression']>;

function isOperator(entry: [string, unknown]): entry is [`$${string}`, Operators[`$${string}`]] {
  return entry[0] === '$literal' || (BORROWED.has(entry[0]) && typeof entry[1] === 'function');
}

type Evaluate = (expression: Doc) => unknown;

function loadMingo(): Evaluate {
  const load = createRequire(import.meta.url);
  const { Context, evalExpr, ProcessingMode }: typeof MingoCore = load('mingo/core');
  const expressions: typeof MingoExpressions = load('mingo/operators/expression');
  const options = {
    idKey: '_id',
    processingMode: ProcessingMode.CLONE_OFF,
    useStrictMode: true,
    scriptEnabled: false,
    failOnError: true,
    context: Context.init({ expression: Object.fromEntries(Object.entries<unknown>(expressions).filter(isOperator)) }),
  };
  return (expression) => evalExpr({}, expression, options);
}

let loaded: Evaluate | undefined;

/** Loading mingo takes longer than everything else at the start together, and few stores ever need it. */
const withMingo: Evaluate = (expression) => {
  loaded ??= loadMingo();
  return loaded(expression);
};

export function isBorrowed(name: string): boolean {
  return BORROWED.has(name);
}

export function compileBorrowed(name: string, operand: unknown, compile: (expression: unknown) => Expression): Expression {
  if (Array.isArray(operand)) {
    const items = operand.map(compile);
    return (doc, variables) =>
      evaluate(
        name,
        items.map((item) => constant(item(doc, variables))),
      );
  }
  if (isDoc(operand) && !Object.keys(operand)[0]?.startsWith('$')) {
    const named = Object.entries(operand).map(([key, value]) => [key, compile(value)] as const);
    return (doc, variables) => evaluate(name, Object.fromEntries(named.map(([key, value]) => [key, constant(value(doc, variables))])));
  }
  const only = compile(operand);
  return (doc, variables) => evaluate(name, constant(only(doc, variables)));
}

/** Some operators want their options bare, so only what could be taken for an expression is wrapped. */
function constant(value: unknown): unknown {
  const plain = toPlain(value ?? null);
  const ambiguous = (typeof plain === 'string' && plain.startsWith('$')) || Array.isArray(plain) || isDoc(plain);
  return ambiguous ? { $literal: plain } : plain;
}

function evaluate(name: string, operand: unknown): unknown {
  try {
    return fromPlain(withMingo({ [name]: operand }));
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError('BadValue', `${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function toPlain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toPlain);
  if (isA(value, 'Int32') || isA(value, 'Double')) return value.value;
  if (isA(value, 'Long')) {
    const double = toDouble(value);
    if (!Number.isSafeInteger(double))
      throw new CommandError('BadValue', `this expression is not supported for the 64-bit integer ${value.toString()}`);
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
