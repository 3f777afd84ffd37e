import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { watchBackpressure } from './backpressure.ts';

const KILOBYTE = 1_024;

describe('a socket that takes in less than it is sent', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  function socketWith(kilobytes: number) {
    const closed: number[] = [];
    const socket = { bufferedAmount: kilobytes * KILOBYTE, close: (code?: number) => void closed.push(code ?? 0) };
    return { socket, closed, backpressure: watchBackpressure(socket) };
  }

  it('is writable until 64 kB wait, and tells once when it has caught up', () => {
    const { socket, backpressure } = socketWith(65);
    let told = 0;
    expect(backpressure.isWritable()).toBe(false);
    backpressure.onceWritable(() => {
      told += 1;
    });
    vi.advanceTimersByTime(1_000);
    expect(told).toBe(0);
    socket.bufferedAmount = 10 * KILOBYTE;
    vi.advanceTimersByTime(1_000);
    expect([backpressure.isWritable(), told, vi.getTimerCount()]).toEqual([true, 1, 0]);
  });

  it('is closed with 1013 after ten seconds without a byte taken, not while it moves', () => {
    const { socket, closed, backpressure } = socketWith(900);
    backpressure.onceWritable(() => undefined);
    for (let second = 0; second < 15; second += 1) {
      socket.bufferedAmount -= KILOBYTE;
      vi.advanceTimersByTime(1_000);
    }
    expect(closed).toEqual([]);
    vi.advanceTimersByTime(10_200);
    expect(closed[0]).toBe(1013);
  });

  it('is closed with 1013 when more waits than three of its largest messages', () => {
    const { socket, closed, backpressure } = socketWith(1_000);
    backpressure.wrote(600 * KILOBYTE);
    socket.bufferedAmount = 1_700 * KILOBYTE;
    backpressure.wrote(100);
    expect(closed).toEqual([]);
    socket.bufferedAmount = 1_900 * KILOBYTE;
    backpressure.wrote(100);
    expect(closed).toEqual([1013]);
  });
});
