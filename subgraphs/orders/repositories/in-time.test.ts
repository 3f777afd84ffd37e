import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { PROVIDER_DEADLINE_MS } from '../domain/payment-provider.ts';
import { inTime } from './in-time.ts';

describe('an answer in time', () => {
  it('is unknown once the provider has taken too long, before the deadline of whoever waits', async () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const answer = inTime(() => new Promise(() => undefined));
    await vi.advanceTimersByTimeAsync(PROVIDER_DEADLINE_MS - 1);
    const inVain = Promise.resolve('still waiting');
    expect(await Promise.race([answer, inVain])).toMatchObject({ kind: 'unknown' });
  });

  it('is unknown, not an exception, when anything breaks, at once or later', async () => {
    const later = new Error('the database is away');
    expect(await inTime(() => Promise.reject(later))).toEqual({ kind: 'unknown', cause: later });
    const atOnce = new Error('no such port');
    const broken = async (): Promise<never> => {
      throw atOnce;
    };
    expect(await inTime(broken)).toEqual({ kind: 'unknown', cause: atOnce });
  });
});
