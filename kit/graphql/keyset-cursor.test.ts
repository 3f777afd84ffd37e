import { describe, expect, it } from 'vitest';
import { decodeCursor, encodeCursor } from './keyset-cursor.ts';

const raw = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a cursor', () => {
  it('reads back as it was written, for its own list', () => {
    const place = { key: 12.5, id: 'evt_1' };
    expect(decodeCursor('events NEWEST', encodeCursor('events NEWEST', place))).toEqual(place);
    expect(decodeCursor('events NEWEST', null)).toBeNull();
    expect(decodeCursor('events NEWEST', undefined)).toBeNull();
  });

  it('of another list, or that no list has given, is bad input', () => {
    const foreign = [
      encodeCursor('users', { key: 1, id: 'x' }),
      '',
      'garbage',
      raw({}),
      raw(['events', '1', 'x']),
      raw(['events', 1, { $gt: '' }]),
      raw(['events', 1e300, 'x']),
      raw(['events', 1, 'x', 2]),
    ];
    for (const cursor of foreign) expect(() => decodeCursor('events', cursor)).toThrow('is not a cursor of this list');
  });
});
