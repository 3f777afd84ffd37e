import { compareValues, valuesEqual } from '../bson/compare.ts';
import { isDoc, type Doc } from '../bson/value.ts';
import { isTruthy } from '../query/expression.ts';
import { isOperatorDoc } from '../query/match.ts';

/** Whether every document that meets the filter is within the partial index. Says no when in doubt. */
export function implies(filter: Doc, partial: Doc): boolean {
  const clauses = clausesOf(filter);
  return Object.entries(partial).every(([path, demand]) => {
    if (path === '$and') return Array.isArray(demand) && demand.every((part) => isDoc(part) && implies(filter, part));
    if (path.startsWith('$')) return false;
    const demands: [string, unknown][] = isOperatorDoc(demand) ? Object.entries(demand) : [['$eq', demand]];
    return demands.every(([operator, value]) =>
      clauses.some((clause) => clause.path === path && clauseImplies(clause.operator, clause.value, operator, value)),
    );
  });
}

function clausesOf(filter: Doc): { path: string; operator: string; value: unknown }[] {
  return Object.entries(filter).flatMap(([path, operand]) => {
    if (path === '$and' && Array.isArray(operand)) return operand.filter(isDoc).flatMap(clausesOf);
    if (path.startsWith('$')) return [];
    return isOperatorDoc(operand)
      ? Object.entries(operand).map(([operator, value]) => ({ path, operator, value }))
      : [{ path, operator: '$eq', value: operand }];
  });
}

function clauseImplies(has: string, value: unknown, wants: string, wanted: unknown): boolean {
  if (has === wants && valuesEqual(value, wanted)) return true;
  if (has === '$in' && Array.isArray(value)) return value.length > 0 && value.every((item) => clauseImplies('$eq', item, wants, wanted));
  if (wants === '$exists') return isTruthy(wanted) && ['$eq', '$gt', '$gte', '$lt', '$lte'].includes(has) && value !== null;
  if (wants === '$in' && has === '$eq') return Array.isArray(wanted) && wanted.some((item) => valuesEqual(item, value));
  if (Array.isArray(value) || value === null) return false;
  const sign = compareValues(value, wanted);
  const sameSide = (operators: readonly string[]): boolean => has === '$eq' || operators.includes(has);
  switch (wants) {
    case '$gt':
      return sameSide(['$gt', '$gte']) && typeof value === typeof wanted && (sign > 0 || (sign === 0 && has === '$gt'));
    case '$gte':
      return sameSide(['$gt', '$gte']) && typeof value === typeof wanted && sign >= 0;
    case '$lt':
      return sameSide(['$lt', '$lte']) && typeof value === typeof wanted && (sign < 0 || (sign === 0 && has === '$lt'));
    case '$lte':
      return sameSide(['$lt', '$lte']) && typeof value === typeof wanted && sign <= 0;
    default:
      return false;
  }
}
