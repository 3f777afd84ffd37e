import { getIntrospectionQuery, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { DOCUMENT_LIMITS, findBrokenLimit } from './document-limits.ts';

const broken = (query: string): string | undefined => findBrokenLimit(parse(query))?.message;

function nested(depth: number): string {
  return `${'{ a '.repeat(depth)}${'}'.repeat(depth)}`;
}

describe('document limits', () => {
  it('let the full introspection query pass', () => {
    const options = {
      descriptions: true,
      specifiedByUrl: true,
      directiveIsRepeatable: true,
      schemaDescription: true,
      inputValueDeprecation: true,
      oneOf: true,
    };
    expect(findBrokenLimit(parse(getIntrospectionQuery(options), { maxTokens: DOCUMENT_LIMITS.tokens }))).toBeNull();
  });

  it('count a million nested fragments without visiting them', () => {
    const levels = Array.from({ length: 20 }, (_, level) => `fragment F${level} on Query { ...F${level + 1} ...F${level + 1} }`);
    const query = `{ ...F0 } ${levels.join(' ')} fragment F20 on Query { a }`;
    const started = performance.now();
    expect(broken(query)).toMatch(/too many fields/);
    expect(performance.now() - started).toBeLessThan(50);
  });

  it('refuse fragments that spread nothing but each other', () => {
    const levels = Array.from({ length: 12 }, (_, level) => `fragment F${level} on Query { ...F${level + 1} ...F${level + 1} }`);
    expect(broken(`{ ...F0 } ${levels.join(' ')} fragment F12 on Query { ... { __typename @skip(if: true) } }`)).toMatch(/too many/);
  });

  it('hold fragments that nothing uses to the same limits', () => {
    const fields = Array.from({ length: 301 }, (_, index) => `f${index}`).join(' ');
    expect(broken(`{ a } fragment Unused on Query { ${fields} }`)).toMatch(/too many fields/);
  });

  it('survive a fragment inside itself, which validation refuses', () => {
    expect(broken('{ ...A } fragment A on Query { a ...B } fragment B on Query { b ...A }')).toBeUndefined();
  });

  it.each([
    [nested(15), /^fine$/],
    [nested(16), /deeply: at most 15/],
    [`{ ${Array.from({ length: 15 }, (_, index) => `a${index}: a`).join(' ')} }`, /root fields: at most 10/],
    [`{ x { ${Array.from({ length: 15 }, (_, index) => `a${index}: a`).join(' ')} } }`, /^fine$/],
    [`{ x { ${Array.from({ length: 16 }, (_, index) => `a${index}: a`).join(' ')} } }`, /aliases: at most 15/],
    ['mutation { a b }', /mutations: at most 1/],
    ['mutation { a ...M } fragment M on Mutation { a }', /mutations: at most 1/],
    [`{ a ${'@skip(if: false) '.repeat(31)} }`, /directives: at most 30/],
    [`query ${'@x '.repeat(31)} { a }`, /directives: at most 30/],
  ])('judge %#', (query, expected) => {
    expect(broken(query) ?? 'fine').toMatch(expected);
  });
});
