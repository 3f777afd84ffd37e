/** What the clients of one scenario asked for and were told: the outside half of what the checks compare. Times are milliseconds since the epoch. */

/** An outcome of the contract (`type` is its name in the schema), an error with its code, or no answer at all. */
export type Refusal = { readonly kind: 'refused'; readonly type: string; readonly conflicts: readonly SeatConflict[] };
export type Failure = { readonly kind: 'failed'; readonly code: string };
export type SeatConflict = { readonly seatId: string; readonly reason: string };

export type HoldRecord = {
  readonly userId: string;
  readonly eventId: string;
  readonly seatIds: readonly string[];
  readonly replaces: string | null;
  readonly askedAt: number;
  answeredAt: number | null;
  holdId: string | null;
  /** As last told. */
  expiresAt: number;
  /** The latest end that anything asked for since could have given it. */
  mayLastUntil: number;
  /** When its owner was told that it is released or replaced, or asked for that and was told nothing. */
  endedAt: number | null;
  answer: 'open' | 'held' | Refusal | Failure;
};

export type Bought = {
  readonly kind: 'bought';
  readonly orderId: string;
  readonly status: string;
  readonly seatIds: readonly string[];
  readonly replayed: boolean;
};
export type PurchaseAnswer = { readonly at: number; readonly askedAt: number; readonly answer: Bought | Refusal | Failure };

/** Everything that was asked with one key; without a key, with one hold and payment. */
export type PurchaseRecord = {
  readonly userId: string;
  readonly eventId: string;
  readonly holdId: string;
  readonly intentId: string;
  readonly key: string | null;
  readonly seatIds: readonly string[];
  readonly answers: PurchaseAnswer[];
};

/** Somebody tried what only a hold's owner may do. */
export type StrangerRecord = { readonly holdId: string; readonly what: string; readonly got: string };

export type ClientRecord = {
  readonly holds: HoldRecord[];
  readonly purchases: PurchaseRecord[];
  readonly strangers: StrangerRecord[];
  /** Codes of errors, counted. */
  readonly failures: Map<string, number>;
  /** Orders that their buyer asked to give back, in whole or in part. */
  readonly refundsAsked: Set<string>;
  /** Events that somebody cancelled, and since when. */
  readonly closedEvents: Map<string, number>;
  /** Times of which Redis may have lost what it was told. */
  readonly redisLosses: { from: number; to: number }[];
};

export const newRecord = (): ClientRecord => ({
  holds: [],
  purchases: [],
  strangers: [],
  failures: new Map(),
  refundsAsked: new Set(),
  closedEvents: new Map(),
  redisLosses: [],
});

export const boughtOf = (purchase: PurchaseRecord): Bought | null =>
  purchase.answers.map(({ answer }) => answer).find((answer): answer is Bought => answer.kind === 'bought') ?? null;
