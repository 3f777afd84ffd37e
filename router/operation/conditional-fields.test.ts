import { parse, print } from 'graphql';
import { describe, expect, it } from 'vitest';
import { withConditionalObjects } from './conditional-fields.ts';

const planned = (query: string): string => print(withConditionalObjects(parse(query))).replace(/\s+/g, ' ');

describe('objects of which conditions may leave nothing', () => {
  it('are asked for all the same', () => {
    expect(planned('query($a: Boolean!) { users @include(if: $a) { id @skip(if: $a) ...F } } fragment F on User { name }')).toBe(
      'query ($a: Boolean!) { users @include(if: $a) { __typename id @skip(if: $a) ...F } } fragment F on User { name }',
    );
  });

  it('need nothing more where a field is there in any case', () => {
    const query = 'query ($a: Boolean!) { users { id name @skip(if: $a) } }';
    expect(planned(query)).toBe(query);
  });

  it('leave documents without conditions as they are', () => {
    const document = parse('{ users { ... on User { id } } }');
    expect(withConditionalObjects(document)).toBe(document);
  });
});
