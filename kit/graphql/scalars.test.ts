import { describe, expect, it } from 'vitest';
import { CurrencyCode, DateTime, EmailAddress, MinorUnits, SeatMapVersion, TimeZone } from './scalars.ts';

describe('DateTime', () => {
  it.each(['2026-12-31T19:30:00.000Z', '2026-12-31T19:30:00+01:00', '2028-02-29T00:00:00Z'])('takes %s', (value) => {
    expect(DateTime.parseValue(value)).toEqual(new Date(value));
  });
  it.each(['2026-02-31T00:00:00Z', '2027-02-29T00:00:00Z', '2026-12-31', '2026-12-31T25:00:00Z', 'now', '', 0, null, {}])(
    'refuses %s',
    (value) => {
      expect(() => DateTime.parseValue(value)).toThrow('RFC 3339');
    },
  );
  it('answers in UTC with milliseconds', () => {
    expect(DateTime.serialize(new Date('2026-12-31T19:30:00+01:00'))).toBe('2026-12-31T18:30:00.000Z');
  });
});

describe('whole numbers', () => {
  it.each([0, 1, 2_500, 2 ** 53 - 1])('take %d', (value) => {
    expect(MinorUnits.parseValue(value)).toBe(value);
    expect(SeatMapVersion.parseValue(value)).toBe(value);
  });
  it.each([-1, 0.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY, '1', null])('refuse %s', (value) => {
    expect(() => MinorUnits.parseValue(value)).toThrow('MinorUnits must be');
  });
});

describe('codes and names', () => {
  it.each(['EUR', 'JPY', 'KWD'])('%s is a currency', (value) => {
    expect(CurrencyCode.parseValue(value)).toBe(value);
  });
  it.each(['eur', 'EURO', 'ZZZ', ''])('%s is no currency', (value) => {
    expect(() => CurrencyCode.parseValue(value)).toThrow('ISO 4217');
  });
  it.each(['Europe/Berlin', 'UTC', 'America/Argentina/Buenos_Aires'])('%s is a time zone', (value) => {
    expect(TimeZone.parseValue(value)).toBe(value);
  });
  it.each(['Berlin', '', '+01:00', 'x'.repeat(100)])('%s is no time zone', (value) => {
    expect(() => TimeZone.parseValue(value)).toThrow('IANA');
  });
  it.each(['a@b.example', ' a.b+c@sub.domain.example ', "o'neil_{x}@b-c.example", 'jörg@münchen.example'])(
    '%s is an e-mail address',
    (value) => {
      expect(EmailAddress.parseValue(value)).toBe(value);
    },
  );
  it.each([
    'a',
    'a@b',
    '@b.example',
    'a b@c.example',
    'a@b@c.example',
    `${'x'.repeat(250)}@b.example`,
    'a,b@c.example',
    '<a>@b.example',
    '"a"@b.example',
    'a@b,c.example',
    'a@[127.0.0.1]',
    'a\u0000@b.example',
  ])('%s is no e-mail address', (value) => {
    expect(() => EmailAddress.parseValue(value)).toThrow('e-mail');
  });
});
