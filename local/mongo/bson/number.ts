import { Decimal128, Double, Int32, Long } from 'bson';
import { isA, RANK, rankOf } from './value.ts';

type Kind = 'int' | 'long' | 'double' | 'decimal';

export function isNumber(value: unknown): boolean {
  return rankOf(value) === RANK.number;
}

function kindOf(value: unknown): Kind {
  if (typeof value === 'bigint') return 'long';
  if (isA(value, 'Int32')) return 'int';
  if (isA(value, 'Long')) return 'long';
  return isA(value, 'Decimal128') ? 'decimal' : 'double';
}

/** The nearest double. Exact for every Int32 and Double and for Longs of up to 53 bits. */
export function toDouble(value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  if (isA(value, 'Int32') || isA(value, 'Double')) return value.value;
  if (isA(value, 'Long')) return value.toNumber();
  return isA(value, 'Decimal128') ? Number(value.toString()) : Number.NaN;
}

/** A whole number in the range of a JavaScript integer, or undefined: for options such as limit and skip. */
export function toInteger(value: unknown): number | undefined {
  if (!isNumber(value)) return undefined;
  const double = toDouble(value);
  return Number.isSafeInteger(double) ? double : undefined;
}

/** value = coefficient × 10^exponent, exactly. Undefined for infinities and NaN. */
export function exactDecimal(value: unknown): { coefficient: bigint; exponent: number } | undefined {
  if (typeof value === 'bigint') return { coefficient: value, exponent: 0 };
  if (isA(value, 'Long')) return { coefficient: value.toBigInt(), exponent: 0 };
  if (isA(value, 'Decimal128')) {
    const parts = /^(-?)(\d+)(?:\.(\d*))?(?:E([+-]?\d+))?$/i.exec(value.toString());
    if (!parts) return undefined;
    const [, sign = '', whole = '0', fraction = '', power = '0'] = parts;
    const coefficient = BigInt(whole + fraction);
    return { coefficient: sign ? -coefficient : coefficient, exponent: Number(power) - fraction.length };
  }
  return exactDouble(toDouble(value));
}

function exactDouble(double: number): { coefficient: bigint; exponent: number } | undefined {
  if (!Number.isFinite(double)) return undefined;
  let mantissa = double;
  let halvings = 0;
  while (!Number.isInteger(mantissa)) {
    mantissa *= 2;
    halvings += 1;
  }
  // m / 2^k = m × 5^k / 10^k
  return { coefficient: BigInt(mantissa) * 5n ** BigInt(halvings), exponent: -halvings };
}

/** The exact difference between a number and its nearest double: null when there is none, which is so for nearly all. */
export function residualOf(value: unknown, double: number): { coefficient: bigint; exponent: number } | null {
  const kind = kindOf(value);
  if (kind === 'int' || kind === 'double' || (kind === 'long' && Number.isSafeInteger(double))) return null;
  const exact = exactDecimal(value);
  if (!exact) return null;
  const base = exactDouble(clampToFinite(double));
  if (!base) return null;
  const exponent = Math.min(exact.exponent, base.exponent);
  const coefficient =
    exact.coefficient * 10n ** BigInt(exact.exponent - exponent) - base.coefficient * 10n ** BigInt(base.exponent - exponent);
  return coefficient === 0n ? null : { coefficient, exponent };
}

/** A decimal beyond the doubles is told apart from infinity by its distance to the largest double. */
export function clampToFinite(double: number): number {
  if (double === Infinity) return Number.MAX_VALUE;
  return double === -Infinity ? -Number.MAX_VALUE : double;
}

const INT_MAX = 2 ** 31 - 1;
const INT_MIN = -(2 ** 31);
const LONG_MAX = 2n ** 63n - 1n;
const LONG_MIN = -(2n ** 63n);

export function integerValue(value: bigint, atLeast: 'int' | 'long'): unknown {
  if (atLeast === 'int' && value <= BigInt(INT_MAX) && value >= BigInt(INT_MIN)) return new Int32(Number(value));
  return Long.fromBigInt(value);
}

/** A JavaScript number computed here, as BSON: integers that fit become Int32 or Long, as the driver would send them. */
export function numberValue(value: number): unknown {
  if (Number.isInteger(value) && !Object.is(value, -0)) {
    if (value <= INT_MAX && value >= INT_MIN) return new Int32(value);
  }
  return new Double(value);
}

function asBigInt(value: unknown): bigint {
  return isA(value, 'Long') ? value.toBigInt() : BigInt(toDouble(value));
}

function decimalFrom(coefficient: bigint, exponent: number): Decimal128 {
  let digits = coefficient;
  let power = exponent;
  // Thirty-four digits fit; what exceeds them is rounded half to even, as IEEE 754-2008 decimals are.
  const excess = digits.toString().replace('-', '').length - 34;
  if (excess > 0) {
    const unit = 10n ** BigInt(excess);
    const negative = digits < 0n;
    const absolute = negative ? -digits : digits;
    let quotient = absolute / unit;
    const twice = (absolute % unit) * 2n;
    if (twice > unit || (twice === unit && quotient % 2n === 1n)) quotient += 1n;
    digits = negative ? -quotient : quotient;
    power += excess;
  }
  return Decimal128.fromString(`${digits}E${power}`);
}

/** The result type is the wider operand's, and an Int32 that overflows becomes a Long; a Long that overflows gives undefined. */
export function arithmetic(operation: 'add' | 'multiply', left: unknown, right: unknown): unknown {
  const kinds = [kindOf(left), kindOf(right)];
  if (kinds.includes('decimal')) {
    const a = exactDecimal(left);
    const b = exactDecimal(right);
    if (!a || !b) return new Decimal128(String(applyDouble(operation, toDouble(left), toDouble(right))));
    if (operation === 'multiply') return decimalFrom(a.coefficient * b.coefficient, a.exponent + b.exponent);
    const exponent = Math.min(a.exponent, b.exponent);
    return decimalFrom(
      a.coefficient * 10n ** BigInt(a.exponent - exponent) + b.coefficient * 10n ** BigInt(b.exponent - exponent),
      exponent,
    );
  }
  if (kinds.includes('double')) return new Double(applyDouble(operation, toDouble(left), toDouble(right)));
  const a = asBigInt(left);
  const b = asBigInt(right);
  const result = operation === 'add' ? a + b : a * b;
  if (result > LONG_MAX || result < LONG_MIN) return undefined;
  return integerValue(result, kinds.includes('long') ? 'long' : 'int');
}

function applyDouble(operation: 'add' | 'multiply', a: number, b: number): number {
  return operation === 'add' ? a + b : a * b;
}

/** Rounded half to even, or cut, at a decimal place; the kind of number stays. */
export function roundTo(value: unknown, place: number, toNearest: boolean): unknown {
  const exact = exactDecimal(value);
  if (!exact || exact.exponent >= -place) return value;
  const unit = 10n ** BigInt(-place - exact.exponent);
  const negative = exact.coefficient < 0n;
  const absolute = negative ? -exact.coefficient : exact.coefficient;
  let quotient = absolute / unit;
  const twice = (absolute % unit) * 2n;
  if (toNearest && (twice > unit || (twice === unit && quotient % 2n === 1n))) quotient += 1n;
  const rounded = negative ? -quotient : quotient;
  const kind = kindOf(value);
  if (kind === 'decimal') return decimalFrom(rounded, -place);
  if (kind === 'double') return new Double(Number(`${rounded}e${-place}`));
  return integerValue(rounded * 10n ** BigInt(-place), kind);
}

/** Int32 and Long only, as `$bit` demands. */
export function bitwise(operation: 'and' | 'or' | 'xor', left: unknown, right: unknown): unknown {
  const a = asBigInt(left);
  const b = asBigInt(right);
  const result = operation === 'and' ? a & b : operation === 'or' ? a | b : a ^ b;
  return integerValue(result, kindOf(left) === 'long' || kindOf(right) === 'long' ? 'long' : 'int');
}
