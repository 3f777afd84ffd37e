import type { Viewer } from '../domain/viewer.ts';

export type PurchaseInput = {
  readonly eventId: string;
  readonly holdId: string;
  readonly seatIds: readonly string[] | null;
  readonly paymentIntentId: string;
  /** As the client chose it; null: retries are recognised by the hold and its payment. */
  readonly idempotencyKey: string | null;
};

/** One try at one key. Whoever holds the token may complete or remove the key's record. */
export type PurchaseAttempt = {
  readonly viewer: Viewer;
  readonly input: PurchaseInput;
  readonly key: string;
  readonly keyGiven: boolean;
  readonly token: string;
  readonly fingerprint: string;
  readonly recordId: string;
};
