import { rateLimited } from './rate-limits.ts';

/** By what the lists of an operation may cost: one hall of 20,000 seats keeps a core busy for a third of a second, be there one user or a thousand. */
const LARGE_COST = 250;
/** `opening`: a stream that nobody has yet, up to its first event, which is a whole map. */
const AT_ONCE = { small: 20, large: 1, opening: 2 } as const;
const WAITING_MAX = 100;
const WAIT_MAX_MS = 10_000;
/** After a large operation its place stays taken for as long again: one address has at most half of what there is. */
const REST_MAX_MS = 1_000;

type Lane = { running: number; readonly waiting: Set<() => void> };

export type Turns = {
  /** Waits until this address may have an operation of that cost carried out; answers what to call, once, when it is. Throws RATE_LIMITED. */
  readonly take: (address: string, cost: number | 'opening') => Promise<() => void>;
};

/**
 * How many operations of one address are carried out at once. A limit per minute does not bound what a minute's worth does in its first second: then
 * everybody would wait for all of them, their deadlines would pass, and circuits open. `mayGoOn` is asked when the turn has come.
 */
export function createTurns(deps: { scale: number; mayGoOn?: (address: string) => void }): Turns {
  const lanes = new Map<string, Lane>();

  function leave(key: string, lane: Lane): void {
    lane.running -= 1;
    const [next] = lane.waiting;
    if (next) next();
    else if (lane.running === 0) lanes.delete(key);
  }

  async function wait(lane: Lane): Promise<void> {
    if (lane.waiting.size >= WAITING_MAX * Math.max(1, deps.scale)) throw rateLimited(Math.ceil(WAIT_MAX_MS / 1_000));
    await new Promise<void>((resolve, reject) => {
      const go = (): void => {
        clearTimeout(timer);
        lane.waiting.delete(go);
        // Taken here, not by whoever wakes up: a newcomer must not slip in between.
        lane.running += 1;
        resolve();
      };
      const timer = setTimeout(() => {
        lane.waiting.delete(go);
        reject(rateLimited(Math.ceil(WAIT_MAX_MS / 1_000)));
      }, WAIT_MAX_MS);
      lane.waiting.add(go);
    });
  }

  return {
    async take(address, cost) {
      const size = cost === 'opening' ? cost : cost >= LARGE_COST ? 'large' : 'small';
      const key = `${size} ${address}`;
      const lane = lanes.get(key) ?? { running: 0, waiting: new Set() };
      lanes.set(key, lane);
      if (lane.running < Math.max(1, AT_ONCE[size] * deps.scale)) lane.running += 1;
      else await wait(lane);
      const started = performance.now();
      try {
        deps.mayGoOn?.(address);
      } catch (error) {
        leave(key, lane);
        throw error;
      }
      return () => {
        if (size === 'small') leave(key, lane);
        else setTimeout(() => leave(key, lane), Math.min(REST_MAX_MS, performance.now() - started)).unref();
      };
    },
  };
}
