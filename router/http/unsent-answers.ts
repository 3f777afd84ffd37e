import type { ServerResponse } from 'node:http';
import { rateLimited } from '../limits/rate-limits.ts';

/** A dozen of the largest answers. */
const UNSENT_MAX_BYTES = 32 * 1024 * 1024;
const RETRY_AFTER_SECONDS = 5;

export type UnsentAnswers = {
  /** Throws RATE_LIMITED for an address that has not fetched what it asked for. */
  readonly mayAsk: (address: string) => void;
  /** To be told of an answer before it is sent. */
  readonly sends: (address: string, length: number, response: ServerResponse) => void;
};

/** What waits in memory for clients that do not read, by address: answers are whole, and asking for one costs next to nothing. */
export function createUnsentAnswers(deps: { scale: number }): UnsentAnswers {
  const unsent = new Map<string, number>();
  const add = (address: string, length: number): void => {
    const bytes = (unsent.get(address) ?? 0) + length;
    if (bytes > 0) unsent.set(address, bytes);
    else unsent.delete(address);
  };
  return {
    mayAsk(address) {
      if ((unsent.get(address) ?? 0) > UNSENT_MAX_BYTES * Math.max(1, deps.scale)) throw rateLimited(RETRY_AFTER_SECONDS);
    },
    sends(address, length, response) {
      if (response.destroyed) return;
      add(address, length);
      response.once('close', () => add(address, -length));
    },
  };
}
