import { describe, expect, it } from 'vitest';
import { SortedKeys } from './sorted-keys.ts';

describe('sorted keys', () => {
  it('stay in order through many insertions and deletions', () => {
    const keys = new SortedKeys();
    const present = new Set<string>();
    let state = 7;
    for (let round = 0; round < 20_000; round += 1) {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
      const key = `k${state % 5000}`;
      if (state % 3 === 0) {
        keys.delete(key);
        present.delete(key);
      } else {
        keys.add(key);
        present.add(key);
      }
    }
    const expected = [...present].toSorted();
    expect([...keys.between('', '\uffff', 1)]).toEqual(expected);
    expect([...keys.between('', '\uffff', -1)]).toEqual(expected.toReversed());
    const inside = expected.filter((key) => key >= 'k2' && key <= 'k3');
    expect([...keys.between('k2', 'k3', 1)]).toEqual(inside);
    expect([...keys.between('k2', 'k3', -1)]).toEqual(inside.toReversed());
  });
});
