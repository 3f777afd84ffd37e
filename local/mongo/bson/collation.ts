import { CommandError } from '../errors.ts';
import { isNumber, toDouble } from './number.ts';
import { isDoc, type Doc } from './value.ts';

/*
 * The collation of the statement that is running. Everything between choosing documents and changing them runs in one
 * turn of the event loop, so one variable is enough; keys of indexes and of `_id` never depend on it.
 */

let current: Intl.Collator | undefined;

export const currentCollator = (): Intl.Collator | undefined => current;

export function withCollation<T>(collator: Intl.Collator | undefined, run: () => T): T {
  const outer = current;
  current = collator;
  try {
    return run();
  } finally {
    current = outer;
  }
}

/** What tells values apart by their keys cannot follow a collation, and must say so where it would matter. */
export function refuseTextUnderCollation(what: string, value: unknown): void {
  if (current && (typeof value === 'string' || Array.isArray(value) || isDoc(value)))
    throw new CommandError('InvalidOptions', `${what} under a collation is not supported by this store`);
}

/** What the other options are when nobody sets them; anything else is refused by name. */
const FIXED: Doc = { alternate: 'non-ignorable', maxVariable: 'punct', normalization: false, backwards: false };
const SENSITIVITY = { 1: 'base', 2: 'accent', 3: 'variant' } as const;

/** Undefined for the simple collation: the order of bytes. */
export function parseCollation(value: unknown): Intl.Collator | undefined {
  if (value === undefined || value === null) return undefined;
  if (!isDoc(value)) throw new CommandError('TypeMismatch', "BSON field 'collation' is the wrong type, expected type 'object'");
  const { locale, strength, caseLevel, caseFirst, numericOrdering, ...others } = value;
  if (Object.keys(value).length === 0 || locale === 'simple') return undefined;
  for (const [name, setting] of Object.entries(others))
    if (name !== 'version' && FIXED[name] !== setting)
      throw new CommandError('InvalidOptions', `collation option ${name}: ${JSON.stringify(setting)} is not supported by this store`);
  if (typeof locale !== 'string') throw new CommandError('MissingField', "BSON field 'collation.locale' is missing but a required field");
  const level = strength === undefined ? 3 : isNumber(strength) ? toDouble(strength) : Number.NaN;
  if (level !== 1 && level !== 2 && level !== 3)
    throw new CommandError(
      'InvalidOptions',
      `collation strength ${JSON.stringify(strength)} is not supported by this store: only 1, 2 and 3`,
    );
  if (caseLevel === true && level !== 1)
    throw new CommandError('InvalidOptions', `collation caseLevel with strength ${level} is not supported by this store`);
  return collatorFor(locale, {
    sensitivity: caseLevel === true ? 'case' : SENSITIVITY[level],
    numeric: numericOrdering === true,
    caseFirst: caseFirst === 'upper' || caseFirst === 'lower' ? caseFirst : 'false',
  });
}

function collatorFor(locale: string, options: Intl.CollatorOptions): Intl.Collator {
  const tag = locale.replaceAll('_', '-');
  try {
    if (Intl.Collator.supportedLocalesOf(tag).length > 0) return new Intl.Collator(tag, options);
  } catch {
    // Not even the form of a locale.
  }
  throw new CommandError('BadValue', `Field 'locale' is invalid in: { locale: "${locale}" }`);
}
