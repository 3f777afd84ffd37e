import { getField, isDoc, setField, type Doc } from '../bson/value.ts';
import { isNumber, toDouble } from '../bson/number.ts';
import { CommandError } from '../errors.ts';
import { asDoc } from './path.ts';
import { OPERATORS } from './expression-operators.ts';
import { compileBorrowed, isBorrowed } from './mingo-expression.ts';

/** Values by name without the `$$`: ROOT and CURRENT are the document, the others come from `let`. */
export type Variables = Readonly<Record<string, unknown>>;

/** Undefined means missing: a computed field of that value is left out. */
export type Expression = (doc: Doc, variables: Variables) => unknown;

export const REMOVE = undefined;

export function isTruthy(value: unknown): boolean {
  if (value === undefined || value === null || value === false) return false;
  return !isNumber(value) || toDouble(value) !== 0;
}

export function compileExpression(expression: unknown): Expression {
  if (typeof expression === 'string' && expression.startsWith('$')) return compileReference(expression);
  if (Array.isArray(expression)) {
    const items = expression.map(compileExpression);
    return (doc, variables) => items.map((item) => item(doc, variables) ?? null);
  }
  if (!isDoc(expression)) return () => expression;
  const [first] = Object.keys(expression);
  if (first?.startsWith('$')) {
    if (Object.keys(expression).length !== 1)
      throw new CommandError('FailedToParse', `an expression object has one operator: ${Object.keys(expression).join(', ')}`);
    return compileOperation(first, expression[first]);
  }
  const fields = Object.entries(expression).map(([name, value]) => [name, compileExpression(value)] as const);
  return (doc, variables) => {
    const result: Doc = {};
    for (const [name, compute] of fields) {
      const value = compute(doc, variables);
      if (value !== undefined) setField(result, name, value);
    }
    return result;
  };
}

function compileOperation(name: string, operand: unknown): Expression {
  const operator = OPERATORS[name];
  if (operator) return operator(operand, compileExpression);
  if (!isBorrowed(name)) throw new CommandError('InvalidPipelineOperator', `Unrecognized expression '${name}'`);
  return compileBorrowed(name, operand, compileExpression);
}

function compileReference(reference: string): Expression {
  if (!reference.startsWith('$$')) {
    const parts = reference.slice(1).split('.');
    if (parts.includes('')) throw new CommandError('FailedToParse', `'${reference}' is not a field path`);
    return (doc) => valueAtPath(doc, parts, 0);
  }
  const [name = '', ...parts] = reference.slice(2).split('.');
  if (name === 'REMOVE') return () => REMOVE;
  if (name === 'NOW') return (_doc, variables) => variables['NOW'] ?? new Date();
  return (doc, variables) => {
    if (name === 'ROOT' || name === 'CURRENT') return valueAtPath(variables[name] ?? doc, parts, 0);
    if (!Object.hasOwn(variables, name)) throw new CommandError('FailedToParse', `Use of undefined variable: ${name}`);
    return valueAtPath(variables[name], parts, 0);
  };
}

/** A path in an expression: arrays are mapped over, and what lacks the field is left out of the result. */
export function valueAtPath(value: unknown, parts: readonly string[], depth: number): unknown {
  if (depth === parts.length) return value;
  if (Array.isArray(value)) return value.map((item) => valueAtPath(item, parts, depth)).filter((item) => item !== undefined);
  const inner = asDoc(value);
  return inner ? valueAtPath(getField(inner, parts[depth] ?? ''), parts, depth + 1) : undefined;
}
