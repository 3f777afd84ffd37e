import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { createDocuments } from './documents.ts';
import { createRememberedDocuments } from './remembered-documents.ts';

const large = (index: number): string =>
  `{ ${Array.from({ length: 900 }, (_, field) => `d${index}f${field}`).join(' ')} } #${'x'.repeat(80_000)}`;

describe('remembered documents', () => {
  it('are forgotten by their size, those used longest ago first', () => {
    const documents = createDocuments({ introspection: true, hideSchemaDetails: false });
    const [small, used] = [documents.parse('{ small }'), documents.parse('{ used }')];
    for (let index = 0; index < 250; index += 1) {
      documents.parse(large(index));
      expect(documents.parse('{ used }')).toBe(used);
    }
    expect(documents.parse('{ small }')).not.toBe(small);
  });

  it('make room for as much as was forgotten', () => {
    const remembered = createRememberedDocuments(100_000);
    const document = parse('{ a }');
    for (const key of ['one', 'two', 'three', 'three']) remembered.set(key, document);
    expect([remembered.get('one'), remembered.get('two'), remembered.get('three')]).toEqual([undefined, document, document]);
    remembered.delete('two');
    remembered.set('four', document);
    expect([remembered.get('three'), remembered.get('four'), remembered.size()]).toEqual([document, document, 2]);
  });
});
