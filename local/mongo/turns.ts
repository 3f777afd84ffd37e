import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';

/** Long work stops for the other connections after so long. */
const TURN_MS = 5;

/** `await turn()` between small pieces of work: it lets others through when this turn has lasted long enough. */
export function createTurns(beforePause: () => void = () => {}): () => Promise<void> | undefined {
  let begun = performance.now();
  const pause = async (): Promise<void> => {
    beforePause();
    await setImmediate();
    begun = performance.now();
  };
  return () => (performance.now() - begun < TURN_MS ? undefined : pause());
}
