import { GraphQLError, GraphQLScalarType, Kind } from 'graphql';

const RFC_3339 = /^(\d{4})-(\d{2})-(\d{2})T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/i;

function parseDateTime(value: unknown): Date {
  if (typeof value !== 'string' || value.length > 40) throw refused('DateTime', 'an RFC 3339 instant, e.g. 2026-12-31T19:30:00.000Z');
  const parts = RFC_3339.exec(value);
  const date = new Date(value);
  // Date rolls 31 February over into March; a day that does not exist is a mistake to report.
  const day = Number(parts?.[3]);
  const daysInMonth = new Date(Date.UTC(Number(parts?.[1]), Number(parts?.[2]), 0)).getUTCDate();
  if (!parts || Number.isNaN(date.getTime()) || day > daysInMonth)
    throw refused('DateTime', 'an RFC 3339 instant, e.g. 2026-12-31T19:30:00.000Z');
  return date;
}

function refused(scalar: string, expected: string): GraphQLError {
  return new GraphQLError(`${scalar} must be ${expected}.`, { extensions: { code: 'BAD_USER_INPUT' } });
}

export const DateTime = new GraphQLScalarType<Date, string>({
  name: 'DateTime',
  serialize: (value) => {
    if (value instanceof Date) return value.toISOString();
    throw new Error('DateTime serializes Date objects only.');
  },
  parseValue: parseDateTime,
  parseLiteral: (node) => parseDateTime(node.kind === Kind.STRING ? node.value : undefined),
});

function safeInteger(name: string, minimum: number): GraphQLScalarType<number, number> {
  const parse = (value: unknown): number => {
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < minimum)
      throw refused(name, `a whole number from ${minimum} to 2^53-1`);
    return value;
  };
  return new GraphQLScalarType<number, number>({
    name,
    serialize: (value) => {
      if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
      throw new Error(`${name} serializes whole numbers only.`);
    },
    parseValue: parse,
    parseLiteral: (node) => parse(node.kind === Kind.INT ? Number(node.value) : undefined),
  });
}

export const MinorUnits = safeInteger('MinorUnits', 0);
export const SeatMapVersion = safeInteger('SeatMapVersion', 0);

function stringScalar(name: string, expected: string, accepts: (value: string) => boolean): GraphQLScalarType<string, string> {
  const parse = (value: unknown): string => {
    if (typeof value !== 'string' || !accepts(value)) throw refused(name, expected);
    return value;
  };
  return new GraphQLScalarType<string, string>({
    name,
    serialize: String,
    parseValue: parse,
    parseLiteral: (node) => parse(node.kind === Kind.STRING ? node.value : undefined),
  });
}

function isTimeZone(value: string): boolean {
  if (value.length > 64 || !/^[A-Za-z]/.test(value)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: value }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

const CURRENCIES = new Set(Intl.supportedValuesOf('currency'));

export const TimeZone = stringScalar('TimeZone', 'an IANA time zone, e.g. Europe/Berlin', isTimeZone);
export const CurrencyCode = stringScalar('CurrencyCode', 'an ISO 4217 code, e.g. EUR', (value) => CURRENCIES.has(value));
/**
 * One @, something on both sides, a dot in the domain, at most 254 characters: whether mail arrives only mail can tell. Nothing that an address has to quote:
 * where mail is written these characters separate addresses.
 */
export const EmailAddress = stringScalar(
  'EmailAddress',
  'an e-mail address',
  (value) =>
    value.trim().length <= 254 && /^[^\s@\p{C},;:<>()[\]\\"]{1,64}@[\p{L}\p{M}\p{N}-]+(\.[\p{L}\p{M}\p{N}-]+)+$/u.test(value.trim()),
);
