import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';

/** Long work stops for the other connections after so long. */
const TURN_MS = 8;

/** `await turn()` between small pieces of work: it lets others through when this turn has lasted long enough. */
export function createTurns(beforePause: () => void = () => {}) {
  let begun = performance.now();
  return async (): Promise<void> => {
    if (performance.now() - begun < TURN_MS) return;
    beforePause();
    await setImmediate();
    begun = performance.now();
  };
}
