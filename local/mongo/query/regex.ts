import type { BSONRegExp } from 'bson';
import { bsonType } from '../bson/value.ts';
import { CommandError } from '../errors.ts';

export function isRegex(value: unknown): value is RegExp | BSONRegExp {
  return value instanceof RegExp || bsonType(value) === 'BSONRegExp';
}

/** PCRE's pattern and options as a JavaScript expression, for the part that both share. */
export function toRegExp(pattern: string, options: string): RegExp {
  let source = pattern;
  const flags = new Set(options);
  const inline = /^\(\?([a-z]+)\)/.exec(source);
  if (inline?.[1] !== undefined) {
    for (const flag of inline[1]) flags.add(flag);
    source = source.slice(inline[0].length);
  }
  for (const flag of flags) {
    if (!'imsu'.includes(flag))
      throw new CommandError('BadValue', `the regular expression option '${flag}' is not supported by this store`);
  }
  flags.delete('u');
  const letters = [...flags].join('');
  try {
    return new RegExp(source, `${letters}u`);
  } catch {
    // Escapes that Unicode mode forbids, as in /\-/, are common and mean the same without it.
  }
  try {
    return new RegExp(source, letters);
  } catch (error) {
    throw new CommandError('BadValue', `Regular expression is invalid: ${error instanceof Error ? error.message : String(error)}`);
  }
}

export function regexFrom(value: RegExp | BSONRegExp): RegExp {
  return value instanceof RegExp ? toRegExp(value.source, value.flags.replaceAll(/[^ims]/g, '')) : toRegExp(value.pattern, value.options);
}
