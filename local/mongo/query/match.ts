import { valuesEqual } from '../bson/compare.ts';
import { isDoc, type Doc } from '../bson/value.ts';
import { CommandError } from '../errors.ts';
import { compileExpression, isTruthy, type Variables } from './expression.ts';
import { compileOperator, equalityTest } from './match-operators.ts';
import { asDoc, somePath, splitPath, type Position } from './path.ts';
import { isRegex } from './regex.ts';

export type Matcher = (doc: Doc, position?: Position) => boolean;

/** Asks for the values at a place: of a path in a document, or one element of an array. `expands`: the elements of an array count too. */
export type Reader = (test: (value: unknown) => boolean, expands: boolean) => boolean;
export type Predicate = (read: Reader, position?: Position) => boolean;

/** Turns a filter into a function. Every operator it does not know is an error that names it. */
export function compileFilter(filter: Doc, variables: Variables = {}): Matcher {
  const matchers: Matcher[] = [];
  for (const [name, operand] of Object.entries(filter)) {
    if (name === '$comment') continue;
    matchers.push(name.startsWith('$') ? compileTopLevel(name, operand, variables) : compileField(name, operand, variables));
  }
  const [only] = matchers;
  if (!only) return () => true;
  return matchers.length === 1 ? only : (doc, position) => matchers.every((matches) => matches(doc, position));
}

function compileTopLevel(name: string, operand: unknown, variables: Variables): Matcher {
  switch (name) {
    case '$and': {
      const all = compileList(name, operand, variables);
      return (doc, position) => all.every((matches) => matches(doc, position));
    }
    case '$or': {
      const any = compileList(name, operand, variables);
      return (doc, position) => any.some((matches) => matches(doc, position));
    }
    case '$nor': {
      const none = compileList(name, operand, variables);
      return (doc) => !none.some((matches) => matches(doc));
    }
    case '$expr': {
      const evaluate = compileExpression(operand);
      return (doc) => isTruthy(evaluate(doc, { ...variables, ROOT: doc, CURRENT: doc }));
    }
    default:
      throw new CommandError('BadValue', `unknown top level operator: ${name}`);
  }
}

function compileList(name: string, operand: unknown, variables: Variables): Matcher[] {
  if (!Array.isArray(operand)) throw new CommandError('BadValue', `${name} must be an array`);
  if (operand.length === 0) throw new CommandError('BadValue', `${name} must be a nonempty array`);
  return operand.map((item) => {
    if (!isDoc(item)) throw new CommandError('BadValue', `${name} entries need to be full objects`);
    return compileFilter(item, variables);
  });
}

function compileField(path: string, operand: unknown, variables: Variables): Matcher {
  const parts = splitPath(path);
  const predicates = compilePredicates(operand, variables);
  return (doc, position) => {
    const read: Reader = (test, expands) =>
      somePath(
        doc,
        parts,
        0,
        (value) => test(value) || (expands && Array.isArray(value) && someElementPasses(value, test, position)),
        position,
      );
    return predicates.every((predicate) => predicate(read, position));
  };
}

function someElementPasses(array: readonly unknown[], test: (value: unknown) => boolean, position: Position | undefined): boolean {
  const index = array.findIndex((item) => test(item));
  if (index >= 0 && position) position.index = index;
  return index >= 0;
}

export function isOperatorDoc(value: unknown): value is Doc {
  if (!isDoc(value)) return false;
  for (const name in value) return name.startsWith('$') && name !== '$ref' && name !== '$id' && name !== '$db';
  return false;
}

function compilePredicates(operand: unknown, variables: Variables): Predicate[] {
  if (!isOperatorDoc(operand)) return [equality(operand)];
  return Object.entries(operand).map(([name, value]) => compileOne(name, value, operand, variables));
}

function equality(operand: unknown): Predicate {
  const test = equalityTest(operand);
  return (read) => read(test, true);
}

function compileOne(name: string, operand: unknown, siblings: Doc, variables: Variables): Predicate {
  switch (name) {
    case '$not':
      return compileNot(operand, variables);
    case '$all':
      return compileAll(operand, variables);
    case '$elemMatch': {
      const accepts = compileElemMatch(operand, variables);
      return (read, position) => read((value) => Array.isArray(value) && someElementPasses(value, accepts, position), false);
    }
    case '$ne': {
      if (isRegex(operand)) throw new CommandError('BadValue', "Can't have regex as arg to $ne.");
      const same = equality(operand);
      return (read) => !same(read);
    }
    case '$nin': {
      const within = compileOperator('$in', operand, siblings);
      return (read) => !read(within.test, true);
    }
    case '$exists': {
      const wanted = isTruthy(operand);
      return (read) => read((value) => value !== undefined, false) === wanted;
    }
    default: {
      const { test, expands } = compileOperator(name, operand, siblings);
      return (read) => read(test, expands);
    }
  }
}

function compileNot(operand: unknown, variables: Variables): Predicate {
  if (isRegex(operand)) {
    const matches = equality(operand);
    return (read) => !matches(read);
  }
  if (!isOperatorDoc(operand)) throw new CommandError('BadValue', '$not needs a regex or a document');
  const inner = compilePredicates(operand, variables);
  return (read) => !inner.every((predicate) => predicate(read));
}

function compileAll(operand: unknown, variables: Variables): Predicate {
  if (!Array.isArray(operand)) throw new CommandError('BadValue', '$all needs an array');
  const each = operand.map((item): Predicate => {
    if (!isOperatorDoc(item)) return equality(item);
    if (!('$elemMatch' in item)) throw new CommandError('BadValue', 'no $ expressions in $all');
    return compileOne('$elemMatch', item['$elemMatch'], item, variables);
  });
  // An empty $all matches nothing.
  return (read, position) => each.length > 0 && each.every((predicate) => predicate(read, position));
}

const LOGICAL = new Set(['$and', '$or', '$nor', '$expr']);

/** Inside `$elemMatch` a document of operators speaks of the element itself, any other of the element's fields. */
function compileElemMatch(operand: unknown, variables: Variables): (value: unknown) => boolean {
  if (!isDoc(operand)) throw new CommandError('BadValue', '$elemMatch needs an Object');
  const [first] = Object.keys(operand);
  if (first !== undefined && first.startsWith('$') && !LOGICAL.has(first)) {
    const predicates = compilePredicates(operand, variables);
    return (item) => predicates.every((predicate) => predicate((test) => test(item)));
  }
  const matches = compileFilter(operand, variables);
  return (item) => {
    const inner = Array.isArray(item) ? Object.fromEntries(item.entries()) : asDoc(item);
    return inner !== undefined && matches(inner);
  };
}

/** For `$pull` and array filters: whether one element satisfies a condition that may be a value, operators, or fields. */
export function compileElementCondition(condition: unknown): (element: unknown) => boolean {
  if (isOperatorDoc(condition) && !Object.keys(condition).some((name) => LOGICAL.has(name))) {
    const predicates = compilePredicates(condition, {});
    return (element) =>
      predicates.every((predicate) =>
        predicate((test, expands) => test(element) || (expands && Array.isArray(element) && element.some(test))),
      );
  }
  if (isDoc(condition)) {
    const matches = compileFilter(condition);
    return (element) => {
      const inner = asDoc(element);
      return inner !== undefined && matches(inner);
    };
  }
  if (isRegex(condition)) return equalityTest(condition);
  return (element) => valuesEqual(element, condition);
}
