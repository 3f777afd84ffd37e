import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createTurns } from './turns.ts';

const LARGE = 1_000;

describe('the turns of one address', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  function begin(turns: ReturnType<typeof createTurns>, address: string, cost: number | 'opening', count: number) {
    const done: (() => void)[] = [];
    const refused: unknown[] = [];
    for (let index = 0; index < count; index += 1) {
      turns.take(address, cost).then(
        (leave) => void done.push(leave),
        (error: unknown) => void refused.push(error),
      );
    }
    return { done, refused };
  }

  it('let one large operation run, and the next one when it is done and its place has rested as long as it ran', async () => {
    const { done } = begin(createTurns({ scale: 1 }), 'a', LARGE, 4);
    await vi.advanceTimersByTimeAsync(300);
    expect(done).toHaveLength(1);
    done[0]?.();
    await vi.advanceTimersByTimeAsync(299);
    expect(done).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(done).toHaveLength(2);
  });

  it('hold up neither small operations, nor streams, nor other addresses', async () => {
    const turns = createTurns({ scale: 1 });
    begin(turns, 'a', LARGE, 10);
    const small = begin(turns, 'a', 1, 20);
    const opening = begin(turns, 'a', 'opening', 3);
    const other = begin(turns, 'b', LARGE, 1);
    await vi.advanceTimersByTimeAsync(0);
    expect([small.done.length, opening.done.length, other.done.length]).toEqual([20, 2, 1]);
  });

  it('end for whoever waits too long, or behind too many', async () => {
    const turns = createTurns({ scale: 1 });
    const { done, refused } = begin(turns, 'a', LARGE, 110);
    await vi.advanceTimersByTimeAsync(0);
    expect([done.length, refused.length]).toEqual([1, 9]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect([done.length, refused.length]).toEqual([1, 109]);
    expect(refused[0]).toMatchObject({ extensions: { code: 'RATE_LIMITED', retryAfterSeconds: 10 } });
    for (const leave of done) leave();
    expect(begin(turns, 'a', LARGE, 1).refused).toEqual([]);
  });

  it('are given back by an operation that may not go on', async () => {
    let mayGo = false;
    const turns = createTurns({
      scale: 1,
      mayGoOn: () => {
        if (!mayGo) throw new Error('not now');
      },
    });
    const refused = begin(turns, 'a', LARGE, 5).refused;
    await vi.advanceTimersByTimeAsync(0);
    expect(refused).toHaveLength(5);
    mayGo = true;
    const { done } = begin(turns, 'a', LARGE, 1);
    await vi.advanceTimersByTimeAsync(0);
    expect(done).toHaveLength(1);
  });
});
